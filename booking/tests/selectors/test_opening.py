"""When a place says that it is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from booking.models import LocationClosure
from booking.selectors import open_days_of
from common.templatetags.when import wall_clock
from doctors.models import Location
from doctors.states import BankHolidays
from doctors.tests.factories import LocationFactory

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 3, 22, 10, tzinfo=UTC)
NINE_TO_FIVE = (time(9), time(17))


def shown(place: Location, *week: tuple[int, time, time], now: datetime = MONDAY) -> dict[date, list[str]]:
    """The days on which the place is open, with the hours as its own clock shows them."""
    return {
        day.day: [
            " to ".join(wall_clock(edge.astimezone(place.time_zone).time()) for edge in span) for span in day.spans
        ]
        for day in open_days_of({place: week}, now=now)[place]
        if day.spans
    }


def test_the_week_begins_today_and_hours_that_touch_are_one() -> None:
    monday = [(0, time(9), time(12)), (0, time(12), time(13)), (0, time(14), time(17))]

    assert shown(LocationFactory.create(), *monday, (6, time(10), time(12))) == {
        date(2027, 3, 22): ["9:00am to 1:00pm", "2:00pm to 5:00pm"],
        date(2027, 3, 28): ["10:00am to 12:00pm"],
    }


def test_today_is_the_places_own_day() -> None:
    place = LocationFactory.create(zone="Pacific/Auckland")
    assert open_days_of({place: []}, now=MONDAY.replace(hour=12))[place][0].day == date(2027, 3, 23)


def test_closures_and_bank_holidays_are_taken_out_and_named() -> None:
    place = LocationFactory.create(bank_holidays=BankHolidays.ENGLAND)
    week = [(weekday, *NINE_TO_FIVE) for weekday in (0, 3, 4)]
    LocationClosure.objects.create(
        location=place,
        label="Staff training",
        first_day=date(2027, 3, 24),
        from_time=time(12),
        last_day=date(2027, 3, 25),
        until_time=time(14),
    )

    days = {day.day: day for day in open_days_of({place: week}, now=MONDAY)[place]}

    assert shown(place, *week)[date(2027, 3, 25)] == ["2:00pm to 5:00pm"]
    assert days[date(2027, 3, 25)].shut_for == "Staff training"
    assert (days[date(2027, 3, 26)].spans, days[date(2027, 3, 26)].shut_for) == ([], "Good Friday")
    assert days[date(2027, 3, 24)].shut_for == "", "it is never open on Wednesdays, so nothing shuts it"


def test_the_week_of_the_clock_change_keeps_the_hours_on_the_wall() -> None:
    place = LocationFactory.create()
    week = [(weekday, *NINE_TO_FIVE) for weekday in (5, 6)]

    assert set(map(tuple, shown(place, *week).values())) == {("9:00am to 5:00pm",)}
    hours = [day.spans[0].start.hour for day in open_days_of({place: week}, now=MONDAY)[place] if day.spans]
    assert hours == [9, 8], "Saturday in GMT, Sunday 28 March in BST"


def test_the_statements_do_not_grow_with_the_places(django_assert_num_queries: Callable[..., Any]) -> None:
    places = LocationFactory.create_batch(3)
    for place in places:
        LocationClosure.objects.create(
            location=place, label="Flood", first_day=date(2027, 3, 22), last_day=date(2027, 3, 22)
        )
    with django_assert_num_queries(1):
        found = open_days_of({place: [(0, *NINE_TO_FIVE)] for place in places}, now=MONDAY)
    assert {found[place][0].shut_for for place in places} == {"Flood"}
