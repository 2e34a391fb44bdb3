"""Doctors' calendars as the slot generator takes them: two statements, however many doctors and days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, Q, SmallIntegerField, TimeField, Value
from django.db.models.expressions import Combinable

from booking.models import Appointment, AvailabilityException, AvailabilityRule
from booking.slots import Diary, Rule, Span, Window
from booking.states import LIVE, Status


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
    ended = Q(status=Status.PENDING, expires_at__lte=now)
    rows = (
        Appointment.objects.filter(doctor_id__in=list(doctor_ids), status__in=sorted(LIVE), blocked__overlap=within)
        .exclude(ended)
        .order_by()
        .values_list("doctor_id", "blocked__startswith", "blocked__endswith")
    )
    busy: defaultdict[int, list[Span]] = defaultdict(list)
    for doctor_id, start, end in rows:
        busy[doctor_id].append(Span(start, end))
    return busy


def openings_of(doctor_ids: Iterable[int], within: Span) -> dict[int, Opening]:
    """Rules and exceptions in one statement: both are few, and booking counts its statements."""
    ids = list(doctor_ids)
    openings: defaultdict[int, Opening] = defaultdict(Opening)
    for doctor_id, kind, location_id, zone, weekday, start, end, since, until, begins, ends in _rows(ids, within):
        opening = openings[doctor_id]
        if kind == _RULE:
            opening.rules.append(Rule(location_id, ZoneInfo(zone), weekday, start, end, since, until))
        elif kind == AvailabilityException.Kind.EXTRA:
            opening.extra.append(Window(begins, ends, location_id, ZoneInfo(zone)))
        else:
            opening.closed.append(Span(begins, ends))
    return openings


_RULE = "rule"


def _rows(doctor_ids: list[int], within: Span) -> Iterable[tuple[Any, ...]]:
    in_force = Q(valid_until=None) | Q(valid_until__gte=within.start.date())
    rules = AvailabilityRule.objects.filter(in_force, doctor_id__in=doctor_ids, valid_from__lte=within.end.date())
    exceptions = AvailabilityException.objects.filter(
        doctor_id__in=doctor_ids, start__lt=within.end, end__gt=within.start
    )
    return (
        rules.order_by()
        .annotate(kind_=Value(_RULE), begins=_null(DateTimeField()), ends=_null(DateTimeField()))
        .values_list(
            "doctor_id",
            "kind_",
            "location_id",
            "location__zone",
            "weekday",
            "start_time",
            "end_time",
            "valid_from",
            "valid_until",
            "begins",
            "ends",
        )
        .union(
            exceptions.order_by()
            .annotate(
                weekday=_null(SmallIntegerField()),
                start_time=_null(TimeField()),
                end_time=_null(TimeField()),
                valid_from=_null(DateField()),
                valid_until=_null(DateField()),
            )
            .values_list(
                "doctor_id",
                "kind",
                "location_id",
                "location__zone",
                "weekday",
                "start_time",
                "end_time",
                "valid_from",
                "valid_until",
                "start",
                "end",
            ),
            all=True,
        )
    )


def _null(field: DateField[date, date] | TimeField[time, time] | SmallIntegerField[int, int]) -> Combinable:
    return Value(None, output_field=field)
