"""Slots as the picker shows them: by day, and within a day by morning, afternoon and evening."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from booking.models import AvailabilityRule
from booking.slots import Slot
from common.templatetags.when import zone_name
from doctors.models import Location

NOON, EVENING = 12, 17


@dataclass(frozen=True, kw_only=True)
class Part:
    """Slots of one part of a day at one place."""

    name: str
    location: Location
    slots: list[Slot]


@dataclass(frozen=True, kw_only=True)
class Day:
    """A calendar day of the slots' own zones, with the slots that begin in it."""

    day: date
    parts: list[Part]

    @property
    def count(self) -> int:
        return sum(len(part.slots) for part in self.parts)

    @property
    def anchor(self) -> str:
        return f"day-{self.day.isoformat()}"

    @property
    def places(self) -> list[Location]:
        return list(dict.fromkeys(part.location for part in self.parts))


def by_day(slots: Iterable[Slot], locations: Mapping[int, Location]) -> list[Day]:
    """Days that have slots, in order; `locations` has every slot's place."""
    in_order = sorted(slots, key=lambda slot: (_day(slot), slot.start))
    return [Day(day=day, parts=_parts(rows, locations)) for day, rows in groupby(in_order, key=_day)]


def _day(slot: Slot) -> date:
    return slot.start.astimezone(slot.zone).date()


def _parts(slots: Iterable[Slot], locations: Mapping[int, Location]) -> list[Part]:
    return [
        Part(name=name, location=locations[location_id], slots=list(rows))
        for (name, location_id), rows in groupby(slots, key=lambda slot: (_part(slot), slot.location_id))
    ]


def _part(slot: Slot) -> str:
    hour = slot.start.astimezone(slot.zone).hour
    if hour < NOON:
        return "Morning"
    return "Afternoon" if hour < EVENING else "Evening"


@dataclass(frozen=True)
class ZoneChange:
    """The first day on which the times of a list are told in another zone than before."""

    name: str
    day: date | None = None


def zones_told(slots: Iterable[Slot]) -> list[ZoneChange]:
    """The short names of the zones that the times are in, in order: one, or two where the clocks change between."""
    told: list[ZoneChange] = []
    for slot in slots:
        name = zone_name(slot.start, slot.zone)
        if name not in [zone.name for zone in told]:
            told.append(ZoneChange(name, _day(slot) if told else None))
    return told


@dataclass(frozen=True, kw_only=True)
class WeekRow:
    """The weekly windows at one place, by weekday from Monday on."""

    location: Location
    days: list[list[AvailabilityRule]]


@dataclass(frozen=True, kw_only=True)
class WeekDay:
    """A day of the week, with its windows at all places by their start."""

    number: int
    name: str
    rules: list[AvailabilityRule]


def days_of(rules: Iterable[AvailabilityRule]) -> list[WeekDay]:
    """A week as a list: all seven days, whether or not there are hours."""
    known = list(rules)
    return [
        WeekDay(number=number, name=str(name), rules=[rule for rule in known if rule.weekday == number])
        for number, name in AvailabilityRule.Weekday.choices
    ]


def week_of(rules: Iterable[AvailabilityRule]) -> list[WeekRow]:
    """A week as a table: a row for each place, a column for each day."""
    rows: dict[int, WeekRow] = {}
    for rule in rules:
        row = rows.setdefault(rule.location_id, WeekRow(location=rule.location, days=[[] for _ in range(7)]))
        row.days[rule.weekday].append(rule)
    return sorted(rows.values(), key=lambda row: row.location.name)
