from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from booking.models import AvailabilityException, AvailabilityRule
from booking.selectors.diaries import Opening, openings_of, span_of_days
from booking.slots import Span, weekly
from common import clock
from common.errors import NotFound
from common.templatetags.when import clock_time, date_time
from doctors.models import Doctor, Location
from doctors.services import OWN_LIMITS


@dataclass(frozen=True, kw_only=True)
class Availability:
    """When a doctor works: the weekly windows that are in force or to come, and what is closed or added from now on."""

    rules: list[AvailabilityRule]
    leave: list[AvailabilityException]
    extra: list[AvailabilityException]
    is_stopped: bool


def availability_of(doctor: Doctor, *, now: datetime) -> Availability:
    """Windows by weekday and time, leave and extra hours by start, without what has ended, as the clinic counts days.

    Two statements.
    """
    today = clock.clinic_day(now)
    rules = AvailabilityRule.objects.filter(doctor=doctor).exclude(valid_until__lt=today).select_related("location")
    changes = list(AvailabilityException.objects.filter(doctor=doctor, end__gt=now).select_related("location"))
    kinds = AvailabilityException.Kind
    leave, extra = ([row for row in changes if row.kind == kind] for kind in (kinds.CLOSED, kinds.EXTRA))
    is_stopped = any(row.kind == kinds.STOPPED for row in changes)
    return Availability(rules=list(rules), leave=leave, extra=extra, is_stopped=is_stopped)


def rule_of(doctor: Doctor, public_id: UUID) -> AvailabilityRule:
    """A weekly window of the doctor's own. Raises `NotFound`."""
    rule = AvailabilityRule.objects.select_related("location").filter(doctor=doctor, public_id=public_id).first()
    if rule is None:
        raise NotFound
    return rule


def removed_rule(doctor: Doctor, public_id: UUID) -> Any:
    """The last version of a window that the doctor has taken away, None where there is no such window."""
    return AvailabilityRule.history.filter(doctor=doctor, public_id=public_id, history_type="-").first()


def version_of(rule: AvailabilityRule) -> int:
    """Which version of the window this is, for a form that comes back after a while."""
    return int(AvailabilityRule.history.filter(id=rule.pk).latest("history_id").history_id)


def week_version(doctor: Doctor) -> int:
    """Which version of all of a doctor's windows this is, as `version_of` of one."""
    latest = AvailabilityRule.history.filter(doctor=doctor).aggregate(latest=Max("history_id"))["latest"]
    return int(latest or 0)


def limits_seen(doctor: Doctor) -> str:
    """What a doctor's own limits are, for a form that comes back after a while."""
    return "/".join(str(getattr(doctor, name)) for name in OWN_LIMITS)


def leave_of(doctor: Doctor, public_id: UUID) -> AvailabilityException:
    """Time off of the doctor's own. Raises `NotFound`."""
    leave = AvailabilityException.objects.filter(
        doctor=doctor, public_id=public_id, kind=AvailabilityException.Kind.CLOSED
    ).first()
    if leave is None:
        raise NotFound
    return leave


def hours_meeting(doctor: Doctor, *, location: Location, start: datetime, end: datetime) -> str:
    """What extra hours would share time with, in a sentence; empty where they share with nothing."""
    day = start.astimezone(location.time_zone).date()
    opening = openings_of([doctor.pk], span_of_days(day, 2)).get(doctor.pk, Opening())
    away = AvailabilityException.objects.filter(doctor=doctor, kind=AvailabilityException.Kind.CLOSED)
    closed = [Span(leave.start, leave.end) for leave in away.filter(start__lt=end, end__gt=start)]
    closed += opening.closures.get(location.pk, ())
    if any(span.start < end and span.end > start for span in closed):
        return "You have time off then, or the place is closed. Remove that first."
    windows = [*weekly(opening.rules, day - timedelta(days=1), 4), *opening.extra]
    window = next((one for one in windows if one.start < end and one.end > start), None)
    if window is None:
        return ""
    hours = f"{date_time(window.start, window.zone)} to {clock_time(window.end, window.zone)}"
    place = Location.objects.get(pk=window.location_id)
    return f"This overlaps your hours on {hours}, at {place}. Extra hours may touch them."
