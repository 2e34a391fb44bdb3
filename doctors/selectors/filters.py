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
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, Func, IntegerField, OuterRef, Q, QuerySet, Value, When

from doctors.models.people import KEPT_TIMES, Listing, Location, Specialty
from doctors.models.words import SearchWord
from doctors.places import Place
from doctors.querysets import listed
from doctors.selectors.cursor import INDEXED, NEAREST, SOONEST, Cursor, around

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
        found = found.filter(gender=filters.gender)
    return useful(found, filters)


def useful(found: QuerySet[Listing], filters: DoctorFilters) -> QuerySet[Listing]:
    """Of rows those with a visit at the price and, as far as the listing knows, a time on or after the day."""
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


def first_of(
    found: QuerySet[Any], filters: DoctorFilters, choices: Choices, size: int, cursor: Cursor | None = None
) -> QuerySet[Any]:
    """The first rows of what `matching` found, in the order of the search, from the cursor's edge on.

    No index has the order of several places, so each gives its own first ones: among these are the first of all.
    """
    order = order_of(filters)
    if filters.near:
        of_place = around(found.filter(location=OuterRef("pk")), cursor, order)
        # In one place all have its turn: what is left is the index's own order.
        in_turn = [str(column) for column in of_place.query.order_by if column not in {"rank", "-rank"}]
        of_place = of_place.order_by(*in_turn).values("pk")[:size]
        places = Location.objects.filter(pk__in=list(nearby(filters, choices))).order_by()
        firsts = Func(ArraySubquery(of_place), function="unnest", output_field=BigIntegerField())
        found = found.filter(pk__in=places.values_list(firsts))
    return around(found, cursor, order)[:size]


def order_of(filters: DoctorFilters) -> tuple[str, ...]:
    """How rows that match are to be sorted and paged."""
    if filters.near is None:
        return INDEXED
    return NEAREST if filters.is_nearest_first else SOONEST


def _at_nearest(found: QuerySet[Listing], places: Iterable[int]) -> QuerySet[Any]:
    """One row a doctor: that of the nearest of their places, with its turn as `rank`."""
    near = list(places)
    ids = ArrayField(BigIntegerField())
    nearer = [When(location=pk, then=Value(near[:turn], output_field=ids)) for turn, pk in enumerate(near)]
    turns = [When(location=pk, then=turn) for turn, pk in enumerate(near)]
    return (
        found.filter(location__in=near)
        .exclude(location_ids__overlap=Case(*nearer, default=Value([], output_field=ids), output_field=ids))
        .annotate(rank=Case(*turns, default=0, output_field=IntegerField()))
    )


def _ids(rows: Iterable[Specialty | Location], slug: str) -> list[int]:
    return [row.pk for row in rows if row.slug == slug]
