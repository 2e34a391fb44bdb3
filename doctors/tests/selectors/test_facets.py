"""The counts beside the filters, held against the search that each of them stands for."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from doctors.models import Doctor, FacetCount, Listing, Location, Specialty
from doctors.places import place_called
from doctors.selectors import DoctorFilters, doctors_search, search_choices
from doctors.selectors import facets as module
from doctors.selectors.facets import FACETS
from doctors.selectors.filters import matching
from doctors.services import facets_fold, listing_replace
from doctors.services.listing import listing_close
from doctors.tests.factories import LocationFactory, SpecialtyFactory, VisitTypeFactory
from doctors.tests.selectors.listings import NOW, doctor_with_times

pytestmark = pytest.mark.django_db

WAYS = ("", "in_person", "video")


@pytest.fixture
def clinic() -> list[Doctor]:
    """Twelve doctors, each different."""
    chance = Random(4)
    fields, places = SpecialtyFactory.create_batch(3), LocationFactory.create_batch(3)
    doctors = []
    for _ in range(12):
        doctor = doctor_with_times(
            10,
            gender=chance.choice(["female", "male", "unknown"]),
            languages=["en", *chance.sample(["pl", "cy"], chance.randrange(3))],
            specialties=chance.sample(fields, chance.choice([1, 1, 2])),
            locations=chance.sample(places, chance.choice([1, 2])),
            modalities=WAYS[: chance.choice([2, 3])],
        )
        VisitTypeFactory(doctor=doctor, price_minor=chance.choice([0, 6000]))
        listing_replace(doctor_id=doctor.pk, times=_times_of(doctor))
        doctors.append(doctor)
    return doctors


def _times_of(doctor: Doctor) -> dict[tuple[int | None, str], Any]:
    return {(row.location_id, row.modality): row.free_times for row in Listing.objects.filter(doctor=doctor)}


def facets(**asked: Any) -> dict[str, dict[str, int]]:
    return {name: dict(counts) for name, counts in doctors_search(DoctorFilters(**asked), now=NOW).facets.items()}


def searches_say(**asked: Any) -> dict[str, dict[str, int]]:
    """The same by a search for each value."""
    choices, filters = search_choices(), DoctorFilters(**asked)
    return {
        name: {value: matching(_with(filters, {name: value}), choices).count() for value in counts}
        for name, counts in facets().items()
    }


def _with(filters: DoctorFilters, changed: dict[str, Any]) -> DoctorFilters:
    return replace(filters, **changed)


@pytest.mark.parametrize("is_folded", [False, True])
def test_they_are_what_the_searches_find(clinic: list[Doctor], *, is_folded: bool) -> None:
    if is_folded:
        facets_fold()
    field, place = Specialty.objects.earliest("pk").slug, Location.objects.earliest("pk").slug
    asked: list[dict[str, Any]] = [
        {},
        {"specialty": field},
        {"location": place, "modality": "video"},
        {"gender": "female", "language": "pl", "specialty": field},
        {"price": 3000, "location": place},
    ]
    for one in asked:
        assert facets(**one) == searches_say(**one), one
    assert sum(facets()["gender"].values()) > 0


def test_they_follow_whoever_comes_changes_and_goes(clinic: list[Doctor]) -> None:
    doctor = clinic[0]
    field, place = SpecialtyFactory.create(), LocationFactory.create()
    doctor.specialties.set([field])
    doctor.locations.set([place])
    Doctor.objects.filter(pk=doctor.pk).update(gender="male", languages=["ur"])
    listing_replace(doctor_id=doctor.pk, times={(None, ""): [], (place.pk, ""): []})
    assert facets() == searches_say()
    assert facets(language="ur")["specialty"][field.slug] == 1
    listing_close(clinic[1])
    clinic[2].delete()
    assert facets() == searches_say()
    for gone in Doctor.objects.all():
        listing_close(gone)
    facets_fold()
    assert not FacetCount.objects.exists()


def test_times_that_are_written_anew_change_no_count(clinic: list[Doctor]) -> None:
    before = list(FacetCount.objects.order_by("pk").values())
    listing_replace(doctor_id=clinic[0].pk, times={place: [] for place in _times_of(clinic[0])})
    assert list(FacetCount.objects.order_by("pk").values()) == before


def test_folding_leaves_one_row_a_key(clinic: list[Doctor]) -> None:
    facets_fold()
    keys = list(FacetCount.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))
    assert not FacetCount.objects.filter(doctors__lte=0).exists()


def test_a_language_that_is_said_twice_counts_once() -> None:
    doctor_with_times(10, languages=["en", "en"])
    assert facets()["language"]["en"] == 1


def test_where_too_many_would_have_to_be_looked_at_there_are_none(
    clinic: list[Doctor], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert facets(price=6000)
    monkeypatch.setattr(module, "LOOKED_AT", 11)
    assert facets(price=6000) == {}
    assert facets(price=0)


def test_nor_for_words_or_a_distance(clinic: list[Doctor]) -> None:
    assert facets(q=clinic[0].given_name) == facets(near=place_called("Leeds")) == {}


@pytest.mark.parametrize("asked", [{}, {"price": 6000}, {"gender": "male", "price": 1}])
def test_the_search_takes_five_statements_with_them(
    clinic: list[Doctor], asked: dict[str, Any], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(5):
        assert doctors_search(DoctorFilters(**asked), now=NOW).facets


def test_every_counted_filter_is_offered(clinic: list[Doctor]) -> None:
    assert set(facets()) == set(FACETS)
