"""Whom a change of hours touches: what stands in time off, and on days when a place is shut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import User
from booking.bank_holidays import bank_holidays
from booking.models import Appointment, AvailabilityException, LocationClosure, standing_at
from booking.selectors.diaries import closed_span
from booking.slots import Span
from booking.states import CANCELLABLE, Status
from common import clock
from doctors.models import Doctor, Location

YEAR = timedelta(days=365)


def affected_in(whose: Q, span: Span, *, now: datetime) -> QuerySet[Appointment]:
    """The appointments that stand in a stretch of time and that somebody has to cancel or keep, by their start."""
    rows = Appointment.objects.filter(
        whose, standing_at(now), status__in=sorted(CANCELLABLE), start__lt=span.end, end__gt=span.start
    )
    return rows.select_related("doctor", "patient", "location", "visit_type").order_by("start", "pk")


def affected_by(leave: AvailabilityException, *, now: datetime) -> QuerySet[Appointment]:
    """`affected_in` of a doctor's leave, saved or not."""
    return affected_in(Q(doctor=leave.doctor_id), Span(leave.start, leave.end), now=now)


def affected_ahead(leave: AvailabilityException, *, now: datetime) -> QuerySet[Appointment]:
    """Of `affected_by` what has not begun: what can be cancelled for the sake of the leave."""
    return affected_by(leave, now=now).filter(start__gt=now)


def affected_by_closure(closure: LocationClosure, *, now: datetime) -> QuerySet[Appointment]:
    """`affected_in` of a place that is shut, saved or not: of all its doctors, and without what patients wrote."""
    return affected_in(Q(location=closure.location_id), span_of(closure), now=now).defer("reason")


def span_of(closure: LocationClosure) -> Span:
    zone = closure.location.zone
    return closed_span(closure.first_day, closure.from_time, closure.last_day, closure.until_time, zone)


def rest_of_today(doctor: Doctor, *, now: datetime) -> QuerySet[Appointment]:
    """A doctor's booked appointments that begin later on this day of the clinic's."""
    rest = Span(now, clock.end_of_day(clock.clinic_day(now), clock.clinic_zone()))
    return affected_in(Q(doctor=doctor, start__gt=now, start__lt=rest.end), rest, now=now)


def told_if_late(doctor: Doctor, *, now: datetime) -> QuerySet[Appointment]:
    """Of `rest_of_today` those whom it concerns that the doctor runs late: nobody whose request is not answered."""
    return rest_of_today(doctor, now=now).filter(status=Status.BOOKED)


@dataclass(frozen=True, kw_only=True)
class DatedHours:
    """A doctor's time off or extra hours, with the appointments that stand in the way."""

    row: AvailabilityException
    appointments: list[Appointment]


def with_affected(leave: Sequence[AvailabilityException], *, now: datetime) -> list[DatedHours]:
    """Each leave of one doctor with what `affected_by` names, in one statement however many they are."""
    if not leave:
        return []
    span = Span(min(one.start for one in leave), max(one.end for one in leave))
    affected = list(affected_in(Q(doctor=leave[0].doctor_id), span, now=now))
    return [
        DatedHours(row=one, appointments=[row for row in affected if row.start < one.end and row.end > one.start])
        for one in leave
    ]


@dataclass(frozen=True, kw_only=True)
class ShutDays:
    """When a place is shut and why; `closure` is empty for a bank holiday. `standing` counts who is booked then."""

    label: str
    span: Span
    closure: LocationClosure | None
    standing: int


def shut_days_of(location: Location, *, now: datetime) -> list[ShutDays]:
    """What a place is shut for from now on, bank holidays of a year included, in order; two statements."""
    today = now.astimezone(location.time_zone).date()
    closures = location.closures.filter(last_day__gte=today).select_related("location")
    shut: list[tuple[Span, str, LocationClosure | None]] = [(span_of(row), row.label, row) for row in closures]
    shut += [(_whole(day, location), name, None) for day, name in _holidays(location, today)]
    shut = sorted((row for row in shut if row[0].end > now), key=lambda row: (row[0], row[1]))
    if not shut:
        return []
    span = Span(now, max(row[0].end for row in shut))
    standing = list(affected_in(Q(location=location), span, now=now).values_list("start", "end"))
    return [
        ShutDays(
            label=label,
            span=span,
            closure=closure,
            standing=sum(start < span.end and end > span.start for start, end in standing),
        )
        for span, label, closure in shut
    ]


def shut_at(places: Sequence[Location], *, now: datetime, days: int) -> dict[Location, list[tuple[Span, str]]]:
    """When places are shut within so many days, and why, in one statement; places that never are, are left out."""
    last = now.date() + timedelta(days=days)
    found: dict[Location, list[tuple[Span, str]]] = {place: [] for place in places}
    closures = LocationClosure.objects.filter(location__in=places, first_day__lte=last).select_related("location")
    for closure in closures.filter(last_day__gte=now.date() - timedelta(days=1)):
        found[closure.location].append((span_of(closure), closure.label))
    for place in places:
        today = now.astimezone(ZoneInfo(place.zone)).date()
        found[place] += [(_whole(day, place), name) for day, name in bank_holidays(place.bank_holidays, today, last)]
    return {place: sorted(row for row in rows if row[0].end > now) for place, rows in found.items() if rows}


def shut_on(user: User, day: date) -> list[tuple[Location, Span, str]]:
    """Which places of the doctor with that account are shut on a day of theirs, or for a part of it, when and why."""
    places = list(Location.objects.filter(doctors__user=user))
    around = datetime.combine(day, time(), UTC) - timedelta(days=1)
    found = shut_at(places, now=around, days=2)
    return [
        (place, span, label)
        for place, rows in found.items()
        for span, label in rows
        if span.start < (whole := _whole(day, place)).end and span.end > whole.start
    ]


def _holidays(location: Location, today: date) -> list[tuple[date, str]]:
    return bank_holidays(location.bank_holidays, today, today + YEAR)


def _whole(day: date, location: Location) -> Span:
    return closed_span(day, None, day, None, location.zone)
