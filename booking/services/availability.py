from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.errors import RuleStale
from booking.locks import lock_doctor, lock_doctor_named
from booking.models import AvailabilityException, AvailabilityRule
from booking.selectors.availability import rule_of, version_of
from booking.selectors.outside import hours_of
from booking.services.hours import (
    asserted_location,
    asserted_shown,
    asserted_visit_types,
    found,
    managed,
    remove_row,
    save_changed,
    save_new,
)
from booking.services.listing import listing_write
from booking.validators import assert_rule
from common import clock
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
        assert_rule(rule, hours_of(doctor, now=now).rules)
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
    shown: Collection[UUID] | None = None,
    now: datetime | None = None,
) -> AvailabilityRule:
    """Change a window in place. Appointments stay, those too that it no longer holds.

    `version` is what `selectors.version_of` said when it was shown, `shown` the appointments that would fall outside
    the new hours. Raises as `rule_add`, `Conflict` (`rule_changed`) where somebody has changed it since, and
    `HoursAffect` where others than were shown would fall outside.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor(found(AvailabilityRule.objects.filter(public_id=rule_id)).doctor_id), actor)
        rule, before = rule_of(doctor, rule_id), hours_of(doctor, now=now)
        if version_of(rule) != version:
            raise RuleStale
        rule.location = asserted_location(doctor, location_id)
        rule.weekday, rule.start_time, rule.end_time = weekday, start_time, end_time
        rule.valid_from, rule.valid_until = valid_from or rule.valid_from, valid_until
        rule.visit_type_ids = asserted_visit_types(doctor, visit_type_ids)
        after = before.with_rules([rule])
        assert_rule(rule, after.rules)
        affected = asserted_shown(doctor, before=before, after=after, shown=shown, now=now)
        save_changed(rule, actor, affected=affected)
        listing_write([doctor], now=now)
        return rule


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


def rule_remove(
    *, actor: User, rule_id: UUID, shown: Collection[UUID] | None = None, now: datetime | None = None
) -> None:
    """Close a weekly window for good. Appointments in it stay. Raises `NotFound`, `Busy` and `HoursAffect`."""
    rules = AvailabilityRule.objects.filter(public_id=rule_id)
    remove_row(rules, actor=actor, action="availability.rule_removed", shown=shown, now=now or clock.now())
