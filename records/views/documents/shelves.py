"""The documents of a record, to look through and to add to: the patient's own, and a patient's for a doctor."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest, patient_required
from accounts.selectors import patient_of
from common import idempotency
from common.errors import Conflict, Invalid, NotFound
from common.forms import show_refusal
from common.htmx import is_fragment
from common.inputs import uuid_or_none
from doctors.policies import practice_required
from records import document_pages, selectors, services
from records.document_pages import Shelf
from records.forms.documents import DocumentsForm
from records.policies import assert_may_add_to, can_add_to
from records.states import Category

SHOWN = 20


@require_safe
@patient_required
def documents(request: SignedInRequest) -> HttpResponse:
    """The patient's own documents, a page at a time; `category` shows those of one kind."""
    return _list(request, _own(request))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def document_add(request: SignedInRequest) -> HttpResponse:
    return _add(request, _own(request))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def documents_sent(request: SignedInRequest) -> HttpResponse:
    return _sent(request, _own(request))


@require_safe
@login_required
def patient_documents(request: SignedInRequest, patient_id: UUID) -> HttpResponse:
    """What somebody to whom the record is open may see of it: a doctor, or in an emergency an office.

    Each look is in the audit log.
    """
    shelf = _of(request, patient_id)
    services.documents_listed(actor=request.user, patient=shelf.patient)
    return _list(request, shelf)


@require_http_methods(["GET", "HEAD", "POST"])
@practice_required
def patient_document_add(request: SignedInRequest, patient_id: UUID) -> HttpResponse:
    return _add(request, _to_add(request, patient_id))


@require_http_methods(["GET", "HEAD", "POST"])
@practice_required
def patient_documents_sent(request: SignedInRequest, patient_id: UUID) -> HttpResponse:
    return _sent(request, _to_add(request, patient_id))


def _own(request: SignedInRequest) -> Shelf:
    patient = patient_of(request.user)
    if patient is None:
        raise NotFound
    return Shelf(patient=patient, is_own=True)


def _of(request: SignedInRequest, patient_id: UUID) -> Shelf:
    return Shelf(patient=selectors.patient_for(request.user, patient_id), is_own=False)


def _to_add(request: SignedInRequest, patient_id: UUID) -> Shelf:
    shelf = _of(request, patient_id)
    assert_may_add_to(request.user, shelf.patient)
    return shelf


def _list(request: SignedInRequest, shelf: Shelf) -> HttpResponse:
    asked = request.GET.get("category", "")
    category = asked if asked in Category else ""
    edges = {name: uuid_or_none(request.GET.get(name, "")) for name in ("before", "after")}
    page = selectors.documents_of(request.user, shelf.patient, category=category, size=SHOWN, **edges)
    kept = f"&category={category}" if category else ""
    context = {
        "shelf": shelf,
        "lines": document_pages.lines_of(page.rows, shelf),
        "category": category,
        "categories": Category.choices,
        "can_add": can_add_to(request.user, shelf.patient),
        "later": f"?after={page.rows[0].public_id}{kept}" if page.has_previous else "",
        "earlier": f"?before={page.rows[-1].public_id}{kept}" if page.has_next else "",
    }
    template = "records/documents/partials/list.html" if is_fragment(request) else "records/documents/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _add(request: SignedInRequest, shelf: Shelf) -> HttpResponse:
    if request.method != "POST":
        visit = document_pages.visit_asked(uuid_or_none(request.GET.get("visit", "")), request.user, shelf)
        return _page(request, shelf, _form(request, shelf, initial={"visit": visit}))
    form = _form(request, shelf, sent=True)
    if not form.is_valid():
        form.ask_for_the_file_again()
        return _page(request, shelf, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    files = form.cleaned_data["file"]
    kept, status = 0, HTTPStatus.OK
    for number, file in enumerate(files):
        try:
            _keep(request, shelf, form, file, number)
            kept += 1
        except (Invalid, Conflict) as error:
            status = error.status
            show_refusal(form, _naming(file, error) if len(files) > 1 else error)
    if kept:
        messages.success(request, f"{_files(kept)} with us, and checked for viruses now.")
    return redirect(shelf.add_path) if status == HTTPStatus.OK else _page(request, shelf, form, status)


def _files(count: int) -> str:
    return "Your file is" if count == 1 else f"Your {count} files are"


def _naming(file: UploadedFile, error: Invalid | Conflict) -> Invalid | Conflict:
    """Of several files that come at once the person has to know which was refused; nobody else reads it."""
    words = [f"{file.name}: {error.message}"]
    return Invalid(error.code, error.message, fields={"file": words}) if isinstance(error, Invalid) else error


def _sent(request: SignedInRequest, shelf: Shelf) -> HttpResponse:
    """The list of what was sent lately for htmx, and one file more by POST; a browser without scripts uses the page."""
    if request.method == "POST":
        return _one_more(request, shelf)
    if not is_fragment(request):
        return redirect(shelf.add_path)
    files = document_pages.sent_by(request.user, shelf)
    waiting = request.GET.get("waiting", "")
    if not files.has_moved(waiting, was_slow="slow" in request.GET):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return _part(request, shelf, told=files.told_since(waiting))


def _one_more(request: SignedInRequest, shelf: Shelf) -> HttpResponse:
    form = _form(request, shelf, sent=True)
    if not form.is_valid():
        problems = [str(words) for errors in form.errors.values() for words in errors]
        return _refused(request, problems, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        for number, file in enumerate(form.cleaned_data["file"]):
            _keep(request, shelf, form, file, number)
    except (Invalid, Conflict) as error:
        return _refused(request, [error.message], error.status)
    return _part(request, shelf, told=f"{file.name} is with us.")


def _keep(request: SignedInRequest, shelf: Shelf, form: DocumentsForm, file: UploadedFile, number: int) -> None:
    """Once for each key: pressing twice gives one file."""
    key = form.cleaned_data["idempotency_key"]
    services.document_add(
        actor=request.user,
        patient_id=shelf.patient.public_id,
        file=file,
        filing=form.filing,
        key=f"{key}:{number}" if key else None,
    )


def _form(request: SignedInRequest, shelf: Shelf, *, sent: bool = False, **more: Any) -> DocumentsForm:
    given = (request.POST, request.FILES) if sent else ()
    visits = selectors.visits_to_file_under(request.user, shelf.patient)
    return DocumentsForm(*given, by_doctor=not shelf.is_own, visits=visits, **more)


def _page(request: SignedInRequest, shelf: Shelf, form: DocumentsForm, status: int = HTTPStatus.OK) -> HttpResponse:
    files = document_pages.sent_by(request.user, shelf)
    context = {"shelf": shelf, "form": form, "files": files, "key": idempotency.new_key(), "told": ""}
    return render(request, "records/documents/add.html", context, status=status)


def _part(request: SignedInRequest, shelf: Shelf, *, told: str) -> HttpResponse:
    context = {"shelf": shelf, "files": document_pages.sent_by(request.user, shelf), "told": told}
    return render(request, "records/documents/partials/sent.html", context)


def _refused(request: SignedInRequest, problems: list[str], status: int) -> HttpResponse:
    return render(request, "records/documents/partials/refused.html", {"problems": problems}, status=status)
