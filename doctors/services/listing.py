from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet

from common import tasks
from doctors.models import KEPT_TIMES, NO_TIME, Doctor, FreeTime, Listing, Location, VisitType

Place: TypeAlias = tuple[int | None, str]
Times: TypeAlias = Mapping[Place, Sequence[FreeTime]]

ANYWHERE: Place = (None, "")
_WRITTEN = [
    "next_available_at",
    "next_times",
    "next_type_ids",
    "next_location_ids",
    "next_until",
    "specialty_ids",
    "location_ids",
    "languages",
    "price_from",
]


def listing_replace(*, doctor_id: int, times: Times) -> None:
    """`listings_replace` for one doctor."""
    listings_replace(times={doctor_id: times})


@transaction.atomic(savepoint=False)
def listings_replace(*, times: Mapping[int, Times]) -> None:
    """Writes doctors' next free times, which search shows and sorts by, in three statements however many they are.

    The caller holds the doctors' rows. `times` has for each doctor's id one entry for each (location id, modality)
    and for "any" of either (None, ""), each a sequence of free times in order of which the first six are kept; entries
    that are left out are removed. A doctor who is not listed keeps no entries, whatever is passed.
    """
    rows = [
        _row(doctor, place, found[:KEPT_TIMES])
        for doctor in _listed_with_facts(times)
        for place, found in times[doctor.pk].items()
    ]
    written = _write(rows)
    Listing.objects.filter(doctor__in=list(times)).exclude(pk__in=[row.pk for row in written]).delete()


def listing_open(doctor: Doctor, *, now: datetime) -> None:
    """Puts a listed doctor into search with today's facts, and asks booking for fresh times (all rows become due)."""
    facts = _listed_with_facts([doctor.pk]).first()
    if facts is None:
        return
    known = {(row.location_id, row.modality): row.free_times for row in Listing.objects.filter(doctor=doctor)}
    rows = [_row(facts, place, times) for place, times in (known or {ANYWHERE: []}).items()]
    for row in rows:
        row.next_available_at = now
    _write(rows)
    tasks.wake("booking.refill_listing")


def listings_follow_place(*, location_id: int, now: datetime) -> None:
    """After the hours of a place have changed for all its doctors: booking's worker writes their listings anew."""
    Location.objects.filter(pk=location_id).update(listings_stale_since=now)
    tasks.wake("booking.refill_listing")


def listing_close(doctor: Doctor) -> None:
    Listing.objects.filter(doctor=doctor).delete()


def _listed_with_facts(doctor_ids: Iterable[int]) -> QuerySet[Any]:
    """The doctors with `found_…` ids of specialties and locations, and two columns of the visit types; one query."""
    own = OuterRef("pk")
    visit_types = VisitType.objects.filter(doctor=own, is_active=True).order_by("position", "pk")
    return (
        Doctor.objects.listed()
        .filter(pk__in=list(doctor_ids))
        .annotate(
            found_specialties=_ids(Doctor.specialties.through, "specialty_id"),
            found_locations=_ids(Doctor.locations.through, "location_id"),
            found_modalities=ArraySubquery(visit_types.values("modality")),
            found_prices=ArraySubquery(visit_types.values("price_minor")),
        )
    )


def _ids(through: Any, column: str) -> ArraySubquery:
    return ArraySubquery(through.objects.filter(doctor_id=OuterRef("pk")).order_by(column).values(column))


def _row(doctor: Any, place: Place, times: Sequence[FreeTime]) -> Listing:
    location_id, modality = place
    prices = zip(doctor.found_modalities, doctor.found_prices, strict=True)
    return Listing(
        doctor_id=doctor.pk,
        location_id=location_id,
        modality=modality,
        next_available_at=times[0].start if times else NO_TIME,
        next_times=[time.start for time in times],
        next_type_ids=[time.visit_type_id for time in times],
        next_location_ids=[time.location_id for time in times],
        next_until=[time.until for time in times],
        specialty_ids=doctor.found_specialties,
        location_ids=doctor.found_locations,
        languages=doctor.languages,
        price_from=min((price for offered, price in prices if modality in ("", offered)), default=None),
    )


def _write(rows: list[Listing]) -> list[Listing]:
    """The rows with their keys, whether they were there or are new."""
    return Listing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["doctor", "location", "modality"], update_fields=_WRITTEN
    )
