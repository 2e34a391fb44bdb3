from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from audit.services import event_record
from booking.locks import lock_appointment
from booking.models import Appointment, ended_by
from booking.policies import can_extend
from booking.selectors.appointments import appointment_for, was_approved
from booking.selectors.settings import booking_settings
from booking.services.moves import helped, kept_for_payment, write
from booking.states import PendingReason, Status
from common import clock
from common.errors import Conflict, Forbidden
from common.locks import busy_if_locked


def hold_extend(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """Keep a time that waits for payment for as long again as the clinic keeps such a one: once, never past the start.

    Asking again changes nothing. Raises `NotFound`, `Forbidden`, `Busy` and `Conflict` (`hold_over`, by the database's
    clock; `hold_not_longer` where it ends with the visit's start anyway; each with `current`, the state).
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        appointment = lock_appointment(appointment_for(actor, appointment_id))
        if not can_extend(actor, appointment):
            raise Forbidden("not_yours_to_extend", "Only whoever books for the patient can keep the time for longer.")
        until = _end_of(appointment)
        if appointment.hold_extended_at is not None:
            return appointment
        write(appointment, actor=actor, expires_at=until, hold_extended_at=now)
        event_record(
            "appointment.hold_extended", appointment, actor=actor, on_behalf_of=helped(actor, appointment.patient)
        )
        return appointment


def _end_of(appointment: Appointment) -> datetime:
    """Until when a (locked) hold is kept if it is kept for longer, or is kept for longer already."""
    waits = appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.PAYMENT
    ends = appointment.expires_at
    if not waits or ends is None or Appointment.objects.filter(ended_by(Now()), pk=appointment.pk).exists():
        raise Conflict("hold_over", "This time is not kept any more.", current=appointment.status)
    if appointment.hold_extended_at is not None:
        return ends
    if ends >= appointment.start:
        message = "This time cannot be kept for longer: the visit starts then."
        raise Conflict("hold_not_longer", message, current=appointment.status)
    return min(ends + kept_for_payment(booking_settings(), was_approved=was_approved(appointment)), appointment.start)
