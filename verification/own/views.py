"""The doctor's side of a verification: how it begins, the task list, particulars, submitting."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest, two_step_missing
from common.errors import Conflict, Invalid
from common.forms import show_refusal
from doctors.selectors import doctor_if_any
from verification import services
from verification.own import presentation
from verification.own.doors import applicant_required
from verification.own.forms import ParticularsForm, particulars_of
from verification.selectors import Tasks, latest_case_of, verification_settings
from verification.states import ItemKind, Status


@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """What it takes to join as a doctor; for everybody."""
    return render(request, "verification/own/join.html", {"days": verification_settings().target_days})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def start(request: SignedInRequest) -> HttpResponse:
    """Begin one's verification: as whoever one is on the register. A patient may be a doctor too."""
    if latest_case_of(request.user) is not None:
        return redirect("credentials:tasks")
    known = doctor_if_any(request.user)
    kept = particulars_of(known) if known else _names_of(request)
    form = ParticularsForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid() and _applied(request, form):
        messages.success(
            request, "Your verification has begun. Give what is asked in any order: each is kept by itself."
        )
        return redirect("credentials:tasks")
    context = {"form": form, "days": verification_settings().target_days}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "verification/own/start.html", context, status=status)


@require_safe
@applicant_required
def tasks(request: SignedInRequest, own: Tasks) -> HttpResponse:
    """Everything that is asked, where each part stands, and what happens next."""
    rows = presentation.rows_of(own)
    context = {
        "own": own,
        "rows": rows,
        "asked": [row for row in rows if row.line.request],
        "running_out": presentation.running_out(own.lines),
        "hurdles": presentation.hurdles_of(own, request.user),
        "is_waiting": any(row.files.waiting for row in rows),
        "was_waiting": "waiting" in request.GET,
        "needs_two_step": two_step_missing(request.user),
        "is_draft": own.case.status == Status.DRAFT,
        "counts_days": own.case.status in {Status.DRAFT, Status.PENDING},
    }
    return render(request, "verification/own/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def particulars(request: SignedInRequest, own: Tasks) -> HttpResponse:
    """Title, names and GMC number: to be corrected while they are not being checked, to be read afterwards."""
    form = ParticularsForm(request.POST if request.method == "POST" else None, initial=particulars_of(own.doctor))
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            services.particulars_change(actor=request.user, case_id=own.case.public_id, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            show_refusal(form, error)
            status = error.status
        else:
            messages.success(request, "Your name and number are saved.")
            return redirect("credentials:tasks")
    if form.errors and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    row = presentation.row_of(own, ItemKind.GMC_REGISTER)
    return render(request, "verification/own/particulars.html", {"own": own, "row": row, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def submit(request: SignedInRequest, own: Tasks) -> HttpResponse:
    """Everything once more to look through, and the button that hands it in."""
    refused: Invalid | None = None
    if request.method == "POST":
        try:
            services.case_submit(actor=request.user, case_id=own.case.public_id)
        except Invalid as error:
            refused = error
        else:
            messages.success(request, "Your verification is submitted. We have written to you as well.")
            return redirect("credentials:tasks")
    elif own.case.status != Status.DRAFT:
        return redirect("credentials:tasks")
    context = {
        "own": own,
        "rows": presentation.rows_of(own),
        "hurdles": presentation.hurdles_of(own, request.user),
        "refused": refused,
        "days": verification_settings().target_days,
    }
    return render(request, "verification/own/submit.html", context, status=refused.status if refused else HTTPStatus.OK)


@require_POST
@applicant_required
def renew(request: SignedInRequest, own: Tasks) -> HttpResponse:
    """Begin again after a refusal or when a credential has run out, with what was kept."""
    services.case_renew(actor=request.user, case_id=own.case.public_id)
    messages.success(request, "You have begun again. We have kept what you gave before and what is still valid.")
    return redirect("credentials:tasks")


def _names_of(request: SignedInRequest) -> dict[str, str]:
    return {"title": "Dr", "given_name": request.user.first_name, "family_name": request.user.last_name}


def _applied(request: SignedInRequest, form: ParticularsForm) -> bool:
    try:
        services.doctor_apply(actor=request.user, **form.cleaned_data)
    except Invalid as error:
        show_refusal(form, error)
        return False
    return True
