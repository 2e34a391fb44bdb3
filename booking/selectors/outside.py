"""Which booked visits lie within a doctor's hours, and which a change of these would leave outside."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.db.models import Q

from booking.models import Appointment, AvailabilityException, AvailabilityRule
from booking.selectors.affected import affected_in
from booking.slots import Rule, Span, Window, merged, weekly
from doctors.models import NO_TIME, Doctor


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When a doctor works: all weekly windows, those that have ended too, and the extra hours from now on."""

    rules: Sequence[AvailabilityRule]
    extra: Sequence[AvailabilityException]

    def without(self, *gone: AvailabilityRule | AvailabilityException) -> Hours:
        ids = {row.public_id for row in gone}
        rules = [rule for rule in self.rules if rule.public_id not in ids]
        return Hours(rules=rules, extra=[extra for extra in self.extra if extra.public_id not in ids])

    def with_rules(self, new: Iterable[AvailabilityRule]) -> Hours:
        """With rules that are new, or stand in place of those that they are versions of."""
        rules = {rule.public_id: rule for rule in (*self.rules, *new)}
        return Hours(rules=list(rules.values()), extra=self.extra)


def hours_of(doctor: Doctor, *, now: datetime) -> Hours:
    """In two statements."""
    rules = AvailabilityRule.objects.filter(doctor=doctor).select_related("location")
    kind = AvailabilityException.Kind.EXTRA
    extra = AvailabilityException.objects.filter(doctor=doctor, kind=kind, end__gt=now).select_related("location")
    return Hours(rules=list(rules), extra=list(extra))


def outside_hours(doctor: Doctor, hours: Hours, *, now: datetime) -> list[Appointment]:
    """The visits ahead that no hours of the doctor's hold, by their start; one statement.

    Time off and days when a place is shut are not asked about: `affected_by` names what stands in those.
    """
    visits = _ahead(doctor, now=now)
    return [visit for visit, is_held in zip(visits, _held(visits, hours), strict=True) if not is_held]


def left_outside(doctor: Doctor, *, before: Hours, after: Hours, now: datetime) -> list[Appointment]:
    """The visits ahead that lie in the hours before a change and not after it, by their start; one statement."""
    visits = _ahead(doctor, now=now)
    changes = zip(visits, _held(visits, before), _held(visits, after), strict=True)
    return [visit for visit, was_held, is_held in changes if was_held and not is_held]


def _ahead(doctor: Doctor, *, now: datetime) -> list[Appointment]:
    return list(affected_in(Q(doctor=doctor, start__gt=now), Span(now, NO_TIME), now=now))


def _held(visits: Sequence[Appointment], hours: Hours) -> list[bool]:
    """Of each visit whether it lies wholly in hours at its place that are for its type; windows may touch in it."""
    if not visits:
        return []
    first_day = visits[0].start.date() - timedelta(days=2)
    days = (visits[-1].start.date() - first_day).days + 3
    windows = [*weekly([_rule(rule) for rule in hours.rules], first_day, days), *map(_window, hours.extra)]
    spans: dict[tuple[int, int], list[Span]] = {}
    for place, kind in {(visit.location_id, visit.visit_type_id) for visit in visits}:
        mine = (window for window in windows if window.location_id == place and window.is_for(kind))
        spans[place, kind] = merged(Span(window.start, window.end) for window in mine)
    return [_lies_in(visit, spans[visit.location_id, visit.visit_type_id]) for visit in visits]


def _lies_in(visit: Appointment, spans: Sequence[Span]) -> bool:
    at = bisect_right(spans, visit.start, key=attrgetter("start")) - 1
    return at >= 0 and visit.end <= spans[at].end


def _rule(rule: AvailabilityRule) -> Rule:
    when = (rule.weekday, rule.start_time, rule.end_time, rule.valid_from, rule.valid_until)
    return Rule(rule.location_id, rule.location.time_zone, *when, frozenset(rule.visit_type_ids))


def _window(extra: AvailabilityException) -> Window:
    assert extra.location is not None
    return Window(extra.start, extra.end, extra.location.pk, extra.location.time_zone)
