"""Every row lock of verification. The order is always a file's row, the doctor's, the case's, items', an account's.

Accounts come last, for ending sessions and granting roles take theirs inside. Whoever has no doctor yet holds their
account alone: see `applicant_locked`.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from common.errors import NotFound
from common.locks import for_update, locked, locked_first
from common.uploads.locks import upload_locked
from doctors.models import Doctor
from verification.models import ChecklistItem, Evidence, VerificationCase


def applicant_locked(user_id: UUID) -> User:
    """An account, held so that one person applies once; no doctor's row is taken after it. Raises `Busy`."""
    return locked(User.objects.all(), public_id=user_id)


def doctor_locked(doctor_id: UUID) -> Doctor:
    """The doctor's row, held to the transaction's end. Booking takes the same lock, so none slips past a suspension.

    Every service here takes it before the case's. Raises `NotFound` and `Busy`.
    """
    return locked(Doctor.objects.select_related("user"), public_id=doctor_id)


def doctor_of_locked(user: User) -> Doctor | None:
    """The doctor's row of an account, held; None for whoever is no doctor. Raises `Busy`."""
    return locked_first(Doctor.objects.select_related("user").filter(user=user))


def free_doctor_locked(doctor_id: int) -> Doctor | None:
    """The doctor's row, held; None where somebody else holds it now."""
    assert transaction.get_connection().in_atomic_block
    return for_update(Doctor.objects.select_related("user").filter(pk=doctor_id), skip_locked=True).first()


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


def item_locked(item_id: UUID) -> ChecklistItem:
    """One item with its case and doctor, all held. Raises `NotFound` and `Busy`."""
    case_id = ChecklistItem.objects.filter(public_id=item_id).values_list("case__public_id", flat=True).first()
    if case_id is None:
        raise NotFound
    case = case_locked(case_id)
    item = locked(ChecklistItem.objects.all(), public_id=item_id)
    item.case = case
    return item


def evidence_locked(evidence_id: UUID) -> Evidence:
    """One file with its item, case and doctor, all held. Raises `NotFound` and `Busy`."""
    evidence = upload_locked(Evidence, evidence_id)
    evidence.item = item_locked(evidence.item.public_id)
    return evidence
