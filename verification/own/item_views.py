"""The page of one item: words, a last day, and files, each of them kept as soon as it is given."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest
from common import idempotency
from common.errors import Conflict, DomainError, Invalid, NotFound
from common.forms import show_refusal
from common.htmx import is_fragment
from common.uploads.serving import upload_response
from verification import services
from verification.own import presentation
from verification.own.doors import applicant_required
from verification.own.forms import ItemForm
from verification.own.presentation import Row
from verification.selectors import Tasks, tasks_of
from verification.states import BY_FILE, ItemKind


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def item(request: SignedInRequest, own: Tasks, kind: str) -> HttpResponse:
    """One item. A file is kept also where the words beside it are refused, so that nobody chooses it twice."""
    row = _row(own, kind)
    if row.kind == ItemKind.GMC_REGISTER:
        return redirect("credentials:particulars")
    if request.method != "POST":
        return _page(request, own, row, _form(row))
    form = _form(row, request)
    status = _saved(request, row, form)
    if status != HTTPStatus.OK:
        return _page(request, _again(request, own), row, form, status)
    sent = bool(form.cleaned_data.get("file"))
    messages.success(request, "Your file is with us, and is checked for viruses now." if sent else "Saved.")
    if presentation.lacks_its_file(_row(_again(request, own), row.kind).item):
        messages.warning(request, presentation.ADD_THE_FILE)
    return redirect("credentials:item", kind=row.kind.value) if sent else redirect("credentials:tasks")


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def files(request: SignedInRequest, own: Tasks, kind: str) -> HttpResponse:
    """The list of an item's files for htmx, and one file more by POST; a browser without scripts uses the page."""
    row = _row(own, kind)
    if row.kind not in BY_FILE:
        raise NotFound
    if request.method == "POST":
        return _one_more(request, own, row)
    if not is_fragment(request):
        return redirect("credentials:item", kind=row.kind.value)
    waiting = request.GET.get("waiting", "")
    if not row.files.has_moved(waiting, was_slow="slow" in request.GET):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return _part(request, row, told=row.files.told_since(waiting))


@require_safe
@applicant_required
def evidence(request: SignedInRequest, _own: Tasks, evidence_id: UUID) -> HttpResponseBase:
    """A file of one's own, to look at; each look is in the audit log."""
    serve = partial(upload_response, request=request)
    return services.evidence_open(actor=request.user, evidence_id=evidence_id, serve=serve)


@require_POST
@applicant_required
def evidence_withdraw(request: SignedInRequest, own: Tasks, evidence_id: UUID) -> HttpResponse:
    """Take a file of one's own back."""
    taken = services.evidence_withdraw(actor=request.user, evidence_id=evidence_id)
    kind = taken.item.kind
    if is_fragment(request):
        fresh = _row(_again(request, own), kind)
        return _part(request, fresh, told=f"{taken.name} is taken back.", moves_focus=True)
    messages.success(request, f"{taken.name} is taken back.")
    return redirect("credentials:item", kind=kind)


def _row(own: Tasks, kind: str) -> Row:
    row = presentation.row_of(own, ItemKind(kind)) if kind in ItemKind else None
    if row is None:
        raise NotFound
    return row


def _again(request: SignedInRequest, own: Tasks) -> Tasks:
    """The verification as it stands after a change."""
    return tasks_of(request.user) or own


def _form(row: Row, request: SignedInRequest | None = None) -> ItemForm:
    sent = (request.POST, request.FILES) if request else ()
    return ItemForm(*sent, item=row.item, needs_file=not row.files.rows)


def _page(
    request: SignedInRequest, own: Tasks, row: Row, form: ItemForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    fresh = _row(own, row.kind)
    context = {"own": own, "row": fresh, "form": form, "key": idempotency.new_key(), "told": ""}
    return render(request, "verification/own/item.html", context, status=status)


def _part(request: SignedInRequest, row: Row, *, told: str, moves_focus: bool = False) -> HttpResponse:
    """The list of files, with the item's badge to be put where the page shows it."""
    context = {"row": row, "told": told, "moves_focus": moves_focus, "is_part": True}
    return render(request, "verification/own/partials/files.html", context)


def _saved(request: SignedInRequest, row: Row, form: ItemForm) -> HTTPStatus:
    """What the answer's status is; errors stand in the form."""
    form.is_valid()
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        if file := form.cleaned_data.get("file"):
            _keep(request, row, file)
    except (Invalid, Conflict) as error:
        status = error.status
        show_refusal(form, error)
    try:
        if form.words_are_sound:
            _say(request, row, form)
    except (Invalid, Conflict) as error:
        status = error.status
        show_refusal(form, error)
    return status if form.errors else HTTPStatus.OK


def _say(request: SignedInRequest, row: Row, form: ItemForm) -> None:
    said = {name: form.cleaned_data[name] for name in ("answer", "stated_expires_on") if name in form.fields}
    services.item_answer(actor=request.user, item_id=row.item.public_id, **said)


def _keep(request: SignedInRequest, row: Row, file: UploadedFile) -> None:
    """Once for each key: pressing twice gives one file."""
    item_id = row.item.public_id
    idempotency.once(
        user=request.user,
        key=request.POST.get("idempotency_key"),
        fingerprint={"do": "evidence_add", "item": item_id, "name": file.name, "size": file.size},
        run=lambda: services.evidence_add(actor=request.user, item_id=item_id, file=file),
    )


def _one_more(request: SignedInRequest, own: Tasks, row: Row) -> HttpResponse:
    form = ItemForm(request.POST, request.FILES, item=row.item)
    form.is_valid()
    file = form.cleaned_data.get("file")
    problems = [] if file else form.errors.get("file") or ["Choose a file."]
    refused: DomainError | None = None
    if file:
        try:
            _keep(request, row, file)
        except (Invalid, Conflict) as error:
            refused = error
            problems = error.fields.get("file", []) if isinstance(error, Invalid) else []
    if problems or refused:
        words = problems or [refused.message if refused else ""]
        status = refused.status if refused else HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "verification/own/partials/refused.html", {"problems": words}, status=status)
    fresh = _row(_again(request, own), row.kind)
    return _part(request, fresh, told=f"{file.name} is with us." if file else "")
