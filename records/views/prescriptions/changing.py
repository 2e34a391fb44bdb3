"""What becomes of a signed prescription: its doctor holds, resumes, completes, cancels, stops or replaces it, or says
that it was an error; a colleague who treats the patient holds, cancels or stops it."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from common.errors import Conflict, Invalid
from common.forms import show_refusal
from common.typed import as_initial, typed_before, typed_is_kept
from doctors.policies import practice_required
from records import selectors, services
from records.forms.prescriptions import ReasonForm, reason_asked
from records.policies import assert_may_end_prescription, assert_may_write_prescription
from records.services.prescriptions.steps import REASON_LENGTH

_BY_COLLEAGUES = frozenset({"hold", "cancel", "stop"})
_VERBS = {
    "hold": (services.prescription_hold, "Put it on hold", "It is on hold."),
    "cancel": (services.prescription_cancel, "Cancel the prescription", "It is cancelled."),
    "stop": (services.prescription_stop, "Stop the prescription", "It is stopped."),
    "error": (services.prescription_enter_in_error, "It was entered in error", "It counts as entered in error."),
    "replace": (
        services.prescription_replace,
        "Cancel and replace it",
        "The old one is cancelled. Change what is to be another, and sign.",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * REASON_LENGTH)
@practice_required
def with_reason(request: SignedInRequest, prescription_id: UUID, do: str) -> HttpResponse:
    """Asks why, then does one of `_VERBS`."""
    prescription = selectors.prescription_for(request.user, prescription_id)
    assert_may = assert_may_end_prescription if do in _BY_COLLEAGUES else assert_may_write_prescription
    assert_may(request.user, prescription)
    service, title, done = _VERBS[do]
    typed = typed_before(request)
    data, initial = request.POST if request.method == "POST" else None, as_initial(ReasonForm, typed)
    form = ReasonForm(data, initial=initial, is_for_patient=do != "error")
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.is_valid():
        try:
            changed = service(actor=request.user, prescription_id=prescription_id, reason=form.cleaned_data["reason"])
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
            status = error.status
        else:
            messages.success(request, done)
            return redirect(
                "records:prescription_edit" if changed.is_draft else "records:prescription", changed.public_id
            )
    context = {
        "prescription": prescription,
        "form": form,
        "title": title,
        "lead": reason_asked(do),
        "was_kept": bool(typed),
    }
    return render(request, "records/prescriptions/reason.html", context, status=status)


@require_POST
@practice_required
def resume(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    services.prescription_resume(actor=request.user, prescription_id=prescription_id)
    messages.success(request, "It is valid again.")
    return redirect("records:prescription", prescription_id)


@require_POST
@practice_required
def complete(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    services.prescription_complete(actor=request.user, prescription_id=prescription_id)
    messages.success(request, "It counts as dispensed.")
    return redirect("records:prescription", prescription_id)
