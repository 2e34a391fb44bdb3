"""How many appointments there were and what became of them, counted by the database: of nobody by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from booking.models import Appointment
from booking.selectors.register import register_found
from booking.states import Status
from common import clock
from doctors.selectors import VisitSearch

_CAME = (Status.BOOKED, Status.ARRIVED, Status.FULFILLED)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What was to take place on a day, or in the week that begins with it, as the clinic counts days."""

    first: date
    booked: int
    missed: int
    cancelled: int
    waiting: int


def report_found(search: VisitSearch, modality: str = "") -> QuerySet[Appointment]:
    """The appointments of a report, the latest first; what was entered in error is in no report."""
    found = register_found(search).exclude(status=Status.ENTERED_IN_ERROR)
    return found.filter(modality=modality) if modality else found


def report_counts(found: QuerySet[Appointment], first: date, last: date, *, by_week: bool) -> list[Counted]:
    """`report_found` of `first` to `last` by day or by week, those without any included; one statement.

    Where the period alone is asked for, it reads the index of start and status and no row.
    """
    day = TruncDate("start", tzinfo=clock.clinic_zone())
    counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
    rows = found.order_by().annotate(on=day).values("on", "status").annotate(number=Count("*"))
    for on, status, number in rows.values_list("on", "status", "number"):
        counts[_beginning(on, by_week=by_week)][status] += number
    return [_counted(begins, counts[begins]) for begins in _beginnings(first, last, by_week=by_week)]


def _beginnings(first: date, last: date, *, by_week: bool) -> Iterator[date]:
    day = _beginning(first, by_week=by_week)
    while day <= last:
        yield day
        day += timedelta(days=7 if by_week else 1)


def _beginning(day: date, *, by_week: bool) -> date:
    return day - timedelta(days=day.weekday()) if by_week else day


def _counted(first: date, count: Counter[str]) -> Counted:
    return Counted(
        first=first,
        booked=sum(count[status] for status in _CAME),
        missed=count[Status.NOSHOW],
        cancelled=count[Status.CANCELLED],
        waiting=count[Status.PENDING],
    )
