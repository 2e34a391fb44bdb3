from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.locks import lock_doctor, lock_doctor_named
from booking.models import AvailabilityException, AvailabilityRule
from booking.selectors.availability import availability_of, rule_of, version_of
from booking.services.hours import asserted_location, asserted_visit_types, managed, remove_row, save_new
from booking.services.listing import listing_write
from booking.validators import assert_rule, copied, copy_refused, is_alike, nothing_to_copy, overlapping
from common import clock
from common.errors import Conflict, NotFound
from common.history import sign
from common.locks import busy_if_locked
from doctors.models import NO_TIME


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
    visit_type_ids: Collection[UUID] = (),
    now: datetime | None = None,
) -> AvailabilityRule:
    """Open a weekly window, in the wall-clock time of the location; from today there where no first day is given.

    `weekday` counts from Monday = 0; without visit types it is for all, and for those to come. Raises `NotFound`,
    `Busy` and `Invalid` (`availability_invalid`, `rule_overlaps`; `fields` are the parameters' names, `location` for
    the place and `visit_types`).
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        location = asserted_location(doctor, location_id)
        first = valid_from or now.astimezone(ZoneInfo(location.zone)).date()
        rule = AvailabilityRule(
            doctor=doctor,
            location=location,
            weekday=weekday,
            start_time=start_time,
            end_time=end_time,
            valid_from=first,
            valid_until=valid_until,
            visit_type_ids=asserted_visit_types(doctor, visit_type_ids),
        )
        assert_rule(rule)
        save_new(rule, actor)
        event_record("availability.rule_added", rule, actor=actor)
        listing_write([doctor], now=now)
        return rule


def rule_change(
    *,
    actor: User,
    rule_id: UUID,
    version: int,
    location_id: int,
    weekday: int,
    start_time: time,
    end_time: time,
    valid_from: date | None = None,
    valid_until: date | None = None,
    visit_type_ids: Collection[UUID] = (),
    now: datetime | None = None,
) -> AvailabilityRule:
    """Change a window in place. Appointments in it stay.

    `version` is what `selectors.version_of` said when it was shown. Raises as `rule_add`, and `Conflict`
    (`rule_changed`) where somebody has changed it since.
    """
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor(_owner(rule_id)), actor)
        rule = rule_of(doctor, rule_id)
        if version_of(rule) != version:
            raise Conflict("rule_changed", "These hours have been changed meanwhile. Look at them again.")
        rule.location = asserted_location(doctor, location_id)
        rule.weekday, rule.start_time, rule.end_time = weekday, start_time, end_time
        rule.valid_from, rule.valid_until = valid_from or rule.valid_from, valid_until
        rule.visit_type_ids = asserted_visit_types(doctor, visit_type_ids)
        assert_rule(rule)
        sign(rule, actor)
        rule.save()
        event_record("availability.rule_changed", rule, actor=actor)
        listing_write([doctor], now=now or clock.now())
        return rule


def day_copy(
    *, actor: User, doctor_id: UUID, weekday: int, to: Sequence[int], now: datetime | None = None
) -> list[AvailabilityRule]:
    """Copy the windows of a weekday that are in force or to come to other weekdays: all of them or, where one
    overlaps, none. What is there already is left as it is.

    Raises `NotFound`, `Busy` and `Invalid` (`availability_invalid`, `rule_overlaps`; fields `weekday` and `to`).
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        known = availability_of(doctor, now=now).rules
        wanted = [copied(rule, day) for rule in known if rule.weekday == weekday for day in to if day != weekday]
        if not wanted:
            raise nothing_to_copy(has_hours=any(rule.weekday == weekday for rule in known))
        new = [rule for rule in wanted if not any(is_alike(rule, other) for other in known)]
        for rule in new:
            if other := overlapping(rule):
                raise copy_refused(rule, other)
            save_new(rule, actor)
            event_record("availability.rule_added", rule, actor=actor)
        listing_write([doctor], now=now)
        return new


def bookings_stop(*, actor: User, doctor_id: UUID, now: datetime | None = None) -> None:
    """Take no new bookings from now on, until `bookings_resume`. What is booked stays; twice is no error.

    Raises `NotFound` and `Busy`.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        stopped = {"doctor": doctor, "kind": AvailabilityException.Kind.STOPPED}
        if AvailabilityException.objects.filter(**stopped).exists():
            return
        save_new(AvailabilityException(**stopped, start=now, end=NO_TIME), actor)
        event_record("availability.stopped", doctor, actor=actor)
        listing_write([doctor], now=now)


def bookings_resume(*, actor: User, doctor_id: UUID, now: datetime | None = None) -> None:
    """Take bookings again, in the hours that stand. Twice is no error. Raises `NotFound` and `Busy`."""
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        stopped = AvailabilityException.objects.filter(doctor=doctor, kind=AvailabilityException.Kind.STOPPED).first()
        if stopped is None:
            return
        sign(stopped, actor)
        stopped.delete()
        event_record("availability.resumed", doctor, actor=actor)
        listing_write([doctor], now=now or clock.now())


def _owner(rule_id: UUID) -> int:
    rule = AvailabilityRule.objects.filter(public_id=rule_id).first()
    if rule is None:
        raise NotFound
    return rule.doctor_id


def rule_remove(*, actor: User, rule_id: UUID, now: datetime | None = None) -> None:
    """Close a weekly window for good. Appointments in it stay. Raises `NotFound` and `Busy`."""
    rules = AvailabilityRule.objects.filter(public_id=rule_id)
    remove_row(rules, actor=actor, action="availability.rule_removed", now=now or clock.now())
