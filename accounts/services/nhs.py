from __future__ import annotations

from datetime import datetime

from accounts.models import NhsNumberStatus, Patient, User
from accounts.selectors import shares_nhs_number
from accounts.validators import normalise_nhs_number
from audit.services import Subject, event_record


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
