"""What the demo's doctor has prescribed at visits that are over: one that is still valid, and one that has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Patient
from accounts.services import address_keep
from booking.models import Appointment
from booking.states import Status
from doctors.models import Doctor
from medconsult.demo import past
from records.prescription_content import PrescriptionContent, content_of
from records.selectors import particulars_digest, particulars_of
from records.services import allergy_record, prescription_begin, prescription_save, prescription_sign

ADDRESS = "7 Orchard Row\nLondon N1 2AB"
_NEW = {
    "drug": "Ferrous fumarate",
    "form": "Tablets",
    "strength": "210 mg",
    "dose": "1 tablet",
    "frequency": "once a day",
    "duration": "28 days",
    "quantity": 28,
    "unit": "tablets",
    "instructions": "With a glass of water, away from tea and coffee.",
}
_OLD = {
    "drug": "Zopiclone",
    "form": "Tablets",
    "strength": "3.75 mg",
    "dose": "1 tablet",
    "frequency": "at night, if needed",
    "duration": "7 days",
    "quantity": 7,
    "unit": "tablets",
}


def prescriptions(patient: Patient, doctor: Doctor, now: datetime) -> None:
    """From the patient's two visits that took place; the older one, of Schedule 4, was valid for 28 days."""
    assert doctor.user is not None
    assert patient.user is not None
    visits = list(Appointment.objects.filter(patient=patient, doctor=doctor, status=Status.FULFILLED).order_by("start"))
    address_keep(actor=patient.user, patient=patient, address=ADDRESS)
    allergy_record(actor=patient.user, patient=patient, substance="Penicillin", reaction="A rash")
    for visit, item in zip([visits[0], visits[-1]] if len(visits) > 1 else [], (_OLD, _NEW), strict=False):
        # Long enough ago to have run out, where the visit itself is not.
        at = min(visit.end, now - timedelta(days=40)) if item is _OLD else visit.end
        _signed(visit, doctor, content_of([item]), at)


def _signed(visit: Appointment, doctor: Doctor, content: PrescriptionContent, at: datetime) -> None:
    assert doctor.user is not None
    with past.at(at):
        begun = prescription_begin(actor=doctor.user, appointment_id=visit.public_id)
        saved = prescription_save(
            actor=doctor.user, prescription_id=begun.public_id, version=begun.draft_version, content=content
        )
        prescription_sign(
            actor=doctor.user,
            prescription_id=begun.public_id,
            version=saved.draft_version,
            particulars_seen=particulars_digest(particulars_of(saved, now=at)),
        )
