from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest, patient_required
from common import clock
from common.errors import Invalid
from common.forms import show_refusal
from common.inputs import uuid_or_none
from common.keyset import KeyPage
from common.uploads.serving import drawn_response
from doctors.policies import practice_required
from notifications.selectors import messages_about
from records import selectors, services
from records.check_codes import code_for_people
from records.forms.prescriptions import AllergyForm
from records.models import Prescription
from records.policies import may_prescribe_to
from records.reading import prescription_read
from records.shareable import can_share
from records.states import ShareKind

SHOWN = 10


@require_safe
@login_required
def prescription(request: SignedInRequest, prescription_id: UUID) -> HttpResponse:
    """A prescription as it was signed, and what became of it.

    What was entered in error is told as such; its text, which may be about somebody else, is for its doctor alone.
    """
    found = selectors.prescription_for(request.user, prescription_id)
    if found.is_draft:
        return redirect("records:prescription_edit", prescription_id)
    services.prescription_viewed(actor=request.user, prescription=found)
    now = clock.now()
    if found.patient.user_id == request.user.pk:
        services.news_mark_read(actor=request.user, thing_ids=[prescription_id], now=now)
    read = prescription_read(request.user, found, now=now)
    signed = read.reading.signed
    context = {
        "prescription": found,
        "status": read.status.value,
        "is_author": read.is_author,
        "told": messages_about(selectors.about_thing(found)) if read.is_author else (),
        "can_share": can_share(request.user, ShareKind.PRESCRIPTION, found),
        "can_end": read.can_end,
        "changed_by": selectors.changed_by(found),
        "as_carer": read.as_carer,
        "for_patient": read.for_patient,
        "is_altered": read.is_altered,
        "signed": signed,
        "code": code_for_people(signed.code) if signed else "",
        "reason": read.reason,
        "replaced_by": selectors.replacement_of(request.user, found),
        "can_repeat": signed is not None and may_prescribe_to(request.user, found.patient),
    }
    return render(request, "records/prescriptions/prescription.html", context)


@require_safe
@login_required
def pdf(request: SignedInRequest, prescription_id: UUID) -> HttpResponseBase:
    drawn = services.prescription_download(actor=request.user, prescription_id=prescription_id)
    return drawn_response(data=drawn, name="prescription.pdf", media_type="application/pdf", request=request)


@require_safe
@patient_required
def own(request: SignedInRequest) -> HttpResponse:
    """What doctors have prescribed to the person, a page at a time."""
    edges = {name: uuid_or_none(request.GET.get(name, "")) for name in ("before", "after")}
    page = selectors.prescriptions_of_patient(request.user, size=SHOWN, **edges)
    return render(request, "records/prescriptions/own.html", _context(page))


@require_safe
@practice_required
def written(request: SignedInRequest) -> HttpResponse:
    """What the doctor has prescribed and begun to, a page at a time."""
    edges = {name: uuid_or_none(request.GET.get(name, "")) for name in ("before", "after")}
    page = selectors.prescriptions_of_doctor(request.user, size=SHOWN, **edges)
    return render(request, "records/prescriptions/written.html", _context(page))


def _context(page: KeyPage[Prescription]) -> dict[str, object]:
    return {
        "rows": page.rows,
        "later": f"?after={page.rows[0].public_id}" if page.has_previous else "",
        "earlier": f"?before={page.rows[-1].public_id}" if page.has_next else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def allergies(request: SignedInRequest) -> HttpResponse:
    """One's own allergies: what doctors are warned of when they prescribe."""
    patient = request.user.patient
    form = AllergyForm(request.POST if request.method == "POST" else None)
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.is_valid():
        try:
            services.allergy_record(actor=request.user, patient=patient, **form.cleaned_data)
        except Invalid as error:
            show_refusal(form, error)
            status = error.status
        else:
            messages.success(request, "Recorded. Your doctors see it when they prescribe.")
            return redirect("records:allergies")
    context = {"form": form, "allergies": selectors.allergies_visible_to(request.user, patient)}
    return render(request, "records/prescriptions/allergies.html", context, status=status)


@require_POST
@patient_required
def allergy_end(request: SignedInRequest, allergy_id: UUID) -> HttpResponse:
    services.allergy_end(actor=request.user, allergy_id=allergy_id)
    messages.success(request, "Taken back.")
    return redirect("records:allergies")
