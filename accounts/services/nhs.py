from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.locks import lock_patient
from accounts.models import NhsNumberStatus, Patient, User
from accounts.selectors import shares_nhs_number
from accounts.validators import normalise_nhs_number
from audit.services import Subject, event_record
from common import clock
from integrations.nhs import demographics


def nhs_number_state(*, patient: Patient, text: str, now: datetime) -> str:
    """Put on a locked patient what they say their NHS number is, and answer with the event that this is, or "".

    A new number is no more than stated, whatever was known of the one before; the same again keeps what is known. One
    that another account has stated is taken like any other: a refusal would tell that it is registered here.
    """
    number = normalise_nhs_number(text)
    if number == patient.nhs_number:
        return ""
    had_one = bool(patient.nhs_number)
    patient.nhs_number = number
    patient.nhs_number_status = NhsNumberStatus.STATED if number else ""
    patient.nhs_number_status_at = now if number else None
    if not number:
        return "nhs_number.removed"
    return "nhs_number.changed" if had_one else "nhs_number.stated"


def nhs_number_record(*, event: str, patient: Patient, actor: User) -> None:
    """The audit event of `nhs_number_state`, once the patient is saved; it never holds the number.

    Where another account has the number too, that is an event of its own, for auditors: it names no patient as the
    one concerned, or it would stand on the page where patients read who did what with their record.
    """
    if not event:
        return
    event_record(event, patient, actor=actor, status=patient.nhs_number_status)
    if shares_nhs_number(patient):
        subject = Subject(patient._meta.label_lower, str(patient.public_id))
        event_record("nhs_number.shared", subject, actor=None)


def nhs_number_trace(*, actor: User, patient_id: UUID) -> bool:
    """Ask the NHS whether the number that a patient has given is theirs, where the installation may; whether it is.

    It calls the NHS: never inside a transaction. What it says counts only of the number, name and birthday that it was
    asked about. While it is away the number stays as given.
    """
    patient = Patient.objects.filter(public_id=patient_id, nhs_number_status=NhsNumberStatus.STATED).first()
    if patient is None or not demographics.is_offered():
        return False
    try:
        found = demographics.trace(_asked_about(patient))
    except demographics.DemographicsAway:
        return False
    if found is None or found.nhs_number != patient.nhs_number:
        return False
    return _note_traced(actor, patient_id, _asked_about(patient))


@transaction.atomic
def _note_traced(actor: User, patient_id: UUID, asked: demographics.Demographics) -> bool:
    patient = lock_patient(patient_id)
    if _asked_about(patient) != asked or patient.nhs_number_status != NhsNumberStatus.STATED:
        return False
    patient.nhs_number_status, patient.nhs_number_status_at = NhsNumberStatus.TRACED, clock.now()
    try:
        with transaction.atomic():
            patient.save(update_fields=["nhs_number_status", "nhs_number_status_at", "updated_at"])
    except IntegrityError:
        # Another account's number has been traced before: that is for administrators, who see who share one.
        return False
    event_record("nhs_number.traced", patient, actor=actor, status=patient.nhs_number_status)
    return True


def _asked_about(patient: Patient) -> demographics.Demographics:
    return demographics.Demographics(
        nhs_number=patient.nhs_number, family_name=patient.family_name, birth_date=patient.birth_date
    )
