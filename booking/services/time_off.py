"""A doctor's own exceptions to the weekly hours: time off, extra hours, and what today still holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking import facts
from booking.locks import lock_doctor_named
from booking.models import Appointment, AvailabilityException, Cancelling
from booking.selectors.affected import affected_ahead, affected_by, told_if_late
from booking.selectors.availability import hours_meeting
from booking.selectors.told import about_appointment
from booking.services.bulk import cancel_many
from booking.services.hours import assert_shown, asserted_location, managed, remove_row, save_new
from booking.services.listing import listing_write
from booking.states import CancelReason
from booking.validators import assert_extra, assert_leave, assert_minutes_late, extra_refused
from common import clock
from common.errors import NotFound
from common.locks import busy_if_locked
from notifications.selectors import facts_last_told
from notifications.services import messages_queue


def leave_add(
    *,
    actor: User,
    doctor_id: UUID,
    start: datetime,
    end: datetime,
    note: str = "",
    shown: Collection[UUID] | None = None,
    now: datetime | None = None,
) -> AvailabilityException:
    """Close `[start, end)` to new bookings. Appointments in it stay: `selectors.affected_by` names them.

    The same leave again changes nothing. Raises `NotFound`, `Busy`, `Invalid` (`availability_invalid`, with fields
    `start`, `end` and `note`), and `HoursAffect` where appointments stand in it that were not `shown`.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        assert_leave(start=start, end=end, note=note, now=now)
        kind = AvailabilityException.Kind.CLOSED
        leave = AvailabilityException(doctor=doctor, kind=kind, start=start, end=end, note=note)
        affected = list(affected_by(leave, now=now))
        assert_shown(affected, shown)
        same = AvailabilityException.objects.filter(doctor=doctor, kind=kind, start=start, end=end).first()
        if same is not None:
            return same
        save_new(leave, actor)
        event_record("availability.leave_added", leave, actor=actor, affected=len(affected))
        listing_write([doctor], now=now)
        return leave


def leave_remove(*, actor: User, leave_id: UUID, now: datetime | None = None) -> None:
    """Open the time again. Raises `NotFound` and `Busy`."""
    leave = AvailabilityException.objects.filter(public_id=leave_id, kind=AvailabilityException.Kind.CLOSED)
    remove_row(leave, actor=actor, action="availability.leave_removed", now=now or clock.now())


def leave_appointments_cancel(*, actor: User, leave_id: UUID, now: datetime | None = None) -> Cancelling:
    """Cancel as the doctor what stands in a leave and has not begun, and offer the patients new times (`cancel_many`).

    Raises `NotFound`.
    """
    now = now or clock.now()
    rows = AvailabilityException.objects.select_related("doctor")
    leave = rows.filter(public_id=leave_id, kind=AvailabilityException.Kind.CLOSED).first()
    if leave is None:
        raise NotFound
    managed(leave.doctor, actor)
    return cancel_many(affected_ahead(leave, now=now), CancelReason.DOCTOR, actor=actor, now=now)


def extra_add(
    *,
    actor: User,
    doctor_id: UUID,
    location_id: int,
    start: datetime,
    end: datetime,
    note: str = "",
    now: datetime | None = None,
) -> AvailabilityException:
    """Open `[start, end)` at one of the doctor's places, besides the weekly hours; it may touch them.

    The same hours again change nothing. Raises `NotFound`, `Busy` and `Invalid` (`availability_invalid`,
    `extra_overlaps`, which names what is in the way; fields `location`, `start`, `end`, `note`).
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        location = asserted_location(doctor, location_id)
        assert_extra(start=start, end=end, note=note, now=now)
        asked = {"kind": AvailabilityException.Kind.EXTRA, "location": location, "start": start, "end": end}
        same = AvailabilityException.objects.filter(doctor=doctor, **asked).first()
        if same is not None:
            return same
        if meeting := hours_meeting(doctor, location=location, start=start, end=end):
            raise extra_refused(meeting)
        extra = AvailabilityException(doctor=doctor, note=note, **asked)
        save_new(extra, actor)
        event_record("availability.extra_added", extra, actor=actor)
        listing_write([doctor], now=now)
        return extra


def extra_remove(
    *, actor: User, extra_id: UUID, shown: Collection[UUID] | None = None, now: datetime | None = None
) -> None:
    """Close extra hours again. Appointments in them stay. Raises `NotFound`, `Busy` and `HoursAffect`."""
    extra = AvailabilityException.objects.filter(public_id=extra_id, kind=AvailabilityException.Kind.EXTRA)
    remove_row(extra, actor=actor, action="availability.extra_removed", shown=shown, now=now or clock.now())


def rest_of_today_cancel(*, actor: User, doctor_id: UUID, now: datetime | None = None) -> Cancelling:
    """Close what is left of today (as the clinic counts days), then `leave_appointments_cancel` in it.

    Pressed again it closes nothing more, and cancels what was left. Raises `NotFound` and `Busy`.
    """
    now = now or clock.now()
    end = clock.end_of_day(clock.clinic_day(now), clock.clinic_zone())
    closed = AvailabilityException.objects.filter(
        doctor__public_id=doctor_id, kind=AvailabilityException.Kind.CLOSED, start__lte=now, end__gte=end
    )
    leave = closed.first() or leave_add(actor=actor, doctor_id=doctor_id, start=now, end=end, now=now)
    return leave_appointments_cancel(actor=actor, leave_id=leave.public_id, now=now)


def running_late_tell(*, actor: User, doctor_id: UUID, minutes: int, now: datetime | None = None) -> int:
    """Tell the patients who are still to come today that the doctor runs `minutes` late, and say how many.

    Times stay as booked. Whoever was told these minutes last is not told again. Raises `NotFound`, `Busy` and `Invalid`
    (`availability_invalid`, field `minutes`).
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        assert_minutes_late(minutes)
        waiting = list(told_if_late(doctor, now=now))
        told = [facts.running_late(appointment, minutes, now=now) for appointment in _unaware(waiting, minutes)]
        event_record("day.running_late", doctor, actor=actor, minutes=minutes, told=len(waiting))
        messages_queue(messages=[message for messages in told for message in messages], now=now)
        return len(waiting)


def _unaware(waiting: Sequence[Appointment], minutes: int) -> list[Appointment]:
    """Those whose patient did not hear these minutes last, of the time that the visit has now."""
    told = facts_last_told("appointment_running_late", [about_appointment(one) for one in waiting])
    known = {about: (said.get("minutes"), said.get("start")) for about, said in told.items()}
    return [one for one in waiting if known.get(about_appointment(one)) != (minutes, one.start.isoformat())]
