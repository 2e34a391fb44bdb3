"""How pages say what is kept as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from itertools import groupby
from typing import NamedTuple

from common.templatetags.when import wall_clock

Hours = tuple[tuple[time, time], ...]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class OpenDays(NamedTuple):
    """Days in a row that have the same hours, both in words."""

    days: str
    hours: str


def hours_in_words(open_on: Mapping[int, Hours]) -> list[OpenDays]:
    """A week's opening hours, days that are alike told together: "Monday to Friday", "8am to 7pm".

    `open_on` says each open weekday's hours, Monday 0; the days that it does not name are told as closed. Empty where
    nothing is known.
    """
    if not open_on:
        return []
    alike = groupby(range(len(DAYS)), key=lambda weekday: open_on.get(weekday, ()))
    return [OpenDays(_span(list(days)), _told(hours)) for hours, days in alike]


def _span(weekdays: list[int]) -> str:
    first, last = DAYS[weekdays[0]], DAYS[weekdays[-1]]
    if first == last:
        return first
    return f"{first} {'and' if len(weekdays) == 2 else 'to'} {last}"  # noqa: PLR2004 - a pair


def _told(hours: Hours) -> str:
    return ", ".join(f"{_plain(opens)} to {_plain(closes)}" for opens, closes in hours) or "Closed"


def _plain(at: time) -> str:
    """8am, 6:30pm."""
    return wall_clock(at).replace(":00", "")
