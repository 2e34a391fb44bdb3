from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from common import clock

WINTER = datetime(2027, 3, 2, 10, 20, tzinfo=UTC)
SUMMER = datetime(2027, 7, 6, 9, 20, tzinfo=UTC)
FIRST_HALF_PAST_ONE = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
SECOND_HALF_PAST_ONE = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 6, 1, 12, 0, tzinfo=UTC))


def shown(expression: str, **values: Any) -> str:
    return Template("{% load when %}{{ " + expression + " }}").render(Context(values))


@pytest.mark.parametrize(
    ("expression", "instant", "expected"),
    [
        ("at|long_date", WINTER, "Tuesday 2 March 2027"),
        ("at|short_date", WINTER, "Tue 2 Mar"),
        ("at|clock_time", WINTER, "10:20am"),
        ("at|clock_time", SUMMER, "10:20am"),
        ("at|date_time", SUMMER, "Tuesday 6 July, 10:20am"),
        ("at|zone_name", WINTER, "GMT"),
        ("at|zone_name", SUMMER, "BST"),
        ("at|clock_time", datetime(2027, 3, 2, 0, 5, tzinfo=UTC), "12:05am"),
        ("at|clock_time", datetime(2027, 3, 2, 12, 0, tzinfo=UTC), "12:00pm"),
        ("at|clock_time", datetime(2027, 3, 2, 23, 59, tzinfo=UTC), "11:59pm"),
        ("at|clock_time:'Asia/Kolkata'", WINTER, "3:50pm"),
        ("at|zone_name:'Asia/Kolkata'", WINTER, "IST"),
        ("at|zone_name:'Pacific/Apia'", WINTER, "UTC+13"),
        # Already the next day there.
        ("at|long_date:'Pacific/Apia'", datetime(2027, 3, 2, 12, 0, tzinfo=UTC), "Wednesday 3 March 2027"),
        ("at|local_time:'Asia/Kolkata'|date:'H:i'", WINTER, "10:20"),
    ],
)
def test_an_instant_in_words(expression: str, instant: datetime, expected: str) -> None:
    assert shown(expression, at=instant) == expected


def test_the_repeated_hour_says_which_one_it_is() -> None:
    assert shown("at|clock_time", at=FIRST_HALF_PAST_ONE) == "1:30am BST"
    assert shown("at|date_time", at=SECOND_HALF_PAST_ONE) == "Sunday 31 October, 1:30am GMT"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2027, 11, 27, 10, 0, tzinfo=UTC), "Saturday 27 November, 10:00am"),
        (datetime(2027, 11, 29, 10, 0, tzinfo=UTC), "Monday 29 November 2027, 10:00am"),
        (datetime(2026, 11, 29, 10, 0, tzinfo=UTC), "Sunday 29 November 2026, 10:00am"),
    ],
)
def test_half_a_year_away_the_year_is_said(at: datetime, said: str) -> None:
    assert shown("at|date_time", at=at) == said
    day = said.partition(",")[0]
    assert shown("at|plain_day", at=at.date()) == day
    assert shown("at|short_date", at=at.date()).endswith(str(at.year)) == day.endswith(str(at.year))


def test_what_waits_names_the_day_unless_it_is_today() -> None:
    now = clock.now()
    assert shown("at|moment", at=now) == shown("at|clock_time", at=now)
    assert shown("at|moment", at=now + timedelta(days=1)) == shown("at|date_time", at=now + timedelta(days=1))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-60, "12:30am BST to 1:00am BST"),
        (0, "1:30am BST to 1:00am GMT"),
        (60, "1:30am GMT to 2:00am GMT"),
        (120, "2:30am to 3:00am (GMT)"),
    ],
)
def test_a_stretch_says_its_zone_once_or_where_the_clocks_change_with_each_end(minutes: int, said: str) -> None:
    start = FIRST_HALF_PAST_ONE + timedelta(minutes=minutes)
    expression = "{% load when %}{% from_to start end zone %}"
    values = {"start": start, "end": start + timedelta(minutes=30), "zone": "Europe/London"}
    assert Template(expression).render(Context(values)) == said


def test_a_zone_is_never_said_twice() -> None:
    assert shown("at|zoned_time", at=SUMMER) == "10:20am BST"
    assert shown("at|zoned_time", at=FIRST_HALF_PAST_ONE) == "1:30am BST"
    assert shown("at|zone_aside", at=SUMMER) == " (BST)"
    assert shown("at|zone_aside", at=FIRST_HALF_PAST_ONE) == ""


def test_a_zone_can_be_given_as_an_object_or_be_empty() -> None:
    assert shown("at|clock_time:zone", at=SUMMER, zone=ZoneInfo("Asia/Kolkata")) == "2:50pm"
    assert shown("at|clock_time:zone", at=SUMMER, zone="") == "10:20am"


def test_a_date_is_written_as_the_day_it_is() -> None:
    assert shown("day|long_date", day=date(2027, 3, 2)) == "Tuesday 2 March 2027"


@pytest.mark.parametrize("name", ["long_date", "short_date", "clock_time", "date_time", "zone_name"])
def test_nothing_is_written_as_nothing(name: str) -> None:
    assert shown(f"at|{name}", at=None) == ""
