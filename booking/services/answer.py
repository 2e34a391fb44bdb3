from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking import facts
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.policies import can_answer
from booking.selectors.appointments import appointment_for
from booking.selectors.settings import booking_settings
from booking.services.moves import first_step, release, take_step
from booking.states import CancelReason, PendingReason, Status
from common import clock
from common.errors import Conflict, Forbidden
from common.locks import busy_if_locked
from notifications.services import messages_queue


def appointment_approve(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """The doctor's yes to a request: booked, or kept for payment where the visit is paid for online.

    Approving what was approved changes nothing. Raises `NotFound`, `Forbidden`, `Busy` and `Conflict`
    (`doctor_not_bookable`, `request_lapsed`, `illegal_transition`; with `current`, the state).
    """
    now = now or clock.now()
    with _request_locked(actor, appointment_id) as appointment:
        if _was_approved(appointment):
            return appointment
        _assert_waits(appointment)
        if not appointment.doctor.is_listed:
            raise Conflict(
                "doctor_not_bookable",
                "You can approve requests once your verification stands.",
                current=appointment.status,
            )
        if appointment.expires_at and appointment.expires_at <= now:
            raise Conflict("request_lapsed", "The time to answer this request is over.", current=appointment.status)
        step = first_step(
            needs_approval=False,
            was_approved=True,
            amount_due=appointment.amount_due_minor,
            start=appointment.start,
            settings=booking_settings(),
            now=now,
        )
        before = appointment.status
        take_step(appointment, step, actor=actor)
        event_record("appointment.approved", appointment, actor=actor, before=before, after=appointment.status)
        is_booked = step.status == Status.BOOKED
        held = [] if is_booked else facts.held(appointment, now=now, was_approved=True)
        messages_queue(messages=facts.booked(appointment, now=now) if is_booked else held, now=now)
        return appointment


def appointment_reject(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """The doctor's no to a request. Declining what was declined changes nothing.

    Raises `NotFound`, `Forbidden`, `Busy` and `Conflict` (`illegal_transition` with `current`, the state).
    """
    now = now or clock.now()
    with _request_locked(actor, appointment_id) as appointment:
        if appointment.cancel_reason == CancelReason.REJECTED:
            return appointment
        _assert_waits(appointment)
        release(appointment, CancelReason.REJECTED, actor=actor, now=now)
        messages_queue(messages=facts.to_patient(appointment, "appointment_declined", now=now), now=now)
        return appointment


@contextmanager
def _request_locked(actor: User, appointment_id: UUID) -> Iterator[Appointment]:
    seen = appointment_for(actor, appointment_id)
    with busy_if_locked(), transaction.atomic():
        appointment = lock_appointment(seen)
        if not can_answer(actor, appointment):
            raise Forbidden("doctors_only", "Only the doctor can answer this request.")
        yield appointment


def _was_approved(appointment: Appointment) -> bool:
    """A cancelled hold still says what it waited for, so the reason alone tells nothing."""
    is_held = appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.PAYMENT
    return is_held or appointment.status == Status.BOOKED


def _assert_waits(appointment: Appointment) -> None:
    if appointment.status != Status.PENDING or appointment.pending_reason != PendingReason.APPROVAL:
        raise Conflict("illegal_transition", "This request has been answered already.", current=appointment.status)
