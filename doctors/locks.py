from __future__ import annotations

from uuid import UUID

from accounts.models import User
from common.locks import locked
from doctors.models import Doctor


def doctor_locked(doctor_id: UUID) -> Doctor:
    """The doctor's row, held to the transaction's end; booking and verification lock the same row.

    Raises `NotFound` and `Busy`.
    """
    return locked(Doctor.objects.all(), public_id=doctor_id)


def account_locked(user_id: UUID) -> User:
    """The account, so that the role of clinic staff goes with the last membership and no sooner.

    Raises `NotFound` and `Busy`.
    """
    return locked(User.objects.all(), public_id=user_id)
