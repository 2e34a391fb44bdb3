from __future__ import annotations

from datetime import datetime

from accounts.models import NhsNumberStatus, Patient, User
from accounts.validators import NHS_NUMBER_REFUSED, normalise_nhs_number
from audit.services import event_record
from common.errors import Invalid


def nhs_number_state(*, patient: Patient, text: str, now: datetime) -> str:
    """Put on a locked patient what they say their NHS number is, and answer with the event that this is, or "".

    A new number is no more than stated, whatever was known of the one before; the same again keeps what is known.
    Raises `Invalid` (`nhs_number_refused`, field `nhs_number`) where another account has given it, in the same words
    as for a number that cannot be.
    """
    number = normalise_nhs_number(text)
    if number == patient.nhs_number:
        return ""
    if number and Patient.objects.filter(nhs_number=number, user__isnull=False).exclude(pk=patient.pk).exists():
        raise nhs_number_refused()
    had_one = bool(patient.nhs_number)
    patient.nhs_number = number
    patient.nhs_number_status = NhsNumberStatus.STATED if number else ""
    patient.nhs_number_status_at = now if number else None
    if not number:
        return "nhs_number.removed"
    return "nhs_number.changed" if had_one else "nhs_number.stated"


def nhs_number_record(*, event: str, patient: Patient, actor: User) -> None:
    """The audit event of `nhs_number_state`, once the patient is saved; it never holds the number."""
    if event:
        event_record(event, patient, actor=actor, status=patient.nhs_number_status)


def nhs_number_refused() -> Invalid:
    return Invalid("nhs_number_refused", NHS_NUMBER_REFUSED, fields={"nhs_number": [NHS_NUMBER_REFUSED]})
