from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from common import clock

LONDON = ZoneInfo("Europe/London")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")


def utc(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (date(2027, 3, 3), time(10, 20), LONDON, [utc(2027, 3, 3, 10, 20)]),
        (date(2027, 7, 3), time(10, 20), LONDON, [utc(2027, 7, 3, 9, 20)]),
        # Clocks go from 01:00 to 02:00: the last minute before, what is not there, the first after.
        (date(2027, 3, 28), time(0, 59), LONDON, [utc(2027, 3, 28, 0, 59)]),
        (date(2027, 3, 28), time(1, 0), LONDON, []),
        (date(2027, 3, 28), time(1, 59), LONDON, []),
        (date(2027, 3, 28), time(2, 0), LONDON, [utc(2027, 3, 28, 1, 0)]),
        # Clocks go from 02:00 to 01:00: the hour from one is there twice.
        (date(2027, 10, 31), time(0, 59), LONDON, [utc(2027, 10, 30, 23, 59)]),
        (date(2027, 10, 31), time(1, 0), LONDON, [utc(2027, 10, 31, 0, 0), utc(2027, 10, 31, 1, 0)]),
        (date(2027, 10, 31), time(1, 59), LONDON, [utc(2027, 10, 31, 0, 59), utc(2027, 10, 31, 1, 59)]),
        (date(2027, 10, 31), time(2, 0), LONDON, [utc(2027, 10, 31, 2, 0)]),
        # Half an hour of change, and a whole day that one island left out.
        (date(2027, 10, 3), time(2, 15), LORD_HOWE, []),
        (date(2027, 4, 4), time(1, 45), LORD_HOWE, [utc(2027, 4, 3, 14, 45), utc(2027, 4, 3, 15, 15)]),
        (date(2011, 12, 30), time(12, 0), APIA, []),
    ],
)
def test_the_instants_of_a_wall_clock_time(day: date, at: time, zone: ZoneInfo, expected: list[datetime]) -> None:
    assert clock.instants(day, at, zone) == expected


@pytest.mark.parametrize(
    ("instant", "ambiguous"),
    [
        (utc(2027, 10, 30, 23, 59), False),
        (utc(2027, 10, 31, 0, 0), True),
        (utc(2027, 10, 31, 1, 59), True),
        (utc(2027, 10, 31, 2, 0), False),
        (utc(2027, 3, 28, 1, 0), False),
    ],
)
def test_only_the_repeated_hour_is_ambiguous(instant: datetime, ambiguous: bool) -> None:  # noqa: FBT001
    assert clock.is_ambiguous(instant, LONDON) is ambiguous


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
