"""A doctor's week: each day with its visits and with what is free or closed between them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from booking.free import FREE, Stretch, stretches
from booking.models import Appointment
from booking.selectors.appointments import days_of_doctor
from booking.selectors.diaries import Opening, openings_of, span_of_days
from booking.slots import Booked, Span
from booking.states import LIVE
from doctors.models import Doctor, Location

DAYS = 7
BOOKED = "booked"
# Less than that between two visits is no time for anybody.
SHORTEST = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A visit (`kind` is `BOOKED`), or a stretch of open hours between visits."""

    kind: str
    start: datetime
    end: datetime
    place: Location
    visit: Appointment | None = None

    @property
    def zone(self) -> ZoneInfo:
        return self.place.time_zone

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def minutes(self) -> int:
        return int(self.length / timedelta(minutes=1))


@dataclass(frozen=True, kw_only=True)
class WeekDay:
    """A day as the places count days; `booked` counts the visits that stand."""

    day: date
    blocks: list[Block]

    @property
    def booked(self) -> int:
        return sum(block.visit is not None and block.visit.status in LIVE for block in self.blocks)

    @property
    def booked_for(self) -> timedelta:
        """How long those visits take."""
        stands = (block for block in self.blocks if block.visit is not None and block.visit.status in LIVE)
        return sum((block.length for block in stands), timedelta())

    @property
    def free(self) -> timedelta:
        return sum((block.end - block.start for block in self.blocks if block.kind == FREE), timedelta())


def week_of_doctor(user: User, doctor: Doctor, first_day: date, *, now: datetime) -> list[WeekDay]:
    """Seven days from the first on, in three statements however many visits there are.

    Free is what the slot generator's open windows leave: between visits and their buffers, from now on.
    """
    around = list(days_of_doctor(user, first_day - timedelta(days=1), days=DAYS + 2))
    opening = openings_of([doctor.pk], span_of_days(first_day, DAYS)).get(doctor.pk, Opening())
    diary = opening.diary((_span(row), Booked(row.visit_type_id, row.start)) for row in around if row.status in LIVE)
    pieces = stretches(diary, first_day=first_day, days=DAYS, now=now)
    places = Location.objects.in_bulk({piece.location_id for piece in pieces})
    worth = (piece for piece in pieces if piece.end - piece.start >= SHORTEST)
    blocks = [_visit(row) for row in around] + [_stretch(piece, places[piece.location_id]) for piece in worth]
    by_day: defaultdict[date, list[Block]] = defaultdict(list)
    for block in sorted(blocks, key=lambda block: (block.start, block.end)):
        by_day[block.start.astimezone(block.zone).date()].append(block)
    return [WeekDay(day=day, blocks=by_day[day]) for day in (first_day + timedelta(days=at) for at in range(DAYS))]


def _span(appointment: Appointment) -> Span:
    return Span(appointment.blocked.lower, appointment.blocked.upper)


def _visit(row: Appointment) -> Block:
    return Block(kind=BOOKED, start=row.start, end=row.end, place=row.location, visit=row)


def _stretch(piece: Stretch, place: Location) -> Block:
    return Block(kind=piece.kind, start=piece.start, end=piece.end, place=place)
