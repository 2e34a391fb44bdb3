"""Doctors' calendars as the slot generator takes them: two statements, however many doctors and days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.models import Appointment, AvailabilityException, standing_at
from booking.rows import fetch
from booking.slots import Diary, Rule, Span, Window


@dataclass(frozen=True)
class Opening:
    """When a doctor works, as yet without what is booked."""

    rules: list[Rule] = field(default_factory=list)
    extra: list[Window] = field(default_factory=list)
    closed: list[Span] = field(default_factory=list)

    def diary(self, busy: Iterable[Span] = ()) -> Diary:
        return Diary(rules=self.rules, extra=self.extra, closed=self.closed, busy=list(busy))


def span_of_days(first_day: date, days: int) -> Span:
    """UTC instants that contain those days wherever they are counted, with a day around for windows that reach in."""
    midnight = datetime.combine(first_day, time(), UTC)
    return Span(midnight - timedelta(days=2), midnight + timedelta(days=days + 2))


def diaries_of(doctor_ids: Iterable[int], *, first_day: date, days: int, now: datetime) -> Mapping[int, Diary]:
    """Each doctor's calendar around those days; a pending appointment whose end has passed takes no time."""
    ids = list(doctor_ids)
    within = span_of_days(first_day, days)
    opening, busy = openings_of(ids, within), busy_of(ids, within, now)
    return {doctor_id: opening[doctor_id].diary(busy[doctor_id]) for doctor_id in ids}


def busy_of(doctor_ids: Iterable[int], within: Span, now: datetime) -> dict[int, list[Span]]:
    rows = (
        Appointment.objects.filter(standing_at(now), doctor_id__in=list(doctor_ids), blocked__overlap=within)
        .order_by()
        .values_list("doctor_id", "blocked__startswith", "blocked__endswith")
    )
    busy: defaultdict[int, list[Span]] = defaultdict(list)
    for doctor_id, start, end in rows:
        busy[doctor_id].append(Span(start, end))
    return busy


def openings_of(doctor_ids: Iterable[int], within: Span) -> dict[int, Opening]:
    """Rules and exceptions in one statement: both are few, and booking counts its statements."""
    openings: defaultdict[int, Opening] = defaultdict(Opening)
    ids = list(doctor_ids)
    parameters = [ids, within.end.date(), within.start.date(), ids, within.end, within.start]
    for doctor_id, kind, location_id, zone, *when in fetch(_OPENINGS, parameters):
        weekday, start, end, since, until, begins, ends = when
        opening = openings[doctor_id]
        if kind == "rule":
            opening.rules.append(Rule(location_id, ZoneInfo(zone), weekday, start, end, since, until))
        elif kind == AvailabilityException.Kind.EXTRA:
            opening.extra.append(Window(begins, ends, location_id, ZoneInfo(zone)))
        else:
            opening.closed.append(Span(begins, ends))
    return openings


_OPENINGS = """
    SELECT rule.doctor_id, 'rule', rule.location_id, location.zone,
        rule.weekday, rule.start_time, rule.end_time, rule.valid_from, rule.valid_until, NULL, NULL
    FROM booking_availabilityrule rule JOIN doctors_location location ON location.id = rule.location_id
    WHERE rule.doctor_id = ANY(%s) AND rule.valid_from <= %s
        AND (rule.valid_until IS NULL OR rule.valid_until >= %s)
    UNION ALL
    SELECT change.doctor_id, change.kind, change.location_id, location.zone,
        NULL, NULL, NULL, NULL, NULL, change.start, change."end"
    FROM booking_availabilityexception change LEFT JOIN doctors_location location ON location.id = change.location_id
    WHERE change.doctor_id = ANY(%s) AND change.start < %s AND change."end" > %s
"""
