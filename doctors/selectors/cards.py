"""What a card in the results shows, read from the listing and the doctor's row without a query a card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from common import clock
from doctors.languages import language_names
from doctors.models.people import NO_TIME, Doctor, Listing, Location, Specialty
from doctors.portraits import Addresses, portrait_addresses

TIMES_SHOWN = 3
PORTRAIT = "fill-240x280"


@dataclass(frozen=True, kw_only=True)
class Card:
    """A doctor in the results. `times` are the next free instants, `zone` the zone to write them in, `price_from` in
    pence (None where nothing can be booked), `visit_type_id` the one to begin with, `portrait` the address of a
    picture ("" without one); `has_page` is False while editors have taken the profile page down."""

    doctor: Doctor
    specialties: list[Specialty]
    languages: list[str]
    locations: list[Location]
    times: list[datetime]
    zone: ZoneInfo
    price_from: int | None
    visit_type_id: UUID | None
    portrait: str
    has_page: bool

    @property
    def sort_key(self) -> datetime:
        return self.times[0] if self.times else NO_TIME


def with_page(found: QuerySet[Listing]) -> QuerySet[Any]:
    """Rows with what `cards_of` reads besides the listing itself."""
    page = {"photo_id": F("doctor__page__photo"), "page_is_live": F("doctor__page__live")}
    return found.select_related("doctor").annotate(**page)


def cards_of(
    rows: Sequence[Any], specialties: Iterable[Specialty], locations: Iterable[Location], *, now: datetime
) -> list[Card]:
    fields = {specialty.pk: specialty for specialty in specialties}
    places = {location.pk: location for location in locations}
    portraits = portrait_addresses({row.photo_id for row in rows if row.photo_id}, [PORTRAIT])
    return [_card(row, fields, places, portraits, now) for row in rows]


def _card(
    row: Any, fields: dict[int, Specialty], places: dict[int, Location], portraits: Addresses, now: datetime
) -> Card:
    own = [places[pk] for pk in row.location_ids if pk in places]
    where = places.get(row.location_id) if row.location_id else own[0] if own else None
    return Card(
        doctor=row.doctor,
        specialties=[fields[pk] for pk in row.specialty_ids if pk in fields],
        languages=language_names(row.languages),
        locations=own,
        times=[time for time in row.next_times if time > now][:TIMES_SHOWN],
        zone=where.time_zone if where else clock.clinic_zone(),
        price_from=row.price_from,
        visit_type_id=row.visit_type_id,
        portrait=portraits.get((row.photo_id, PORTRAIT), ""),
        has_page=bool(row.page_is_live),
    )
