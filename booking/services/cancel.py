from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from booking import facts
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.policies import acts_as_doctor, acts_for_clinic, can_cancel, is_too_late_to_cancel
from booking.selectors.appointments import appointment_for, was_approved
from booking.services.moves import helped, release
from booking.states import BY_THE_PRACTICE, CANCELLABLE, CancelReason, PendingReason, Status
from common import clock
from common.errors import Conflict, Forbidden
from common.locks import busy_if_locked
from notifications.services import Outgoing, messages_queue


def appointment_cancel(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """Cancel, withdraw or decline: as the patient or a carer with the right, before the start; as the doctor or the
    clinic's staff, always.

    Cancelling what is cancelled changes nothing. Raises `NotFound`, `Forbidden`, `Conflict`
    (`illegal_transition`, `too_late`; both with `current`, the state) and `Busy`.
    """
    now = now or clock.now()
    seen = appointment_for(actor, appointment_id)
    with busy_if_locked(), transaction.atomic():
        appointment = lock_appointment(seen)
        if not can_cancel(actor, appointment):
            raise Forbidden("may_not_cancel", "You can see this appointment but not cancel it.")
        if appointment.status == Status.CANCELLED:
            return appointment
        reason = _asserted_reason(actor, appointment, now)
        told = told_of(appointment)
        by_patient = reason in (CancelReason.PATIENT, CancelReason.WITHDRAWN)
        patient = helped(actor, appointment.patient) if by_patient else None
        release(appointment, reason, actor=actor, now=now, on_behalf_of=patient)
        messages_queue(messages=messages_of_ending(appointment, told, now), now=now)
        return appointment


def _asserted_reason(actor: User, appointment: Appointment, now: datetime) -> CancelReason:
    current = appointment.status
    if current not in CANCELLABLE:
        raise Conflict("illegal_transition", "This appointment can no longer be cancelled.", current=current)
    if is_too_late_to_cancel(actor, appointment, now=now):
        raise Conflict("too_late", "This appointment has started, so it cannot be cancelled here.", current=current)
    if acts_for_clinic(actor, appointment):
        return CancelReason.CLINIC
    if acts_as_doctor(actor, appointment):
        return CancelReason.DOCTOR if current == Status.BOOKED else CancelReason.REJECTED
    return CancelReason.PATIENT if current == Status.BOOKED else CancelReason.WITHDRAWN


def told_of(appointment: Appointment) -> Status | PendingReason:
    """What the two people know of the appointment so far."""
    return PendingReason(appointment.pending_reason) if appointment.status == Status.PENDING else Status.BOOKED


def messages_of_ending(appointment: Appointment, told: Status | PendingReason, now: datetime) -> list[Outgoing]:
    """To those who know of it; `told` is what they know."""
    if appointment.cancel_reason == CancelReason.REJECTED:
        return facts.to_patient(appointment, "appointment_declined", now=now)
    method: facts.CalendarMethod | None = "CANCEL" if told == Status.BOOKED else None
    more: dict[str, Any] = {"by_practice": appointment.cancel_reason in BY_THE_PRACTICE}
    if appointment.cancel_reason == CancelReason.WITHDRAWN:
        # Nothing was booked that could be cancelled.
        more["ended"] = "given-up" if appointment.is_given_up else "withdrawn"
    to_patient = facts.to_patient(appointment, "appointment_cancelled", now=now, method=method, more=more)
    if told == PendingReason.PAYMENT and not was_approved(appointment):
        return to_patient
    return [*to_patient, *facts.to_doctor(appointment, "doctor_appointment_cancelled", method=method, more=more)]
