from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest, recently_authenticated
from common import clock
from common.errors import Conflict, Invalid
from common.templatetags.when import date_time
from doctors.policies import practice_required
from records import selectors, services
from records.errors import DraftOver, StalePrescription
from records.forms.prescriptions import SignPrescriptionForm
from records.models import Prescription
from records.policies import assert_may_sign_prescription
from records.selectors import DrugWarning
from records.services.prescriptions.draft import assert_is_draft
from records.views.prescriptions.over import tells_what_became


@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated
@practice_required
@tells_what_became
def sign(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    """What is about to be signed, and signing it: whoever does proves once more who they are."""
    prescription = selectors.prescription_for(request.user, prescription_id)
    assert_may_sign_prescription(request.user, prescription)
    warnings = _warnings(request, prescription)
    if request.method == "POST":
        return _sign(request, prescription, SignPrescriptionForm(request.POST, has_warnings=bool(warnings)))
    if not prescription.is_draft:
        return redirect("records:prescription", prescription.public_id)
    form = SignPrescriptionForm(initial={"version": prescription.draft_version}, has_warnings=bool(warnings))
    return _show(request, prescription, form)


def _warnings(request: SignedInRequest, prescription: Prescription) -> list[DrugWarning]:
    return selectors.warnings_for(request.user, prescription, selectors.draft_of(prescription), now=clock.now())


def _sign(request: SignedInRequest, prescription: Prescription, form: SignPrescriptionForm) -> HttpResponse:
    if not form.is_valid():
        assert_is_draft(prescription)
        return _show(request, prescription, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    told = form.cleaned_data
    try:
        signed = services.prescription_sign(
            actor=request.user,
            prescription_id=prescription.public_id,
            version=told["version"],
            particulars_seen=told["particulars"],
            warnings_seen=told["warnings"] if told.get("warnings_seen") else "",
        )
    except StalePrescription as error:
        # To be read once more: what is signed is what stands on this page.
        stored = selectors.prescription_for(request.user, prescription.public_id)
        initial = {"version": error.version}
        anew = SignPrescriptionForm(initial=initial, has_warnings=bool(_warnings(request, stored)))
        return _show(request, stored, anew, error.status, refused=error)
    except DraftOver:
        raise
    except (Conflict, Invalid) as error:
        if error.code in {"warnings", "particulars"}:
            # Others than the page had: they are read, and ticked, once more.
            has_warnings = error.code == "warnings" or "warnings_seen" in form.fields
            form = SignPrescriptionForm(initial={"version": told["version"]}, has_warnings=has_warnings)
        return _show(request, prescription, form, error.status, refused=error)
    if prescription.is_draft:
        messages.success(request, "Signed. The patient finds it in their health record.")
    else:
        messages.info(request, f"You signed it already, on {date_time(signed.signed_at)}. Nothing was added.")
    return redirect("records:prescription", prescription.public_id)


def _show(
    request: SignedInRequest,
    prescription: Prescription,
    form: SignPrescriptionForm,
    status: int = HTTPStatus.OK,
    refused: Conflict | Invalid | None = None,
) -> HttpResponse:
    warnings = _warnings(request, prescription)
    particulars = selectors.particulars_of(prescription, now=clock.now())
    context = {
        "prescription": prescription,
        "patient": prescription.patient,
        "form": form,
        "refused": refused,
        "items": selectors.draft_of(prescription).items,
        "warnings": warnings,
        "warnings_digest": selectors.warnings_digest(warnings),
        "missing": selectors.missing_particulars(prescription),
        "particulars": particulars,
        "particulars_digest": selectors.particulars_digest(particulars),
    }
    return render(request, "records/prescriptions/sign.html", context, status=status)
