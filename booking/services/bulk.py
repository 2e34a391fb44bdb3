"""Cancelling many appointments for one reason of the practice's own: a suspension, time off, a closed place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from booking import facts
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.paths import times_path
from booking.services.moves import release
from booking.states import CANCELLABLE, CancelReason, Status
from common.locks import busy_if_locked
from notifications.services import messages_queue


def cancel_each(seen: Iterable[Appointment], why: CancelReason, *, actor: User, now: datetime) -> int:
    """How many were cancelled: one after the other, each with its messages in a transaction of its own.

    What was cancelled meanwhile is left as it is, so a repeat goes on where this one stopped. Not for use inside a
    transaction: the locks of all would be held together. Raises `Busy`.
    """
    return sum(_cancel(appointment, why, actor=actor, now=now) for appointment in seen)


def _cancel(seen: Appointment, why: CancelReason, *, actor: User, now: datetime) -> bool:
    with busy_if_locked(), transaction.atomic():
        appointment = lock_appointment(seen)
        if appointment.status not in CANCELLABLE:
            return False
        method: facts.CalendarMethod | None = "CANCEL" if appointment.status == Status.BOOKED else None
        release(appointment, why, actor=actor, now=now)
        more = _way_on(appointment)
        messages = facts.to_patient(appointment, "appointment_cancelled", now=now, method=method, more=more)
        # Who cancels their own knows; who is shut out hears of their case and of nobody's visit.
        if why == CancelReason.CLINIC and not appointment.doctor.is_barred:
            messages += facts.to_doctor(appointment, "doctor_appointment_cancelled", method=method)
        messages_queue(messages=messages, now=now)
        return True


def _way_on(appointment: Appointment) -> dict[str, Any]:
    """That it was not the patient, and the way to the doctor's other times, while there are such."""
    by_practice = {"by_practice": True}
    if not appointment.doctor.is_listed:
        return by_practice
    day = appointment.start.astimezone(appointment.location.time_zone).date()
    return by_practice | {"times_path": times_path(appointment.doctor, appointment.visit_type, day)}
