from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from booking.policies import acts_as_doctor
from booking.selectors import appointment_for
from common import clock
from common.errors import Conflict, Forbidden
from records.locks import appointment_locked, doctor_locked
from records.models import Prescription
from records.models.prescriptions import PRESCRIPTION_TEXTS
from records.policies import assert_may_prescribe_to
from records.prescription_content import PrescriptionContent
from records.selectors import draft_of, prescription_for
from records.services.prescriptions.steps import draft_add, signed_by_its_text
from records.states import NOTED, PrescriptionStatus


@transaction.atomic
def prescription_begin(*, actor: User, appointment_id: UUID) -> Prescription:
    """A prescription for the patient of a visit, by its doctor; where one of that visit is not signed yet, that one.

    Raises `NotFound`, `Forbidden` (`doctors_only`, `not_treating`), `Busy`, and `Conflict` (`no_visit`, data `current`)
    for a visit that does not stand.
    """
    appointment = appointment_locked(appointment_for(actor, appointment_id))
    if not acts_as_doctor(actor, appointment):
        raise Forbidden("doctors_only", "Only the doctor of a visit can prescribe from it.")
    drafts = Prescription.objects.filter(appointment=appointment, status=PrescriptionStatus.DRAFT, replaces=None)
    known = drafts.defer(*PRESCRIPTION_TEXTS).first()
    if known is not None:
        return known
    if appointment.status not in NOTED:
        message = "This visit does not stand, so nothing can be prescribed from it."
        raise Conflict("no_visit", message, current=appointment.status)
    return draft_add(
        actor=actor,
        doctor=appointment.doctor,
        patient=appointment.patient,
        appointment=appointment,
        now=clock.now(),
    )


@transaction.atomic
def prescription_repeat(*, actor: User, prescription_id: UUID) -> Prescription:
    """A new draft by the actor with what an earlier prescription, their own or a colleague's, asked for.

    Pressed twice it answers with the draft of the first time, as long as nothing in it was changed. Raises `NotFound`,
    `Forbidden` (`not_treating`), `Busy` and `Conflict` (`nothing_signed`, `altered`).
    """
    earlier = prescription_for(actor, prescription_id)
    assert_may_prescribe_to(actor, earlier.patient)
    if not earlier.is_signed or earlier.status == PrescriptionStatus.ENTERED_IN_ERROR:
        raise Conflict("nothing_signed", "Only what was signed and stands can be repeated.", current=earlier.status)
    content = signed_by_its_text(earlier).content
    doctor = doctor_locked(actor.doctor.pk)
    known = _untouched(Prescription(doctor=doctor, patient=earlier.patient), content)
    if known is not None:
        return known
    return draft_add(actor=actor, doctor=doctor, patient=earlier.patient, content=content, now=clock.now())


def _untouched(wanted: Prescription, content: PrescriptionContent) -> Prescription | None:
    drafts = Prescription.objects.filter(
        doctor=wanted.doctor,
        patient=wanted.patient,
        appointment=None,
        replaces=None,
        status=PrescriptionStatus.DRAFT,
        draft_version=0,
    )
    return next((draft for draft in drafts.defer(*PRESCRIPTION_TEXTS) if _holds(draft, content)), None)


def _holds(draft: Prescription, content: PrescriptionContent) -> bool:
    """What no key opens any more holds nothing that could be gone on with."""
    try:
        return draft_of(draft) == content
    except Conflict:
        return False
