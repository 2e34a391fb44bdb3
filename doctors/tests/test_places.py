from __future__ import annotations

import pytest

from doctors.models import Location
from doctors.places import AREAS, TOWNS, place_called

BRISTOL_CLINIC = Location(town="Bristol", postcode="BS1 4QA", latitude=51.4501, longitude=-2.6001)
VILLAGE_CLINIC = Location(town="Chew Magna", postcode="BS40 8SL", latitude=51.37, longitude=-2.61)
UNKNOWN_CLINIC = Location(town="Wookey", postcode="BA5 1JZ")
CLINICS = [BRISTOL_CLINIC, VILLAGE_CLINIC, UNKNOWN_CLINIC]


def test_every_postcode_area_of_the_united_kingdom_lies_in_or_about_it() -> None:
    assert len(AREAS) == 124
    assert all(49 < place.latitude < 61 and -8 < place.longitude < 2 for place in AREAS.values())


@pytest.mark.parametrize("text", ["BS8", "bs8 1th", "BS81TH", " bs ", "Bristol", "BRISTOL"])
def test_a_town_or_a_postcode_is_found_by_its_area(text: str) -> None:
    place = place_called(text)
    assert place is not None
    assert (place.latitude, place.longitude) == (51.45, -2.59)


def test_of_a_postcode_no_more_than_half_is_kept() -> None:
    place = place_called("bs8 1th")
    assert place is not None
    assert place.name == "BS8"


@pytest.mark.parametrize(("text", "latitude"), [("BS1", 51.4501), ("BS1 9ZZ", 51.4501), ("chew magna", 51.37)])
def test_a_clinic_tells_its_own_half_postcode_and_town_better(text: str, latitude: float) -> None:
    place = place_called(text, CLINICS)
    assert place is not None
    assert place.latitude == latitude


@pytest.mark.parametrize("text", ["", "XX1", "ZZ", "Atlantis", "Wookey", "1", "BS1 4QA 7", "M1 1AE Manchester"])
def test_what_is_neither_is_no_place(text: str) -> None:
    assert place_called(text, CLINICS) is None


@pytest.mark.parametrize(
    ("one", "other", "miles"), [("LONDON", "EDINBURGH", 332), ("BRISTOL", "BATH", 11), ("TRURO", "LERWICK", 699)]
)
def test_distances_are_those_of_the_map(one: str, other: str, miles: int) -> None:
    away = TOWNS[other]
    assert TOWNS[one].miles_to(away.latitude, away.longitude) == pytest.approx(miles, rel=0.02)
    assert TOWNS[one].miles_to(TOWNS[one].latitude, TOWNS[one].longitude) == 0
