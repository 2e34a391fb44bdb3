"""What the blocks of a page read from the clinic's own rows: each thing once a page, however many blocks show it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, QuerySet, When
from django.db.models.functions import JSONObject

from common import clock
from doctors.models import Location, Specialty
from doctors.selectors import Choices, PriceRow, doctor_count, prices_of

# Where the live page of a specialty or a location stands, as its row says; None without one.
PAGE_AT = Case(When(page__live=True, then="page__url_path"))


class Clinic:
    """The clinic as one rendering of a page sees it; `now` is one instant for all blocks, and `priced` the specialties
    (slugs, "" for all of them together) whose prices they show."""

    def __init__(self, now: datetime | None = None, *, priced: Collection[str] = ()) -> None:
        self.now = now or clock.now()
        self._priced = priced
        self._prices: dict[str, list[PriceRow]] = {}
        self._said: set[str] = set()

    @cached_property
    def choices(self) -> Choices:
        return Choices(specialties=list(specialties_with_doctors()), locations=self.locations)

    @cached_property
    def locations(self) -> list[Location]:
        """Each with `page_at`, and with the `week` that its live page tells: weekday, opens and closes of each row."""
        from home.models.places import OpeningHours

        hours = OpeningHours.objects.filter(page__location=OuterRef("pk"), page__live=True).order_by("weekday", "opens")
        told = JSONObject(weekday="weekday", opens="opens", closes="closes")
        return list(Location.objects.annotate(page_at=PAGE_AT, week=ArraySubquery(hours.values(told=told))))

    def prices(self, specialty: str) -> list[PriceRow]:
        """One statement for this and all that are `priced`."""
        if specialty not in self._prices:
            wanted = {specialty, *self._priced}
            self._prices |= {**{slug: [] for slug in wanted}, **prices_of(wanted)}
        return self._prices[specialty]

    def says_first(self, what: str) -> bool:
        """Whether no block of the page has said that yet: from now on one has."""
        is_first = what not in self._said
        self._said.add(what)
        return is_first


def clinic_in(context: dict[str, Any] | None) -> Clinic:
    """The page's own, as its template context says; one more for a block that is shown alone."""
    known = (context or {}).get("clinic")
    return known if isinstance(known, Clinic) else Clinic()


def specialties_with_doctors() -> QuerySet[Specialty]:
    """The specialties in which a patient finds somebody, each with `doctor_count` and `page_at`."""
    return Specialty.objects.annotate(doctor_count=doctor_count(), page_at=PAGE_AT).filter(doctor_count__gt=0)


def specialty_choices() -> list[tuple[str, str]]:
    """For an editor to choose from, when the form is drawn."""
    return list(Specialty.objects.order_by("name").values_list("slug", "name"))


def location_choices() -> list[tuple[str, str]]:
    return list(Location.objects.order_by("name").values_list("slug", "name"))
