from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from doctors.models import NO_TIME, FreeTime, Listing
from doctors.services import listing_replace, listings_replace
from doctors.states import Modality
from doctors.tests.factories import DoctorFactory, VisitTypeFactory

pytestmark = pytest.mark.django_db

FIRST = datetime(2027, 3, 3, 9, tzinfo=UTC)
VISIT = UUID("6f1c7a52-4f0e-4a0d-8d7e-0d3f3b0f5a11")


def at(hours: int) -> FreeTime:
    """That many hours after the first, of a visit with an hour's notice."""
    start = FIRST + timedelta(hours=hours)
    return FreeTime(start, VISIT, 7, start - timedelta(hours=1))


NINE = at(0)


def test_each_place_gets_its_times_and_the_doctors_facts() -> None:
    doctor = DoctorFactory(listed=True, languages=["en", "cy"])
    place = doctor.locations.get()
    VisitTypeFactory(doctor=doctor, price_minor=4500)
    VisitTypeFactory(doctor=doctor, price_minor=3000, modality=Modality.VIDEO)
    VisitTypeFactory(doctor=doctor, price_minor=100, modality=Modality.VIDEO, is_active=False)
    listing_replace(doctor_id=doctor.pk, times={(None, ""): [NINE], (place.pk, ""): [], (None, "in_person"): [NINE]})
    rows = {(row.location_id, row.modality): row for row in Listing.objects.filter(doctor=doctor)}
    assert rows[None, ""].next_available_at == FIRST
    assert rows[None, ""].free_times == [NINE]
    assert rows[place.pk, ""].next_available_at == NO_TIME
    assert (rows[None, ""].price_from, rows[None, "in_person"].price_from) == (3000, 4500)
    assert rows[None, ""].languages == ["en", "cy"]
    assert rows[None, ""].specialty_ids == [doctor.specialties.get().pk]
    assert rows[None, ""].location_ids == [place.pk]


def test_repeating_replaces_and_removes_what_is_left_out() -> None:
    doctor = DoctorFactory(listed=True)
    place = doctor.locations.get()
    listing_replace(doctor_id=doctor.pk, times={(None, ""): [NINE], (place.pk, "video"): [NINE], (place.pk, ""): []})
    later = at(1)
    listing_replace(doctor_id=doctor.pk, times={(None, ""): [later], (place.pk, ""): [later]})
    rows = Listing.objects.filter(doctor=doctor).values_list("location_id", "modality", "next_available_at")
    assert set(rows) == {(None, "", later.start), (place.pk, "", later.start)}


def test_six_times_are_kept() -> None:
    doctor = DoctorFactory(listed=True)
    listing_replace(doctor_id=doctor.pk, times={(None, ""): [at(hours) for hours in range(9)]})
    assert Listing.objects.get(doctor=doctor).free_times == [at(hours) for hours in range(6)]


def test_no_times_at_all_leave_no_rows() -> None:
    doctor = DoctorFactory(listed=True)
    listing_replace(doctor_id=doctor.pk, times={(None, ""): [NINE]})
    listing_replace(doctor_id=doctor.pk, times={})
    assert not Listing.objects.exists()


def test_other_doctors_rows_stay() -> None:
    doctor, other = DoctorFactory(listed=True), DoctorFactory(listed=True)
    for each in (doctor, other):
        listing_replace(doctor_id=each.pk, times={(None, ""): [NINE]})
    listing_replace(doctor_id=doctor.pk, times={})
    assert Listing.objects.get().doctor == other


def test_a_doctor_who_is_not_listed_keeps_no_rows() -> None:
    doctor = DoctorFactory()
    Listing.objects.create(doctor=doctor)
    listing_replace(doctor_id=doctor.pk, times={(None, ""): [NINE]})
    assert not Listing.objects.exists()


def test_one_statement_inside_a_bookings_transaction(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    doctor = DoctorFactory(listed=True)
    with django_assert_num_queries(1):
        listing_replace(doctor_id=doctor.pk, times={(None, ""): [NINE], (None, "video"): [NINE]})


def test_many_doctors_take_the_statement_of_one(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    listed, other, suspended = DoctorFactory(listed=True), DoctorFactory(listed=True), DoctorFactory()
    Listing.objects.create(doctor=suspended)
    Listing.objects.create(doctor=other, modality="video")
    later = at(1)
    with django_assert_num_queries(1):
        listings_replace(
            times={listed.pk: {(None, ""): [NINE]}, other.pk: {(None, ""): [later]}, suspended.pk: {(None, ""): [NINE]}}
        )
    rows = Listing.objects.order_by("doctor").values_list("doctor", "modality", "next_available_at")
    assert list(rows) == [(listed.pk, "", FIRST), (other.pk, "", later.start)]
