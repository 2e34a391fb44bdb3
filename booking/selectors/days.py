"""Days as the place of an appointment counts them, for queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import DateField, F, Func, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan

# Clocks differ from UTC by fourteen hours at most.
_FURTHEST = timedelta(hours=14)


class _DayThere(Func):
    """The date on the clock of the appointment's place when it starts."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    arity = 2
    output_field = DateField()


def _day_there() -> _DayThere:
    return _DayThere(F("start"), F("location__zone"))


def in_days(first: date, until: date) -> Q:
    """Appointments that start on the days `[first, until)`, each as its place counts them.

    The bounds in UTC are for the index, which knows no zones.
    """
    return from_day(first) & before_day(until)


def from_day(first: date) -> Q:
    return Q(GreaterThanOrEqual(_day_there(), first), start__gte=_midnight(first) - _FURTHEST)


def before_day(until: date) -> Q:
    return Q(LessThan(_day_there(), until), start__lt=_midnight(until) + _FURTHEST)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
