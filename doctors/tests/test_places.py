from __future__ import annotations

import pytest

from doctors.models import Location
from doctors.places import AREAS, TOWNS, place_called

BRISTOL_CLINIC = Location(town="Bristol", postcode="BS1 4QA", latitude=51.4501, longitude=-2.6001)
VILLAGE_CLINIC = Location(town="Chew Magna", postcode="BS40 8SL", latitude=51.37, longitude=-2.61)
UNKNOWN_CLINIC = Location(town="Wookey", postcode="BA5 1JZ")
CLINICS = [BRISTOL_CLINIC, VILLAGE_CLINIC, UNKNOWN_CLINIC]


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


# Public geography from elsewhere than the table: each to a hundredth of a degree.
KNOWN = {
    "AB": ("Aberdeen", 57.15, -2.09),
    "B": ("Birmingham", 52.48, -1.90),
    "BT": ("Belfast", 54.60, -5.93),
    "CA": ("Carlisle", 54.90, -2.93),
    "CF": ("Cardiff", 51.48, -3.18),
    "CT": ("Canterbury", 51.28, 1.08),
    "EH": ("Edinburgh", 55.95, -3.19),
    "G": ("Glasgow", 55.86, -4.25),
    "IV": ("Inverness", 57.48, -4.22),
    "LL": ("Llandudno", 53.32, -3.83),
    "LS": ("Leeds", 53.80, -1.55),
    "M": ("Manchester", 53.48, -2.24),
    "NE": ("Newcastle upon Tyne", 54.98, -1.61),
    "NR": ("Norwich", 52.63, 1.30),
    "PL": ("Plymouth", 50.37, -4.14),
    "SO": ("Southampton", 50.90, -1.40),
    "TR": ("Truro", 50.26, -5.05),
    "WC": ("London WC", 51.51, -0.13),
    "ZE": ("Lerwick", 60.15, -1.14),
}
# From Jersey to Shetland, from Fermanagh to Lowestoft.
SOUTH, NORTH, WEST, EAST = 49.1, 60.9, -8.2, 1.8
FARTHEST_NEIGHBOUR_MILES = 110


def test_every_postcode_area_lies_in_the_united_kingdom_and_near_another() -> None:
    assert len(AREAS) == 124
    for area, place in AREAS.items():
        assert SOUTH < place.latitude < NORTH, area
        assert WEST < place.longitude < EAST, area
        others = (other for name, other in AREAS.items() if name != area)
        nearest = min(place.miles_to(other.latitude, other.longitude) for other in others)
        assert 0 < nearest < FARTHEST_NEIGHBOUR_MILES, area


@pytest.mark.parametrize("area", KNOWN)
def test_towns_that_everybody_knows_stand_where_they_are(area: str) -> None:
    town, latitude, longitude = KNOWN[area]
    assert AREAS[area].name == town
    assert AREAS[area].miles_to(latitude, longitude) < 3
