"""When a place says that it is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from booking.models import LocationClosure
from booking.selectors import open_days_of
from booking.tests.factories import RuleFactory
from common.templatetags.when import wall_clock
from doctors.models import Location
from doctors.states import BankHolidays
from doctors.tests.factories import DoctorFactory, LocationFactory

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 3, 22, 10, tzinfo=UTC)


def shown(place: Location, *, now: datetime = MONDAY, days: int = 7) -> dict[date, list[str]]:
    """The days on which the place is open, with the hours as its own clock shows them."""
    return {
        day.day: [
            " to ".join(wall_clock(edge.astimezone(place.time_zone).time()) for edge in span) for span in day.spans
        ]
        for day in open_days_of([place], now=now, days=days)[place.pk]
        if day.spans
    }


def test_a_place_is_open_while_any_listed_doctor_works_there() -> None:
    place = LocationFactory.create()
    for number, (start, end) in enumerate(((time(9), time(12)), (time(11), time(13)), (time(14), time(17)))):
        doctor = DoctorFactory.create(listed=True, family_name=f"Number{number}", locations=[place])
        RuleFactory.create(doctor=doctor, start_time=start, end_time=end)
    RuleFactory.create(doctor=DoctorFactory.create(locations=[place]), start_time=time(6), end_time=time(22))

    assert shown(place) == {date(2027, 3, 22): ["9:00am to 1:00pm", "2:00pm to 5:00pm"]}


def test_hours_outside_their_dates_and_at_other_places_open_nothing() -> None:
    place = LocationFactory.create()
    doctor = DoctorFactory.create(listed=True, locations=[place])
    RuleFactory.create(doctor=doctor, valid_until=date(2027, 3, 21))
    RuleFactory.create(doctor=doctor, valid_from=date(2027, 3, 29))
    RuleFactory.create(doctor=doctor, location=LocationFactory.create())

    assert shown(place) == {}
    assert list(shown(place, days=8)) == [date(2027, 3, 29)]


def test_closures_and_bank_holidays_are_taken_out_and_named() -> None:
    place = LocationFactory.create(bank_holidays=BankHolidays.ENGLAND)
    doctor = DoctorFactory.create(listed=True, locations=[place])
    for weekday in (0, 3, 4):
        RuleFactory.create(doctor=doctor, weekday=weekday)
    LocationClosure.objects.create(
        location=place,
        label="Staff training",
        first_day=date(2027, 3, 25),
        from_time=time(12),
        last_day=date(2027, 3, 25),
        until_time=time(14),
    )

    days = {day.day: day for day in open_days_of([place], now=MONDAY)[place.pk]}

    assert shown(place)[date(2027, 3, 25)] == ["9:00am to 12:00pm", "2:00pm to 5:00pm"]
    assert days[date(2027, 3, 25)].shut_for == "Staff training"
    assert (days[date(2027, 3, 26)].spans, days[date(2027, 3, 26)].shut_for) == ([], "Good Friday")
    assert days[date(2027, 3, 24)].shut_for == "", "nobody works on Wednesdays, so nothing shuts the place"


def test_the_week_of_the_clock_change_keeps_the_hours_on_the_wall() -> None:
    place = LocationFactory.create()
    doctor = DoctorFactory.create(listed=True, locations=[place])
    for weekday in (5, 6):
        RuleFactory.create(doctor=doctor, weekday=weekday)

    assert set(map(tuple, shown(place).values())) == {("9:00am to 5:00pm",)}
    hours = [day.spans[0].start.hour for day in open_days_of([place], now=MONDAY)[place.pk] if day.spans]
    assert hours == [9, 8], "Saturday in GMT, Sunday 28 March in BST"


def test_the_statements_are_two_however_many_places(django_assert_num_queries: Callable[..., Any]) -> None:
    places = LocationFactory.create_batch(3)
    for place in places:
        RuleFactory.create(doctor=DoctorFactory.create(listed=True, locations=[place]))
    with django_assert_num_queries(2):
        assert len(open_days_of(places, now=MONDAY)) == len(places)
