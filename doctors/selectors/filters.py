"""What a patient may ask for beside words, and which rows of the listing projection answer it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, When

from doctors.models.people import KEPT_TIMES, Listing, Location, Specialty
from doctors.models.words import SearchWord
from doctors.places import Place
from doctors.querysets import listed
from doctors.selectors.cursor import INDEXED, NEAREST, SOONEST

# The nearest so many count, so that a question stays of one size however many there are.
PLACES = 50


@dataclass(frozen=True, kw_only=True)
class DoctorFilters:
    """What a patient asks for; empty means any. Slugs for specialty and location, an ISO 639-1 code for language.

    `price` is the most that the cheapest visit may cost, in pence; `day`, in the United Kingdom's time, the first on
    which a time is of use. `near` narrows to places within so many `miles`; with `is_nearest_first` the nearest place
    comes first, otherwise whoever can be seen soonest.
    """

    q: str = ""
    specialty: str = ""
    location: str = ""
    modality: str = ""
    language: str = ""
    gender: str = ""
    price: int | None = None
    day: date | None = None
    near: Place | None = None
    miles: int = 25
    is_nearest_first: bool = False

    @property
    def earliest(self) -> datetime | None:
        """Before which no time is of use."""
        return datetime.combine(self.day, time(), tzinfo=ZoneInfo("Europe/London")) if self.day else None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the filters offer; names for the ids that the listing carries."""

    specialties: list[Specialty]
    locations: list[Location]


def search_choices() -> Choices:
    """Each specialty with `search_words`, the conditions by which it is found; in two statements."""
    conditions = SearchWord.objects.filter(specialties=OuterRef("pk")).order_by("word").values("word")
    specialties = Specialty.objects.annotate(search_words=ArraySubquery(conditions))
    return Choices(specialties=list(specialties), locations=list(Location.objects.all()))


def matching(filters: DoctorFilters, choices: Choices) -> QuerySet[Listing]:
    """One row a doctor: that of the place and modality, or of any. A specialty or location that is not finds nobody.

    The listing keeps a few next times: who has so many, all of them before `day`, may have later ones and
    stays; who is known to have none does not.
    """
    found = Listing.objects.filter(listed("doctor__"), modality=filters.modality)
    if filters.near:
        found = _at_nearest(found, nearby(filters, choices))
    elif filters.location:
        found = found.filter(location__in=_ids(choices.locations, filters.location))
    else:
        found = found.filter(location=None)
    if filters.specialty:
        found = found.filter(specialty_ids__contains=_ids(choices.specialties, filters.specialty) or [0])
    if filters.language:
        found = found.filter(languages__contains=[filters.language])
    if filters.gender:
        found = found.filter(doctor__gender=filters.gender)
    if filters.price is not None:
        found = found.filter(price_from__lte=filters.price)
    if filters.earliest:
        times = [f"next_times__{number}" for number in range(KEPT_TIMES)]
        late_enough = (Q(**{f"{time}__gte": filters.earliest}) for time in times[:-1])
        found = found.filter(reduce(or_, late_enough, Q(**{f"{times[-1]}__isnull": False})))
    return found


def nearby(filters: DoctorFilters, choices: Choices) -> dict[int, float]:
    """The distance of each place that counts, in miles, by its key; the nearest first, so many at most."""
    if filters.near is None:
        return {}
    away = {
        place.pk: filters.near.miles_to(float(place.latitude), float(place.longitude))
        for place in choices.locations
        if place.latitude is not None and place.longitude is not None and filters.location in ("", place.slug)
    }
    near = sorted((miles, pk) for pk, miles in away.items() if miles <= filters.miles)
    return {pk: miles for miles, pk in near[:PLACES]}


def order_of(filters: DoctorFilters) -> tuple[str, ...]:
    """How rows that match are to be sorted and paged."""
    if filters.near is None:
        return INDEXED
    return NEAREST if filters.is_nearest_first else SOONEST


def _at_nearest(found: QuerySet[Listing], places: Iterable[int]) -> QuerySet[Any]:
    """One row a doctor: that of the nearest of their places, with its turn as `rank`."""
    nearer: list[int] = []
    here = Q(pk__in=[])
    for pk in places:
        here |= Q(~Q(location_ids__overlap=[*nearer]), location=pk) if nearer else Q(location=pk)
        nearer.append(pk)
    turns = [When(location=pk, then=turn) for turn, pk in enumerate(nearer)]
    return found.filter(here, location__in=nearer).annotate(rank=Case(*turns, default=0, output_field=IntegerField()))


def _ids(rows: Iterable[Specialty | Location], slug: str) -> list[int]:
    return [row.pk for row in rows if row.slug == slug]
