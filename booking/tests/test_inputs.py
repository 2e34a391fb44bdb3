from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from booking.inputs import day_or
from common.inputs import instant_or_none, uuid_or_none

OTHERWISE = date(2027, 3, 3)


@pytest.mark.parametrize(
    "text", ["2027-03-03T10:20:00Z", "2027-03-03T10:20:00+00:00", "2027-03-04T10:19:00+23:59", "2027-03-03 05:20-05:00"]
)
def test_an_instant_is_read_as_utc_whatever_its_offset(text: str) -> None:
    instant = instant_or_none(text)
    assert instant == datetime(2027, 3, 3, 10, 20, tzinfo=UTC)
    assert instant.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "\x00", "2027-03-03", "2027-03-03T10:20:00", "2027-02-30T10:20:00Z"),
        *("1999-12-31T10:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_names_no_instant_is_none(text: str) -> None:
    assert instant_or_none(text) is None


@pytest.mark.parametrize("text", [None, "", "\x00", "tomorrow", "2027-02-30", "0001-01-01", "9999-12-31"])
def test_what_names_no_day_is_the_other(text: str | None) -> None:
    assert day_or(text, OTHERWISE) == OTHERWISE


@pytest.mark.parametrize("text", ["", "\x00", "1", "a" * 36])
def test_what_names_no_uuid_is_none(text: str) -> None:
    assert uuid_or_none(text) is None
