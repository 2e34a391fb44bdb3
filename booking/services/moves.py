"""The writing steps that booking's services share; each runs inside their transaction, on rows that they locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Patient, User
from audit.services import event_record
from booking.models import Appointment, BookingSettings
from booking.policies import is_free_to_cancel
from booking.services.listing import listing_follow_release
from booking.services.remind import reminders_forget
from booking.signals import appointment_released
from booking.states import CancelReason, PendingReason, Status, assert_can_move
from common.history import sign
from common.models import PublicIdModel


@dataclass(frozen=True)
class Step:
    """What an appointment becomes next, and until when it may wait there."""

    status: Status
    pending_reason: str = ""
    expires_at: datetime | None = None


def first_step(
    *,
    needs_approval: bool,
    amount_due: int,
    start: datetime,
    settings: BookingSettings,
    now: datetime,
    was_approved: bool = False,
) -> Step:
    """Approval comes before payment, payment before the booking stands; no wait outlasts the start."""
    if needs_approval:
        deadline = now + timedelta(hours=settings.approval_hours)
        return Step(Status.PENDING, PendingReason.APPROVAL, min(deadline, start))
    if amount_due:
        ends = now + kept_for_payment(settings, was_approved=was_approved)
        return Step(Status.PENDING, PendingReason.PAYMENT, min(ends, start))
    return Step(Status.BOOKED)


def kept_for_payment(settings: BookingSettings, *, was_approved: bool) -> timedelta:
    """Whoever has waited for the doctor is not there when the answer comes, and has hours in place of minutes."""
    return timedelta(hours=settings.approved_hold_hours) if was_approved else timedelta(minutes=settings.hold_minutes)


def write(appointment: Appointment, *, actor: User | None, **changes: Any) -> None:
    """Save some fields, and sign for them in the history."""
    for name, value in changes.items():
        setattr(appointment, name, value)
    sign(appointment, actor)
    appointment.save(update_fields=list(changes))


def take_step(appointment: Appointment, step: Step, *, actor: User | None, **changes: Any) -> None:
    """Raises `Conflict` (`illegal_transition`) where the machine has no such arrow."""
    if step.status != appointment.status:
        assert_can_move(appointment.status, step.status)
    write(
        appointment,
        actor=actor,
        status=step.status,
        pending_reason=step.pending_reason,
        expires_at=step.expires_at,
        calendar_sequence=appointment.calendar_sequence + 1,
        **changes,
    )


def release(
    appointment: Appointment,
    reason: CancelReason,
    *,
    actor: User | None,
    now: datetime,
    on_behalf_of: PublicIdModel | None = None,
    locked_doctor_id: int | None = None,
) -> None:
    """Cancel a locked appointment: its time is free, billing has heard of it, the listing follows.

    `locked_doctor_id` where another doctor's row than the appointment's is the one that the caller holds.
    Raises `Conflict` (`illegal_transition`) where the machine has no such arrow.
    """
    before = appointment.status
    assert_can_move(before, Status.CANCELLED)
    reminders_forget(appointment, now=now)
    write(
        appointment,
        actor=actor,
        status=Status.CANCELLED,
        cancel_reason=reason,
        cancelled_at=now,
        calendar_sequence=appointment.calendar_sequence + 1,
    )
    within_policy = is_free_to_cancel(appointment.policy, now=now)
    event_record(
        "appointment.cancelled",
        appointment,
        actor=actor,
        on_behalf_of=on_behalf_of,
        before=before,
        after=appointment.status,
        reason=reason.value,
        within_policy=within_policy,
    )
    appointment_released.send(sender=Appointment, appointment=appointment, within_policy=within_policy, now=now)
    listing_follow_release(appointment, now=now, locked_doctor_id=locked_doctor_id or appointment.doctor_id)


def helped(actor: User | None, patient: Patient) -> Patient | None:
    """The patient, where somebody else acts for them."""
    return None if actor is not None and patient.user_id == actor.pk else patient
