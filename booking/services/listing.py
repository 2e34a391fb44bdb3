"""Keeping true what search shows: the next free times of listed doctors, through doctors' own service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from booking.locks import lock_doctor, lock_free_doctors
from booking.models import Appointment
from booking.selectors.listing import doctors_at, doctors_due, next_times_of, release_touches
from booking.slots import Span
from common.locks import busy_if_locked
from common.tasks import wake
from doctors.models import Doctor, Location
from doctors.services import listings_replace

# So few that whoever wants to book with one of them waits for a blink only.
_LOCKED_TOGETHER = 20


def listing_refresh(*, doctor_id: int, now: datetime) -> None:
    """Write the doctor's next free times anew. Raises `NotFound`, and `Busy` where the doctor's row stays locked."""
    with busy_if_locked(), transaction.atomic():
        listing_write([lock_doctor(doctor_id)], now=now)


def listing_refill(*, now: datetime, batch: int = 1000) -> int:
    """Write anew up to about `batch` listings whose times have passed, and say how many.

    Doctors whom somebody else holds are left for the next time, so refills and bookings never wait for each other.
    """
    return len(refill_free(doctors_due(now=now, limit=batch), now=now))


def listing_refill_places(*, now: datetime) -> int:
    """Write anew the listings of all doctors of places whose hours have changed, and say how many.

    A place is done when every one of its doctors is: whom somebody else holds is waited for at the end. Whatever
    changes the place meanwhile, or ends this half-way, leaves it to the next time.
    """
    stale = Location.objects.exclude(listings_stale_since=None).order_by("listings_stale_since")
    return sum(_follow_place(place, now=now) for place in stale)


def _follow_place(place: Location, *, now: datetime) -> int:
    doctors = doctors_at(place)
    written = refill_free(doctors, now=now)
    for doctor_id in set(doctors) - written:
        listing_refresh(doctor_id=doctor_id, now=now)
    Location.objects.filter(pk=place.pk, listings_stale_since=place.listings_stale_since).update(
        listings_stale_since=None
    )
    return len(doctors)


def refill_free(doctor_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Write the listings of those whom nobody else holds, a few together, and say whose."""
    written: set[int] = set()
    for first in range(0, len(doctor_ids), _LOCKED_TOGETHER):
        with transaction.atomic():
            doctors = lock_free_doctors(doctor_ids[first : first + _LOCKED_TOGETHER])
            listing_write(doctors, now=now)
            written |= {doctor.pk for doctor in doctors}
    return written


def listing_write(doctors: Sequence[Doctor], *, now: datetime) -> None:
    """For doctors whose rows the caller has locked. Who is not listed loses every entry."""
    times = next_times_of([doctor for doctor in doctors if doctor.is_listed], now=now)
    listings_replace(times={doctor.pk: times.get(doctor.pk, {}) for doctor in doctors})


def listing_follow_release(appointment: Appointment, *, locked_doctor_id: int, now: datetime) -> None:
    """After an appointment has freed its time. Another doctor than the locked one is left to a worker."""
    blocked = Span(appointment.blocked.lower, appointment.blocked.upper)
    if not release_touches(appointment.doctor_id, blocked, now=now):
        return
    if appointment.doctor_id == locked_doctor_id:
        listing_write([appointment.doctor], now=now)
    else:
        wake("booking.refresh_listing", appointment.doctor_id)
