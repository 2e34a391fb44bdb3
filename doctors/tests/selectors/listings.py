"""Doctors with rows in the listing, free so many minutes after a fixed moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from doctors.models import Doctor
from doctors.services import listing_replace
from doctors.states import Modality
from doctors.tests.factories import DoctorFactory, free_times

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)
MODALITIES = ("", Modality.IN_PERSON, Modality.VIDEO)


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def doctor_with_times(*minutes: int, modalities: tuple[str, ...] = MODALITIES, **facts: Any) -> Doctor:
    doctor = DoctorFactory(listed=True, **facts)
    places = [None, *doctor.locations.values_list("pk", flat=True)]
    times = free_times(doctor, map(at, minutes))
    listing_replace(doctor_id=doctor.pk, times={(place, way): times for place in places for way in modalities})
    return doctor
