"""When our places are open on the days ahead, from their pages' hours and their closures."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from booking.selectors import OpenDay, open_days_of
from doctors.models import Location
from home.models.places import LocationPage
from home.paths import page_path


class PlaceOpen(NamedTuple):
    location: Location
    path: str
    days: list[OpenDay]


def places_open(slug: str = "", *, now: datetime) -> list[PlaceOpen]:
    """Each place that has a live page with hours, or that one alone: today and the six days after. Three statements."""
    pages = LocationPage.objects.live().select_related("location").prefetch_related("opening_hours")
    found = pages.filter(location__slug=slug) if slug else pages.order_by("location__name")
    paths = {page.location: page_path(page) for page in found if page.opening_hours.all()}
    weeks = {
        page.location: [(row.weekday, row.opens, row.closes) for row in page.opening_hours.all()] for page in found
    }
    days = open_days_of({place: weeks[place] for place in paths}, now=now)
    return [PlaceOpen(place, path, days[place]) for place, path in paths.items()]
