"""How many appointments there were and what became of them, counted by the database: of nobody by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, CharField, Count, Exists, F, Min, OuterRef, QuerySet, Value, When
from django.db.models.functions import TruncDate

from accounts.models import Carer
from booking.models import Appointment
from booking.selectors.register import register_found
from booking.states import CancelReason, PendingReason, Status
from common import clock
from doctors.models import Doctor
from doctors.selectors import VisitSearch

_CAME = (Status.BOOKED, Status.ARRIVED, Status.FULFILLED)
# Of these nothing was ever booked: a time was kept or asked for, and that was all.
_NEVER_BOOKED = (CancelReason.HOLD_EXPIRED, CancelReason.REJECTED, CancelReason.LAPSED, CancelReason.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What was to take place on a day, or in the week that begins with it, as the clinic counts days."""

    first: date
    booked: int
    missed: int
    cancelled: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class RequestsWaiting:
    """How many requests wait for a doctor's answer, since when the oldest, and when the first lapses."""

    count: int
    oldest: datetime | None
    deadline: datetime | None


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """Who booked the appointments that were booked on a day, as the clinic counts days: the patient, a carer of theirs
    (of today or before), or somebody who works here."""

    day: date
    by_patient: int
    by_helper: int
    by_practice: int

    @property
    def total(self) -> int:
        return self.by_patient + self.by_helper + self.by_practice


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


def by_weeks(days: Iterable[Counted]) -> list[Counted]:
    """What was counted by day as weeks, each from its Monday on."""
    weeks: dict[date, Counted] = {}
    for day in days:
        monday = _beginning(day.first, by_week=True)
        before = weeks.get(monday, Counted(first=monday, booked=0, missed=0, cancelled=0, waiting=0))
        weeks[monday] = Counted(
            first=monday,
            booked=before.booked + day.booked,
            missed=before.missed + day.missed,
            cancelled=before.cancelled + day.cancelled,
            waiting=before.waiting + day.waiting,
        )
    return list(weeks.values())


def requests_waiting(*, now: datetime) -> RequestsWaiting:
    """Of all doctors, and of nobody by name; one statement."""
    waiting = Appointment.objects.filter(
        status=Status.PENDING, pending_reason=PendingReason.APPROVAL, expires_at__gt=now
    )
    counts = waiting.order_by().aggregate(count=Count("pk"), oldest=Min("created_at"), deadline=Min("expires_at"))
    return RequestsWaiting(**counts)


def counts_of_doctor(doctor: Doctor, first: date, last: date, *, now: datetime) -> list[Counted]:
    """`report_counts` by week of what a doctor had from the start of `first` until `now`; one statement."""
    since = clock.start_of_day(first, clock.clinic_zone())
    had = Appointment.objects.filter(doctor=doctor, start__gte=since, start__lte=now)
    return report_counts(had.exclude(status=Status.ENTERED_IN_ERROR), first, last, by_week=True)


def bookings_by_source(first: date, last: date) -> list[Sourced]:
    """Each day from `first` to `last`, with what was booked on it by whom, whatever became of it since; one
    statement."""
    zone = clock.clinic_zone()
    booked = Appointment.objects.filter(
        created_at__gte=clock.start_of_day(first, zone), created_at__lt=clock.end_of_day(last, zone)
    ).exclude(status__in=(Status.PENDING, Status.ENTERED_IN_ERROR))
    booked = booked.exclude(status=Status.CANCELLED, cancel_reason__in=_NEVER_BOOKED).order_by()
    helps = Exists(Carer.objects.filter(patient=OuterRef("patient"), user=OuterRef("booked_by")))
    source = Case(
        When(booked_by=F("patient__user"), then=Value("patient")),
        When(helps, then=Value("helper")),
        default=Value("practice"),
        output_field=CharField(),
    )
    counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
    rows = booked.annotate(on=TruncDate("created_at", tzinfo=zone), source=source).values("on", "source")
    for on, by, number in rows.annotate(number=Count("*")).values_list("on", "source", "number"):
        counts[on][by] += number
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return [
        Sourced(
            day=day,
            by_patient=counts[day]["patient"],
            by_helper=counts[day]["helper"],
            by_practice=counts[day]["practice"],
        )
        for day in days
    ]


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
