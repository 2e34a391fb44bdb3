from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from notifications.quiet import quiet_end

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2027-07-06T20:59:00+01:00", None),
        ("2027-07-06T21:00:00+01:00", "2027-07-07T08:00:00+01:00"),
        ("2027-07-07T00:30:00+01:00", "2027-07-07T08:00:00+01:00"),
        ("2027-07-07T07:59:00+01:00", "2027-07-07T08:00:00+01:00"),
        ("2027-07-07T08:00:00+01:00", None),
        # The nights in which the clock is changed: eight is eight by the clock that people see.
        ("2027-03-27T22:00:00+00:00", "2027-03-28T08:00:00+01:00"),
        ("2027-10-30T22:00:00+01:00", "2027-10-31T08:00:00+00:00"),
        ("2027-10-31T01:30:00+00:00", "2027-10-31T08:00:00+00:00"),
    ],
)
def test_the_night_ends_by_the_clinics_clock(now: str, end: str | None) -> None:
    found = quiet_end(datetime.fromisoformat(now).astimezone(UTC), begins=time(21), ends=time(8), zone=LONDON)
    assert found == (datetime.fromisoformat(end) if end else None)


def test_hours_within_a_day_and_none_at_all() -> None:
    noon = datetime(2027, 7, 6, 12, tzinfo=UTC)
    assert quiet_end(noon, begins=time(12), ends=time(14), zone=LONDON) == datetime(2027, 7, 6, 13, tzinfo=UTC)
    assert quiet_end(noon, begins=time(8), ends=time(8), zone=LONDON) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # Half past one comes twice: the night is over after the second.
        ("2027-10-31T00:50:00+01:00", "2027-10-31T01:30:00+00:00"),
        ("2027-10-31T01:10:00+00:00", "2027-10-31T01:30:00+00:00"),
        # Or not at all: then the clock shows half past two.
        ("2027-03-28T00:50:00+00:00", "2027-03-28T02:30:00+01:00"),
        ("2027-03-28T02:10:00+01:00", None),
    ],
)
def test_no_night_ends_before_the_moment_that_is_asked_about(now: str, end: str | None) -> None:
    found = quiet_end(datetime.fromisoformat(now).astimezone(UTC), begins=time(21), ends=time(1, 30), zone=LONDON)
    assert found == (datetime.fromisoformat(end) if end else None)
