"""The doctor's week: who comes when, what is free between them, and the weeks around it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory
from booking.models import Appointment
from booking.selectors.week import WeekDay
from booking.states import Status
from booking.tests.factories import AppointmentFactory, LeaveFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book
from booking.tests.views.pages import CANARY, HTMX, text_of
from common import clock
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
WEEK = "/my-day/week/"


@pytest.fixture
def client(as_user: SignIn, doctor: Doctor) -> Client:
    return as_user(doctor)


def day_shown(client: Client, day: date) -> WeekDay:
    days: list[WeekDay] = client.get(WEEK, {"date": day.isoformat()}).context["days"]
    return next(one for one in days if one.day == day)


def kinds(day: WeekDay) -> list[str]:
    return [f"{block.kind} {block.start.astimezone(block.zone):%H:%M}" for block in day.blocks]


def next_week(at: time = time(10)) -> datetime:
    return next_slot_start(7, at)


def test_a_day_is_its_visits_with_what_is_free_between_them(client: Client, doctor: Doctor) -> None:
    appointment = book(doctor, start=next_week(), reason=CANARY)
    day = clock.clinic_day(appointment.start)
    shown = day_shown(client, day)
    assert kinds(shown) == ["free 09:00", "booked 10:00", "free 10:30"]
    assert (shown.booked, shown.free) == (1, timedelta(hours=7, minutes=30))
    page = client.get(WEEK, {"date": day.isoformat()})
    assert f'href="/appointments/{appointment.public_id}/"' in page.content.decode()
    assert f'href="/my-day/?date={day.isoformat()}"' in page.content.decode()
    assert appointment.patient.name in text_of(page)
    assert CANARY not in page.content.decode()


def test_buffers_are_not_free_and_scraps_are_not_told(as_user: SignIn) -> None:
    doctor = bookable_doctor(buffer_before=10, buffer_after=26)
    book(doctor, start=next_week(time(9)))
    AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=next_week(time(10, 8)))
    shown = day_shown(as_user(doctor), clock.clinic_day(next_week()))
    assert kinds(shown) == ["booked 09:00", "booked 10:08", "free 11:04"]


def test_time_off_is_said_and_a_missed_visit_leaves_its_time_free(client: Client, doctor: Doctor) -> None:
    start = next_week()
    LeaveFactory.create(doctor=doctor, start=start + timedelta(hours=2), end=start + timedelta(hours=20))
    visit_type = doctor.visit_types.get()
    AppointmentFactory.create(visit_type=visit_type, start=start, status=Status.NOSHOW)
    AppointmentFactory.create(visit_type=visit_type, start=start + timedelta(hours=1), cancelled=True)
    shown = day_shown(client, clock.clinic_day(start))
    assert kinds(shown) == ["free 09:00", "booked 10:00", "away 12:00"]
    assert shown.booked == 0
    assert "Time off" in text_of(client.get(WEEK, {"date": shown.day.isoformat()}))


def test_it_begins_on_monday_and_leads_to_its_neighbours(client: Client) -> None:
    for day in ("2027-03-01", "2027-03-07"):
        page = client.get(WEEK, {"date": day})
        assert "1 March to 7 March" in text_of(page)
        assert "?date=2027-02-22" in page.content.decode()
        assert "?date=2027-03-08" in page.content.decode()
    assert "My week, this week" in text_of(client.get(WEEK))


@pytest.mark.parametrize("wanted", ["x", "", "9999-12-31", "2199-12-31", "2000-01-01", "\x00"])
def test_any_date_shows_a_week(client: Client, wanted: str) -> None:
    assert len(client.get(WEEK, {"date": wanted}).context["days"]) == 7


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-03-28", "The clocks change on Sunday 28 March: times are GMT before and BST after it."),
        ("2027-10-28", "The clocks change on Sunday 31 October: times are BST before and GMT after it."),
        ("2027-06-07", "Times are BST."),
    ],
)
def test_a_week_says_whose_clock_it_shows(client: Client, day: str, words: str) -> None:
    assert words in text_of(client.get(WEEK, {"date": day}))


@pytest.mark.parametrize(("day", "free"), [(date(2027, 3, 28), 1), (date(2027, 10, 31), 3), (date(2027, 10, 30), 2)])
def test_the_night_of_a_clock_change(as_user: SignIn, day: date, free: int) -> None:
    doctor = bookable_doctor(start=time(0, 30), end=time(2, 30))
    client = as_user(doctor)
    assert day_shown(client, day).free == timedelta(hours=free)
    if free != 3:
        return
    zone = clock.clinic_zone()
    for fold in (0, 1):
        start = datetime.combine(day, time(1, 30), zone).replace(fold=fold)
        AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=start.astimezone(UTC))
    text = text_of(client.get(WEEK, {"date": day.isoformat()}))
    assert "1:30am BST" in text
    assert "1:30am GMT" in text
    assert day_shown(client, day).free == timedelta(hours=2)


def test_days_are_those_of_the_place(as_user: SignIn) -> None:
    doctor = bookable_doctor(zone="Pacific/Auckland")
    zone = doctor.locations.get().time_zone
    monday = next_week().astimezone(zone).date() + timedelta(days=7 - next_week().astimezone(zone).weekday())
    start = clock.moment(monday, time(9), zone)
    AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=start)
    assert clock.clinic_day(start) < monday
    assert kinds(day_shown(as_user(doctor), monday)) == ["booked 09:00", "free 09:30"]


def test_no_other_doctors_patients_are_in_it(client: Client) -> None:
    other = AppointmentFactory.create(start=next_week(), patient=PatientFactory.create(given_name="Zebedee"))
    page = client.get(WEEK, {"date": clock.clinic_day(other.start).isoformat()})
    assert other.patient.name not in page.content.decode()


def test_a_doctor_without_hours_has_a_week(as_user: SignIn) -> None:
    client, day = as_user(bookable_doctor(weekdays=[])), clock.clinic_day(next_week())
    assert text_of(client.get(WEEK, {"date": day.isoformat()})).count("No hours") == 7
    # Whatever the hours were then, nobody says of the past that there were none.
    before = day - timedelta(days=21)
    assert "No hours" not in text_of(client.get(WEEK, {"date": before.isoformat()}))


def test_htmx_gets_the_week_and_its_title(client: Client) -> None:
    page, part = client.get(WEEK), client.get(WEEK, headers=HTMX)
    assert b"<html" in page.content
    assert b"<html" not in part.content
    assert '<div id="week"' in part.content.decode()
    assert "<title>My week" in part.content.decode()
    assert "HX-Request" in page["Vary"]


def test_the_week_takes_the_same_statements_for_many(client: Client, doctor: Doctor) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            start = next_week() + timedelta(minutes=30 * Appointment.objects.count())
            AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=start)

    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(WEEK, {"date": clock.clinic_day(next_week()).isoformat()}).status_code == 200
        return len(taken)

    add(2)
    statements()
    few = statements()
    add(6)
    assert statements() == few <= 13
