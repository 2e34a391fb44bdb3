"""The steps that the services of prescriptions share; each runs inside their transaction, on a row that they locked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import Patient, User
from audit.services import event_record
from booking.models import Appointment
from common.errors import Conflict
from common.history import sign
from doctors.models import Doctor
from notifications.services import Outgoing, messages_queue
from records.models import Prescription
from records.policies import assert_may_prescribe_to, is_prescriber
from records.prescription_content import PrescriptionContent, to_text
from records.selectors import SignedPrescription, prescription_for, reading_of
from records.selectors.told import about_thing

REASON_LENGTH = 500


def write(prescription: Prescription, *, actor: User | None, **changes: Any) -> None:
    """Save some fields, and sign for them in the history."""
    for name, value in changes.items():
        setattr(prescription, name, value)
    sign(prescription, actor)
    prescription.save(update_fields=list(changes))


def draft_add(
    *,
    actor: User,
    doctor: Doctor,
    patient: Patient,
    now: datetime,
    appointment: Appointment | None = None,
    content: PrescriptionContent | None = None,
    replaces: Prescription | None = None,
) -> Prescription:
    """A new draft, with what it begins with."""
    assert_may_prescribe_to(actor, patient)
    prescription = Prescription(
        doctor=doctor,
        patient=patient,
        appointment=appointment,
        draft=to_text(content) if content else "",
        replaces=replaces,
        created_at=now,
    )
    sign(prescription, actor)
    prescription.save(force_insert=True)
    event_record("prescription.begun", prescription, actor=actor)
    return prescription


def signed_by_its_text(prescription: Prescription) -> SignedPrescription:
    """What was signed. Raises `Conflict` (`altered`) where it is not that any more: nobody is to build on it."""
    signed = reading_of(prescription).signed
    if signed is None:
        message = "This prescription is not as it was signed. Tell whoever runs this site; do not rely on it."
        raise Conflict("altered", message, current=prescription.status)
    return signed


def told_key(prescription_id: UUID, event: str) -> str:
    """Names the message that tells the patient of something new about a prescription."""
    return f"record_new:{prescription_id}:{event}"


def tell_the_patient(prescription: Prescription, event: str, now: datetime) -> None:
    """That there is something new in their record, and no more."""
    user = prescription.patient.user
    if user is None:
        return
    message = Outgoing(
        kind="record_new",
        user=user,
        facts={"path": reverse("records:prescriptions")},
        dedupe_key=told_key(prescription.public_id, event),
        about=about_thing(prescription),
    )
    messages_queue(messages=[message], now=now)


def tell_the_prescriber(prescription: Prescription, event: str, now: datetime) -> None:
    """That a colleague has changed something that they signed, and not what; not where they may read it no more."""
    user = prescription.doctor.user
    if user is None or not is_prescriber(user, prescription):
        return
    facts = {"path": reverse("records:prescriptions_written")}
    key = f"prescription_ended:{prescription.public_id}:{event}"
    about = about_thing(prescription)
    message = Outgoing(kind="prescription_ended", user=user, facts=facts, dedupe_key=key, about=about)
    messages_queue(messages=[message], now=now)


def read_before_change(actor: User, prescription_id: UUID) -> None:
    """Raises `NotFound` for what the person may not read, before any row is held."""
    prescription_for(actor, prescription_id)


def last_of_months(day: date, months: int) -> date:
    """The last day of so many months that begin with a day: the eve of the same day, or the last of a month that has no
    such day."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            found = date(day.year + years, month + 1, min(day.day, last))
            return found - timedelta(days=1) if found.day == day.day else found
        except ValueError:
            continue
    raise AssertionError(day)
