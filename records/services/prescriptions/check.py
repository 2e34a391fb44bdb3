"""Whether a prescription is valid, for whoever holds it: by its code and the patient's date of birth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.crypto import constant_time_compare

from audit.services import Subject, event_record
from common import clock
from common.limits import Limit, callers_network, give_back, spend
from records.check_codes import code_typed, digest_of_code
from records.errors import CheckRefused, TooManyChecks
from records.models import Prescription, PrescriptionSignature
from records.models.prescriptions import PRESCRIPTION_TEXTS
from records.selectors import SignedPrescription, reading_of
from records.states import PrescriptionStatus

# A code has 77 random bits; a date of birth is one of thirty thousand, and whoever holds the paper knows the code.
TRIES = Limit(name="records.check.caller", most=30, within=timedelta(minutes=10))
WRONG_DATES = Limit(name="records.check.code", most=5, within=timedelta(days=1))

_NOBODYS = Subject("records.prescription", "")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check page may say. `signed` is None where it was altered or entered in error: nobody is to use that."""

    status: PrescriptionStatus
    valid_until: date | None
    signed_at: datetime | None
    signed: SignedPrescription | None
    is_altered: bool


def prescription_check(*, code: str, birth_date: date, now: datetime | None = None) -> Checked:
    """Raises `CheckRefused` for whatever does not match, always in the same words: a code that nobody has, another
    date of birth, a sixth wrong one within a day. `TooManyChecks` tells of the caller alone. Call it outside a
    transaction, so that a refusal is counted.
    """
    now = now or clock.now()
    if not spend(TRIES, callers_network()):
        raise TooManyChecks
    typed = digest_of_code(code_typed(code))
    is_in_time = spend(WRONG_DATES, typed)
    prescription = _found(typed)
    knows = prescription is not None and constant_time_compare(_born(prescription), birth_date.isoformat())
    if prescription is None or not (is_in_time and knows):
        event_record("prescription.check_refused", prescription or _NOBODYS, actor=None)
        raise CheckRefused
    for limit, subject in ((TRIES, callers_network()), (WRONG_DATES, typed)):
        give_back(limit, subject)
    event_record("prescription.checked", prescription, actor=None)
    return _checked(prescription, now)


def _born(prescription: Prescription) -> str:
    """As it was signed, which stands on the paper; where that cannot be read, as the patient's profile says."""
    signed = reading_of(prescription).signed
    return (signed.born if signed else prescription.patient.birth_date).isoformat()


def _found(code_digest: str) -> Prescription | None:
    rows = PrescriptionSignature.objects.filter(code_digest=code_digest).values("prescription")
    with_people = Prescription.objects.select_related("patient", "doctor", "appointment", "replaces")
    return with_people.defer(*PRESCRIPTION_TEXTS).filter(pk__in=rows).first()


def _checked(prescription: Prescription, now: datetime) -> Checked:
    status, signed = prescription.status_at(now), reading_of(prescription).signed
    is_withheld = status == PrescriptionStatus.ENTERED_IN_ERROR
    return Checked(
        status=status,
        valid_until=prescription.valid_until,
        signed_at=prescription.signed_at,
        signed=None if is_withheld else signed,
        is_altered=signed is None,
    )
