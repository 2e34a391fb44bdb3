from __future__ import annotations

from uuid import UUID

from common.errors import NotFound
from common.locks import locked, locked_first
from doctors.models import Doctor
from verification.models import VerificationCase


def doctor_locked(doctor_id: UUID) -> Doctor:
    """The doctor's row, held to the transaction's end. Booking takes the same lock, so none slips past a suspension.

    Every service here takes it first and the case second. Raises `NotFound` and `Busy`.
    """
    return locked(Doctor.objects.all(), public_id=doctor_id)


def case_locked(case_id: UUID) -> VerificationCase:
    """The case with its doctor, both held. Raises `NotFound` and `Busy`."""
    doctor_id = VerificationCase.objects.filter(public_id=case_id).values_list("doctor__public_id", flat=True).first()
    if doctor_id is None:
        raise NotFound
    doctor = doctor_locked(doctor_id)
    case = locked(VerificationCase.objects.all(), public_id=case_id)
    case.doctor = doctor
    return case


def latest_case_locked(doctor: Doctor) -> VerificationCase | None:
    """The case on which a (locked) doctor's verification stands, held; None before the first. Raises `Busy`."""
    case = locked_first(VerificationCase.objects.filter(doctor=doctor))
    if case is not None:
        case.doctor = doctor
    return case
