"""When our places are open on the days ahead, from their pages' hours and their closures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time
from typing import NamedTuple

from booking.selectors import OpenDay, open_days_of
from doctors.models import Location
from home.models.places import OpeningHours
from home.paths import path_of


class PlaceOpen(NamedTuple):
    location: Location
    path: str
    days: list[OpenDay]


def places_open(places: Iterable[Location], slug: str = "", *, now: datetime) -> list[PlaceOpen]:
    """Each of these places that has a live page with hours, or that one alone: today and the six days after.

    In the order given; two statements.
    """
    live = OpeningHours.objects.filter(page__live=True).order_by("weekday", "opens")
    rows = live.values_list("page__location", "page__url_path", "weekday", "opens", "closes")
    weeks: dict[int, list[tuple[int, time, time]]] = defaultdict(list)
    paths: dict[int, str] = {}
    for place_id, url_path, *hours in rows.filter(page__location__slug=slug) if slug else rows:
        weeks[place_id].append((hours[0], hours[1], hours[2]))
        paths[place_id] = path_of(url_path)
    shown = {place: weeks[place.pk] for place in places if place.pk in weeks}
    days = open_days_of(shown, now=now)
    return [PlaceOpen(place, paths[place.pk], days[place]) for place in shown]
