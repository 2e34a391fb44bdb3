"""Slots as the picker shows them: by day, and within a day by morning, afternoon and evening."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.utils.text import slugify

from booking.slots import Slot

NOON, EVENING = 12, 17


@dataclass(frozen=True)
class Part:
    name: str
    slots: list[Slot]


@dataclass(frozen=True)
class Day:
    """A calendar day of the location's zone with the slots that begin in it."""

    day: date
    parts: list[Part] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(part.slots) for part in self.parts)

    @property
    def anchor(self) -> str:
        return slugify(f"day-{self.day.isoformat()}")


def by_day(slots: Iterable[Slot]) -> list[Day]:
    """Days that have slots, in order. Slots must come sorted by start."""
    return [
        Day(day, [Part(name, list(rows)) for name, rows in groupby(rows_of_day, key=_part)])
        for day, rows_of_day in groupby(slots, key=lambda slot: slot.start.astimezone(slot.zone).date())
    ]


def _part(slot: Slot) -> str:
    hour = slot.start.astimezone(slot.zone).hour
    if hour < NOON:
        return "Morning"
    return "Afternoon" if hour < EVENING else "Evening"
