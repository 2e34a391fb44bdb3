"""Every row lock of records. The order is always the doctor's row, then the note's; an appointment's is taken alone.

Verification holds the doctor's row while it suspends, so a signature comes before a suspension or not at all.
"""

from __future__ import annotations

from uuid import UUID

from booking.models import Appointment
from common.errors import NotFound
from common.locks import locked
from doctors.models import Doctor
from records.models import VisitNote


def appointment_locked(appointment: Appointment) -> Appointment:
    """Held, so that one note is begun for it. Raises `Busy`."""
    return locked(Appointment.objects.select_related("doctor", "patient"), pk=appointment.pk)


def note_locked(note_id: UUID) -> VisitNote:
    """The note, held to the transaction's end. Raises `NotFound` and `Busy`."""
    return locked(VisitNote.objects.select_related("doctor", "patient__user", "appointment"), public_id=note_id)


def note_with_doctor_locked(note_id: UUID) -> VisitNote:
    """The note, held, and before it the row of the doctor who writes it. Raises `NotFound` and `Busy`."""
    doctor_id = VisitNote.objects.filter(public_id=note_id).values_list("doctor_id", flat=True).first()
    if doctor_id is None:
        raise NotFound
    doctor = locked(Doctor.objects.select_related("user"), pk=doctor_id)
    note = note_locked(note_id)
    note.doctor = doctor
    return note
