"""What a card in the results shows, read from the listing and the doctor's row without a query a card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from doctors.languages import language_names
from doctors.models.people import NO_TIME, Doctor, Listing, Location, Specialty, VisitType
from doctors.portraits import address_in, portrait_addresses, stored_with

TIMES_SHOWN = 3
PORTRAIT = "fill-240x280|format-webp"


class Choice(NamedTuple):
    """A time that a card offers: the instant, the public id of the visit type to book it with, and where."""

    start: datetime
    visit_type_id: UUID
    location: Location


class Kind(NamedTuple):
    """The visit type that a card's times are for; `price` in pence."""

    name: str
    minutes: int
    modality: str
    price: int


@dataclass(frozen=True, kw_only=True)
class Card:
    """A doctor in the results.

    `times` are the next free ones of one `kind` of visit (None where none is known), each written in the zone of its
    place. `price_from` is in pence what that kind costs, without one the doctor's cheapest visit, and None where
    nothing can be booked; `portrait` the address of a picture ("" without one); `has_page` is False while editors have
    taken the profile page down. `later_times` is the public id of a visit type where the times that are known all come
    before those that were asked for, and later ones are to be looked up. `miles` is how far the first of `locations` is
    away, where that was asked for, and the times are those of that place.
    """

    doctor: Doctor
    specialties: list[Specialty]
    languages: list[str]
    locations: list[Location]
    miles: float | None
    times: list[Choice]
    kind: Kind | None
    later_times: UUID | None
    price_from: int | None
    portrait: str
    has_page: bool

    @property
    def sort_key(self) -> datetime:
        return self.times[0].start if self.times else NO_TIME


def with_page(found: QuerySet[Listing]) -> QuerySet[Any]:
    """Rows with what `cards_of` reads besides the listing itself."""
    return found.select_related("doctor").annotate(**_beside())


@cache
def _beside() -> dict[str, Any]:
    """The same for every search, and dear to put together."""
    told = JSONObject(name="name", minutes="minutes", modality="modality", price="price_minor")
    kind = VisitType.objects.filter(public_id=OuterRef("next_type_ids__0")).order_by().values(told=told)
    return {
        "photo_id": F("doctor__page__photo"),
        "page_is_live": F("doctor__page__live"),
        "portrait_stored": stored_with("doctor__page__photo", PORTRAIT),
        "kind": Subquery(kind),
    }


def cards_of(
    rows: Sequence[Any],
    specialties: Iterable[Specialty],
    locations: Iterable[Location],
    *,
    now: datetime,
    earliest: datetime | None,
    miles: Mapping[int, float],
) -> list[Card]:
    """The cards, in the order of the rows, with times that start at `earliest` or later (None: any)."""
    fields = {specialty.pk: specialty for specialty in specialties}
    places = {location.pk: location for location in locations}
    portraits = _portraits(rows)
    return [_card(row, fields, places, portraits, now, earliest, miles.get(row.location_id)) for row in rows]


def _portraits(rows: Iterable[Any]) -> dict[int, str]:
    """The address of each picture, by its key; a statement more for those that have not been made in that size."""
    found = {row.photo_id: address_in(row.portrait_stored, PORTRAIT) for row in rows if row.photo_id}
    missing = [photo_id for photo_id, address in found.items() if not address]
    made = portrait_addresses(missing, [PORTRAIT]) if missing else {}
    return found | {photo_id: address for (photo_id, _), address in made.items()}


def _card(
    row: Any,
    fields: dict[int, Specialty],
    places: dict[int, Location],
    portraits: Mapping[int, str],
    now: datetime,
    earliest: datetime | None,
    miles: float | None,
) -> Card:
    kind = Kind(**row.kind) if row.kind else None
    return Card(
        doctor=row.doctor,
        specialties=[fields[pk] for pk in row.specialty_ids if pk in fields],
        languages=language_names(row.languages),
        locations=[places[pk] for pk in dict.fromkeys(_here_first(row, miles)) if pk in places],
        miles=miles,
        times=_choices(row, places, now, earliest),
        kind=kind,
        later_times=_later(row, earliest),
        price_from=kind.price if kind else row.price_from,
        portrait=portraits.get(row.photo_id, ""),
        has_page=bool(row.page_is_live),
    )


def _here_first(row: Any, miles: float | None) -> list[int]:
    """Where one asked for what is near, its place stands before the doctor's others."""
    return row.location_ids if miles is None else [row.location_id, *row.location_ids]


def next_choices(doctor: Doctor, locations: Iterable[Location], *, now: datetime) -> list[Choice]:
    """The next free times of one doctor at these places, in one statement."""
    row = Listing.objects.filter(doctor=doctor, location=None, modality="").first()
    return _choices(row, {location.pk: location for location in locations}, now, None) if row else []


def _later(row: Listing, earliest: datetime | None) -> UUID | None:
    """The listing ends before `earliest`, so that only the doctor's diary knows more: the visit type to ask it for."""
    known = row.free_times
    return known[-1].visit_type_id if earliest and known and known[-1].start < earliest else None


def _choices(row: Listing, places: dict[int, Location], now: datetime, earliest: datetime | None) -> list[Choice]:
    """The first times that can still be booked; booking refreshes the row soon where some cannot."""
    # A row that a version of before has written may have times of several visit types.
    own = (time for time in row.free_times if time.visit_type_id == row.next_type_ids[0])
    wanted = (time for time in own if earliest is None or time.start >= earliest)
    bookable = (time for time in wanted if time.until > now and time.location_id in places)
    return [Choice(time.start, time.visit_type_id, places[time.location_id]) for time in islice(bookable, TIMES_SHOWN)]
