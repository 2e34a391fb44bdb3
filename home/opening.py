"""When our places are open on the days ahead, from their pages' hours and their closures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any, NamedTuple

from booking.selectors import OpenDay, open_days_of
from doctors.models import Location
from home.paths import path_of


class PlaceOpen(NamedTuple):
    location: Location
    path: str
    days: list[OpenDay]


def places_open(places: Iterable[Any], slug: str = "", *, now: datetime) -> list[PlaceOpen]:
    """Each of these places (as `Clinic` has them) that has a live page with hours, or that one alone: today and the six
    days after.

    In the order given; one statement.
    """
    weeks = {place: _week(place) for place in places if place.week and slug in ("", place.slug)}
    days = open_days_of(weeks, now=now)
    return [PlaceOpen(place, path_of(place.page_at), days[place]) for place in weeks]


def _week(place: Any) -> list[tuple[int, time, time]]:
    return [(row["weekday"], time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])) for row in place.week]
