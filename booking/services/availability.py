from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.services import event_record
from booking.locks import lock_doctor, lock_doctor_named
from booking.models import AvailabilityException, AvailabilityRule
from booking.policies import can_manage_availability
from booking.selectors.affected import affected_by
from booking.services.listing import listing_write
from booking.validators import assert_leave, assert_window, overlap_refused, overlapping
from common import clock
from common.errors import Invalid, NotFound
from common.history import sign
from common.locks import busy_if_locked
from doctors.models import Doctor, Location


def rule_add(
    *,
    actor: User,
    doctor_id: UUID,
    location_id: int,
    weekday: int,
    start_time: time,
    end_time: time,
    valid_from: date | None = None,
    valid_until: date | None = None,
    now: datetime | None = None,
) -> AvailabilityRule:
    """Open a weekly window, in the wall-clock time of the location; from today there where no first day is given.

    `weekday` counts from Monday = 0. Raises `NotFound`, `Busy` and `Invalid` (`availability_invalid`,
    `rule_overlaps`; `fields` are the parameters' names, `location` for the place).
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = _managed(lock_doctor_named(doctor_id), actor)
        location = _asserted_location(doctor, location_id)
        first = valid_from or now.astimezone(ZoneInfo(location.zone)).date()
        assert_window(
            weekday=weekday, start_time=start_time, end_time=end_time, valid_from=first, valid_until=valid_until
        )
        rule = AvailabilityRule(
            doctor=doctor,
            location=location,
            weekday=weekday,
            start_time=start_time,
            end_time=end_time,
            valid_from=first,
            valid_until=valid_until,
        )
        if other := overlapping(rule):
            raise overlap_refused(other)
        _save(rule, actor)
        event_record("availability.rule_added", rule, actor=actor)
        listing_write([doctor], now=now)
        return rule


def rule_remove(*, actor: User, rule_id: UUID, now: datetime | None = None) -> None:
    """Close a weekly window for good. Appointments in it stay. Raises `NotFound` and `Busy`."""
    rules = AvailabilityRule.objects.filter(public_id=rule_id)
    _remove(rules, actor=actor, action="availability.rule_removed", now=now or clock.now())


def leave_add(
    *, actor: User, doctor_id: UUID, start: datetime, end: datetime, note: str = "", now: datetime | None = None
) -> AvailabilityException:
    """Close `[start, end)` to new bookings. Appointments in it stay: `selectors.affected_by` names them.

    The same leave again changes nothing. Raises `NotFound`, `Busy` and `Invalid` (`availability_invalid`, with
    fields `start`, `end` and `note`).
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = _managed(lock_doctor_named(doctor_id), actor)
        assert_leave(start=start, end=end, note=note, now=now)
        kind = AvailabilityException.Kind.CLOSED
        same = AvailabilityException.objects.filter(doctor=doctor, kind=kind, start=start, end=end).first()
        if same is not None:
            return same
        leave = AvailabilityException(doctor=doctor, kind=kind, start=start, end=end, note=note)
        _save(leave, actor)
        event_record("availability.leave_added", leave, actor=actor, affected=affected_by(leave, now=now).count())
        listing_write([doctor], now=now)
        return leave


def leave_remove(*, actor: User, leave_id: UUID, now: datetime | None = None) -> None:
    """Open the time again. Raises `NotFound` and `Busy`."""
    leave = AvailabilityException.objects.filter(public_id=leave_id, kind=AvailabilityException.Kind.CLOSED)
    _remove(leave, actor=actor, action="availability.leave_removed", now=now or clock.now())


def _remove(
    rows: QuerySet[AvailabilityRule] | QuerySet[AvailabilityException], *, actor: User, action: str, now: datetime
) -> None:
    with busy_if_locked(), transaction.atomic():
        doctor = _managed(lock_doctor(_found(rows).doctor_id), actor)
        # Asked again behind the lock: somebody else may have removed it meanwhile.
        row = _found(rows)
        event_record(action, row, actor=actor)
        sign(row, actor)
        row.delete()
        listing_write([doctor], now=now)


def _found(
    rows: QuerySet[AvailabilityRule] | QuerySet[AvailabilityException],
) -> AvailabilityRule | AvailabilityException:
    row = rows.all().first()
    if row is None:
        raise NotFound
    return row


def _managed(doctor: Doctor, actor: User) -> Doctor:
    if not can_manage_availability(actor, doctor):
        raise NotFound
    return doctor


def _asserted_location(doctor: Doctor, location_id: int) -> Location:
    location = doctor.locations.filter(pk=location_id).first()
    if location is None:
        message = "Choose one of the places where you work."
        raise Invalid("availability_invalid", message, fields={"location": [message]})
    return location


def _save(row: AvailabilityRule | AvailabilityException, actor: User) -> None:
    sign(row, actor)
    row.save(force_insert=True)
