"""Doctors' calendars as the slot generator takes them: one statement, however many doctors and days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min, Q

from booking.bank_holidays import bank_holidays
from booking.models import Appointment, AvailabilityException, standing_at
from booking.rows import fetch
from booking.slots import Booked, Diary, Rule, Span, Window
from booking.states import LIVE, Status
from common import clock


@dataclass
class Opening:
    """When a doctor works, as yet without what is booked. `closures` are of all places, `regions` of the doctor's own:

    on whose bank holidays each is shut, and its zone.
    """

    rules: list[Rule] = field(default_factory=list)
    extra: list[Window] = field(default_factory=list)
    closed: list[Span] = field(default_factory=list)
    closures: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    regions: dict[int, tuple[str, str]] = field(default_factory=dict)

    def diary(self, busy: Iterable[tuple[Span, Booked]] = ()) -> Diary:
        taken = list(busy)
        return Diary(
            rules=self.rules,
            extra=self.extra,
            closed=self.closed,
            closures=self.closures,
            busy=[span for span, _ in taken],
            booked=[booked for _, booked in taken],
        )


def span_of_days(first_day: date, days: int) -> Span:
    """UTC instants that contain those days wherever they are counted, with a day around for windows that reach in."""
    midnight = datetime.combine(first_day, time(), UTC)
    return Span(midnight - timedelta(days=2), midnight + timedelta(days=days + 2))


def diaries_of(doctor_ids: Iterable[int], *, first_day: date, days: int, now: datetime) -> Mapping[int, Diary]:
    """Each doctor's calendar around those days; a pending appointment whose end has passed takes no time."""
    ids = list(doctor_ids)
    within = span_of_days(first_day, days)
    rows = fetch(f"{_OPENINGS} UNION ALL {_BUSY}", {**_asked(ids, within), "live": sorted(LIVE), "now": now})
    opening, busy = _read([row for row in rows if row[1] != "busy"], within), _busy(rows)
    return {doctor_id: opening[doctor_id].diary(busy[doctor_id]) for doctor_id in ids}


def diary_and_its_end(doctor_id: int, *, first_day: date, days: int, now: datetime) -> tuple[Diary, datetime | None]:
    """As `diaries_of`, of one doctor; and when the first wait ends that takes time in it, so that it says otherwise."""
    diary = diaries_of([doctor_id], first_day=first_day, days=days, now=now)[doctor_id]
    waits = Q(status=Status.PENDING, doctor=doctor_id, blocked__overlap=span_of_days(first_day, days))
    return diary, Appointment.objects.filter(standing_at(now), waits).aggregate(ends=Min("expires_at"))["ends"]


def _busy(rows: Iterable[tuple[Any, ...]]) -> Mapping[int, list[tuple[Span, Booked]]]:
    busy: defaultdict[int, list[tuple[Span, Booked]]] = defaultdict(list)
    for doctor_id, kind, key, *_, start, end, _region, begins in rows:
        if kind == "busy":
            busy[doctor_id].append((Span(start, end), Booked(key, begins)))
    return busy


def openings_of(doctor_ids: Iterable[int], within: Span) -> dict[int, Opening]:
    """Rules, exceptions and what is shut at their places, in one statement: booking counts its statements."""
    return _read(fetch(_OPENINGS, _asked(list(doctor_ids), within)), within)


def _asked(doctor_ids: list[int], within: Span) -> dict[str, Any]:
    return {"doctors": doctor_ids, "first": within.start.date(), "last": within.end.date(), **within._asdict()}


def _read(rows: Iterable[tuple[Any, ...]], within: Span) -> dict[int, Opening]:
    openings: defaultdict[int, Opening] = defaultdict(Opening)
    first_day, last_day = within.start.date(), within.end.date()
    closures: defaultdict[int, list[Span]] = defaultdict(list)
    for doctor_id, kind, location_id, zone, *when in rows:
        weekday, start_time, end_time, first, last, only, start, end, region, _ = when
        if kind == "shut":
            closures[location_id].append(closed_span(first, start_time, last, end_time, zone))
            continue
        opening = openings[doctor_id]
        if region and location_id not in opening.regions:
            opening.regions[location_id] = (region, zone)
        if kind == "rule":
            hours = (weekday, start_time, end_time, first, last, frozenset(only))
            opening.rules.append(Rule(location_id, ZoneInfo(zone), *hours))
        elif kind == AvailabilityException.Kind.EXTRA:
            opening.extra.append(Window(start, end, location_id, ZoneInfo(zone)))
        else:
            opening.closed.append(Span(start, end))
    for opening in openings.values():
        opening.closures = closures
    _shut_on_bank_holidays(openings.values(), closures, first_day, last_day)
    return openings


def closed_span(first: date, start: time | None, last: date, end: time | None, zone: str) -> Span:
    """The instants of a closure, in whose days and times the place's own clock counts."""
    return Span(*clock.stretch(first, start, last, end, ZoneInfo(zone)))


def _shut_on_bank_holidays(
    openings: Iterable[Opening], closures: dict[int, list[Span]], first_day: date, last_day: date
) -> None:
    regions = {location_id: known for opening in openings for location_id, known in opening.regions.items()}
    for location_id, (region, zone) in regions.items():
        for day, _ in bank_holidays(region, first_day, last_day):
            closures[location_id].append(closed_span(day, None, day, None, zone))


# What a place is shut for comes once, whichever of the doctors works there.
_OPENINGS = """
    SELECT rule.doctor_id, 'rule', rule.location_id, location.zone, rule.weekday, rule.start_time, rule.end_time,
        rule.valid_from, rule.valid_until, rule.visit_type_ids, NULL, NULL, location.bank_holidays,
        NULL::timestamptz
    FROM booking_availabilityrule rule JOIN doctors_location location ON location.id = rule.location_id
    WHERE rule.doctor_id = ANY(%(doctors)s) AND rule.valid_from <= %(last)s
        AND (rule.valid_until IS NULL OR rule.valid_until >= %(first)s)
    UNION ALL
    SELECT change.doctor_id, change.kind, change.location_id, location.zone, NULL, NULL, NULL,
        NULL, NULL, NULL, change.start, change."end", location.bank_holidays, NULL
    FROM booking_availabilityexception change LEFT JOIN doctors_location location ON location.id = change.location_id
    WHERE change.doctor_id = ANY(%(doctors)s) AND change.start < %(end)s AND change."end" > %(start)s
    UNION ALL
    SELECT NULL, 'shut', closure.location_id, location.zone, NULL, closure.from_time, closure.until_time,
        closure.first_day, closure.last_day, NULL, NULL, NULL, NULL, NULL
    FROM booking_locationclosure closure JOIN doctors_location location ON location.id = closure.location_id
    WHERE closure.first_day <= %(last)s AND closure.last_day >= %(first)s AND closure.location_id IN (
        SELECT location_id FROM booking_availabilityrule WHERE doctor_id = ANY(%(doctors)s)
        UNION SELECT location_id FROM booking_availabilityexception
        WHERE doctor_id = ANY(%(doctors)s) AND location_id IS NOT NULL)
"""
# As `standing_at` says it of querysets. `start` is of the visit itself, without its buffers.
_BUSY = """
    SELECT doctor_id, 'busy', visit_type_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        lower(blocked), upper(blocked), NULL, appointment.start
    FROM booking_appointment appointment
    WHERE doctor_id = ANY(%(doctors)s) AND status = ANY(%(live)s) AND blocked && tstzrange(%(start)s, %(end)s)
        AND (status <> 'pending' OR expires_at IS NULL OR expires_at > %(now)s)
"""
