from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.locks import lock_doctor_named
from booking.models import AvailabilityRule
from booking.services.hours import asserted_location, managed, remove_row, save_new
from booking.services.listing import listing_write
from booking.validators import assert_window, overlap_refused, overlapping
from common import clock
from common.locks import busy_if_locked


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
        doctor = managed(lock_doctor_named(doctor_id), actor)
        location = asserted_location(doctor, location_id)
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
        save_new(rule, actor)
        event_record("availability.rule_added", rule, actor=actor)
        listing_write([doctor], now=now)
        return rule


def rule_remove(*, actor: User, rule_id: UUID, now: datetime | None = None) -> None:
    """Close a weekly window for good. Appointments in it stay. Raises `NotFound` and `Busy`."""
    rules = AvailabilityRule.objects.filter(public_id=rule_id)
    remove_row(rules, actor=actor, action="availability.rule_removed", now=now or clock.now())
