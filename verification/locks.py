from __future__ import annotations

from uuid import UUID

from django.db import connection

from common.errors import NotFound
from doctors.models import Doctor
from verification.models import VerificationCase


def doctor_locked(doctor_id: UUID) -> Doctor:
    """The doctor's row, held to the transaction's end. Booking takes the same lock, so none slips past a suspension.

    Every service here takes it first and the case second. Raises `NotFound`; waits at most 3 s.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
    doctor = Doctor.objects.select_for_update(of=("self",), no_key=True).filter(public_id=doctor_id).first()
    if doctor is None:
        raise NotFound
    return doctor


def case_locked(case_id: UUID) -> VerificationCase:
    """The case with its doctor, both held. Raises `NotFound`."""
    doctor_id = VerificationCase.objects.filter(public_id=case_id).values_list("doctor__public_id", flat=True).first()
    if doctor_id is None:
        raise NotFound
    doctor = doctor_locked(doctor_id)
    case = VerificationCase.objects.select_for_update(of=("self",), no_key=True).get(public_id=case_id)
    case.doctor = doctor
    return case


def latest_case_locked(doctor: Doctor) -> VerificationCase | None:
    """The case on which a (locked) doctor's verification stands, held; None before the first."""
    case = VerificationCase.objects.select_for_update(of=("self",), no_key=True).filter(doctor=doctor).first()
    if case is not None:
        case.doctor = doctor
    return case
