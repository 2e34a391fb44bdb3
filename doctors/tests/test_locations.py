from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from doctors.models import Location


@pytest.mark.parametrize(
    ("latitude", "longitude", "wrong"),
    [("51.5", None, "longitude"), (None, "-0.1", "latitude"), ("90.1", "0", "latitude"), ("51", "-180.1", "longitude")],
)
def test_a_position_is_whole_and_on_the_globe(latitude: str | None, longitude: str | None, wrong: str) -> None:
    degrees = [Decimal(value) if value else None for value in (latitude, longitude)]
    with pytest.raises(ValidationError) as refused:
        Location(latitude=degrees[0], longitude=degrees[1]).clean()
    assert list(refused.value.message_dict) == [wrong]


@pytest.mark.parametrize(("latitude", "longitude"), [(None, None), ("0", "0"), ("-90", "180")])
def test_a_place_may_have_none(latitude: str | None, longitude: str | None) -> None:
    degrees = [Decimal(value) if value else None for value in (latitude, longitude)]
    place = Location(latitude=degrees[0], longitude=degrees[1])
    place.clean()
    assert [place.latitude, place.longitude] == degrees
