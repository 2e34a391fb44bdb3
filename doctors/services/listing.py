from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from django.db import connection, transaction

from common import tasks
from doctors.models import KEPT_TIMES, NO_TIME, Doctor, FreeTime, Listing, Location
from doctors.states import VerificationStatus

Place: TypeAlias = tuple[int | None, str]
Times: TypeAlias = Mapping[Place, Sequence[FreeTime]]

ANYWHERE: Place = (None, "")


def listing_replace(*, doctor_id: int, times: Times) -> None:
    """`listings_replace` for one doctor."""
    listings_replace(times={doctor_id: times})


def listings_replace(*, times: Mapping[int, Times]) -> None:
    """Writes doctors' next free times, which search shows and sorts by, in one statement however many they are.

    The caller holds the doctors' rows. `times` has for each doctor's id one entry for each (location id, modality)
    and for "any" of either (None, ""), each a sequence of free times of one visit type in order, of which the first six
    are kept; entries that are left out are removed. A doctor who is not listed keeps no entries, whatever is passed.
    """
    entries = [_entry(doctor_id, place, found) for doctor_id, own in times.items() for place, found in own.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            _REPLACE,
            {
                "entries": json.dumps(entries),
                "doctors": list(times),
                "listed": VerificationStatus.VERIFIED.value,
                "no_time": NO_TIME,
            },
        )


def _entry(doctor_id: int, place: Place, times: Sequence[FreeTime]) -> dict[str, Any]:
    kept = times[:KEPT_TIMES]
    return {
        "doctor_id": doctor_id,
        "location_id": place[0],
        "modality": place[1],
        "starts": [time.start.isoformat() for time in kept],
        "types": [str(time.visit_type_id) for time in kept],
        "places": [time.location_id for time in kept],
        "until": [time.until.isoformat() for time in kept],
    }


@transaction.atomic
def listing_open(doctor: Doctor, *, now: datetime) -> None:
    """Puts a listed doctor into search with today's facts, and asks booking for fresh times (all rows become due)."""
    known = {(row.location_id, row.modality): row.free_times for row in Listing.objects.filter(doctor=doctor)}
    listing_replace(doctor_id=doctor.pk, times=known or {ANYWHERE: []})
    if Listing.objects.filter(doctor=doctor).update(next_available_at=now):
        tasks.wake("booking.refill_listing")


def listings_follow_place(*, location_id: int, now: datetime) -> None:
    """After the hours of a place have changed for all its doctors: booking's worker writes their listings anew."""
    Location.objects.filter(pk=location_id).update(listings_stale_since=now)
    tasks.wake("booking.refill_listing")


def listing_close(doctor: Doctor) -> None:
    Listing.objects.filter(doctor=doctor).delete()


def facets_fold() -> None:
    """Leaves one row for each key of `FacetCount`, however often the listing has changed. Several may do so at once."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)


# A booking's transaction pays for this, so the doctors' facts are read where they are written, and a row that says so
# already is not written again: one visit touches one place and one kind of visit, and what has both or neither.
_REPLACE = """
    WITH entry AS (
        SELECT entry.*, doctor.languages, doctor.gender
        FROM jsonb_to_recordset(%(entries)s::jsonb) AS entry(
            doctor_id bigint, location_id bigint, modality text,
            starts timestamptz[], types uuid[], places bigint[], until timestamptz[])
        JOIN doctors_doctor doctor ON doctor.id = entry.doctor_id
        WHERE doctor.verification_status = %(listed)s AND doctor.is_active
    ), written AS (
        INSERT INTO doctors_listing AS listing (
            doctor_id, location_id, modality, next_available_at, next_times, next_type_ids, next_location_ids,
            next_until, specialty_ids, location_ids, languages, gender, price_from)
        SELECT entry.doctor_id, entry.location_id, entry.modality, coalesce(entry.starts[1], %(no_time)s), entry.starts,
            entry.types, entry.places, entry.until,
            ARRAY(SELECT specialty_id FROM doctors_doctor_specialties WHERE doctor_id = entry.doctor_id ORDER BY 1),
            ARRAY(SELECT location_id FROM doctors_doctor_locations WHERE doctor_id = entry.doctor_id ORDER BY 1),
            entry.languages, entry.gender,
            coalesce((SELECT price_minor FROM doctors_visittype WHERE public_id = entry.types[1]),
                (SELECT min(price_minor) FROM doctors_visittype visit WHERE visit.doctor_id = entry.doctor_id
                    AND visit.is_active AND entry.modality IN ('', visit.modality)))
        FROM entry
        ON CONFLICT (doctor_id, location_id, modality) DO UPDATE SET
            next_available_at = excluded.next_available_at, next_times = excluded.next_times,
            next_type_ids = excluded.next_type_ids, next_location_ids = excluded.next_location_ids,
            next_until = excluded.next_until, specialty_ids = excluded.specialty_ids,
            location_ids = excluded.location_ids, languages = excluded.languages, gender = excluded.gender,
            price_from = excluded.price_from
        WHERE (listing.next_available_at, listing.next_times, listing.next_type_ids, listing.next_location_ids,
            listing.next_until, listing.specialty_ids, listing.location_ids, listing.languages, listing.gender,
            listing.price_from)
        IS DISTINCT FROM (excluded.next_available_at, excluded.next_times, excluded.next_type_ids,
            excluded.next_location_ids, excluded.next_until, excluded.specialty_ids, excluded.location_ids,
            excluded.languages, excluded.gender, excluded.price_from)
    )
    DELETE FROM doctors_listing listing
    WHERE doctor_id = ANY(%(doctors)s) AND NOT EXISTS (
        SELECT FROM entry WHERE entry.doctor_id = listing.doctor_id AND entry.modality = listing.modality
        AND entry.location_id IS NOT DISTINCT FROM listing.location_id)
"""
_FOLD = """
    WITH gone AS (
        DELETE FROM doctors_facetcount
        WHERE key IN (SELECT key FROM doctors_facetcount GROUP BY key HAVING count(*) > 1)
        RETURNING key, doctors
    )
    INSERT INTO doctors_facetcount (key, doctors)
    SELECT key, sum(doctors) FROM gone GROUP BY key HAVING sum(doctors) <> 0
"""
