from __future__ import annotations

from uuid import UUID

from django.db import connection

from common.errors import NotFound
from doctors.models import Doctor


def doctor_locked(doctor_id: UUID) -> Doctor:
    """The doctor's row, held to the transaction's end; booking and verification lock the same row.

    Raises `NotFound`; waits at most 3 s.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
    doctor = Doctor.objects.select_for_update(of=("self",), no_key=True).filter(public_id=doctor_id).first()
    if doctor is None:
        raise NotFound
    return doctor
