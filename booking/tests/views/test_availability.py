from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Patient, User
from booking.forms.hours import LeaveForm
from booking.models import AvailabilityException, AvailabilityRule
from booking.templatetags.bookable import leave_span
from booking.tests.factories import AppointmentFactory, LeaveFactory, next_slot_start
from booking.tests.steps import book
from booking.tests.views.pages import key_on, text_of
from common import clock
from common.templatetags.when import wall_clock
from doctors.models import Doctor
from doctors.tests.factories import LocationFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
PAGE, ADD_RULE, ADD_LEAVE = "/availability/", "/availability/rules/add/", "/availability/leave/add/"
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def client(as_user: SignIn, doctor: Doctor) -> Client:
    return as_user(doctor)


def hours(doctor: Doctor, **changes: Any) -> dict[str, Any]:
    place = doctor.locations.get().pk
    return {"location": place, "weekday": "1", "start_time": "18:00", "end_time": "20:00", **changes}


def in_days(days: int) -> date:
    return clock.now().astimezone(clock.clinic_zone()).date() + timedelta(days=days)


def test_the_page_shows_hours_and_time_off(client: Client, doctor: Doctor) -> None:
    LeaveFactory.create(doctor=doctor, note="Conference")
    text = text_of(client.get(PAGE))
    assert "9:00am to 5:00pm" in text
    assert doctor.locations.get().name in text
    assert "Conference" in text


def test_a_doctor_without_hours_is_told_what_that_means(client: Client, doctor: Doctor) -> None:
    doctor.availability_rules.all().delete()
    assert "Until then nobody can book you" in text_of(client.get(PAGE))


def test_hours_are_added_for_ones_own_calendar(client: Client, doctor: Doctor) -> None:
    assert client.post(ADD_RULE, hours(doctor))["Location"] == PAGE
    rule = AvailabilityRule.objects.get(start_time=time(18))
    assert (rule.doctor, rule.weekday, rule.end_time, rule.valid_from) == (doctor, 1, time(20), in_days(0))


def test_pressing_add_twice_adds_once_and_is_answered_alike(client: Client, doctor: Doctor) -> None:
    data = hours(doctor, idempotency_key=key_on(client.get(PAGE)))
    assert [client.post(ADD_RULE, data).status_code for _ in range(2)] == [302, 302]
    assert AvailabilityRule.objects.filter(start_time=time(18)).count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"end_time": "17:00"}, "rule_end_time", "The end has to be later than the start."),
        ({"start_time": "12:00"}, "rule_start_time", "This overlaps your window"),
        ({"start_time": ""}, "rule_start_time", "Enter the time when these hours begin."),
        ({"start_time": "25:00"}, "rule_start_time", "Enter a real time, such as 09:30."),
        ({"weekday": "7"}, "rule_weekday", "Choose a day of the week."),
        (
            {"valid_from": "2027-03-02", "valid_until": "2027-03-01"},
            "rule_valid_until",
            "The last day cannot be before",
        ),
        ({"valid_until": "9999-12-31"}, "rule_valid_until", "Enter a day that is nearer."),
        ({"valid_from": "x"}, "rule_valid_from", "Enter a real day, such as 27/03/2027."),
    ],
)
def test_wrong_hours_are_refused_beside_the_field_and_kept(
    client: Client, doctor: Doctor, changes: dict[str, str], field: str, message: str
) -> None:
    answer = client.post(ADD_RULE, hours(doctor, **changes))
    assert answer.status_code == 422
    assert message in text_of(answer)
    page = answer.content.decode()
    assert f'href="#{field}"' in page
    assert f'id="{field}_error"' in page
    for value in (value for name, value in changes.items() if value and name != "weekday"):
        assert f'value="{value}"' in page
    assert AvailabilityRule.objects.filter(doctor=doctor).count() == 7


def test_a_place_where_the_doctor_does_not_work_is_no_choice(client: Client, doctor: Doctor) -> None:
    assert client.post(ADD_RULE, hours(doctor, location=LocationFactory.create().pk)).status_code == 422


def test_hours_are_removed_once_and_again_is_answered_alike(client: Client, doctor: Doctor) -> None:
    rule = doctor.availability_rules.first()
    assert rule is not None
    key = client.get(PAGE).context["removal_key"]
    path = reverse("booking:rule_remove", args=[rule.public_id])
    answers = [client.post(path, {"idempotency_key": key}) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [f"{PAGE}?removed={rule.public_id}"] * 2
    assert doctor.availability_rules.count() == 6


def test_one_page_removes_several(client: Client, doctor: Doctor) -> None:
    key = client.get(PAGE).context["removal_key"]
    for rule in doctor.availability_rules.all()[:3]:
        path = reverse("booking:rule_remove", args=[rule.public_id])
        assert client.post(path, {"idempotency_key": key}).status_code == 302
    assert doctor.availability_rules.count() == 4


def test_a_day_off_is_the_whole_day_in_the_clinics_zone(client: Client, doctor: Doctor) -> None:
    day = in_days(3)
    assert client.post(ADD_LEAVE, {"first_day": day.isoformat(), "note": "Conference"})["Location"] == PAGE
    leave = AvailabilityException.objects.get()
    assert (leave.doctor, leave.note) == (doctor, "Conference")
    assert leave.start == clock.start_of_day(day, clock.clinic_zone())
    assert leave.end == clock.end_of_day(day, clock.clinic_zone())


def test_time_off_names_the_appointments_in_it(client: Client, doctor: Doctor) -> None:
    inside, outside = book(doctor), book(doctor, start=next_slot_start(days_ahead=2))
    cancelled = AppointmentFactory.create(
        visit_type=doctor.visit_types.get(), start=next_slot_start(at=time(15)), cancelled=True
    )
    preview = client.post(ADD_LEAVE, {"first_day": in_days(1).isoformat()})
    assert not AvailabilityException.objects.exists()
    kept = {"first_day": in_days(1).isoformat(), "previewed": preview.context["previewed"], "standing": "keep"}
    page = client.post(ADD_LEAVE, kept, follow=True).content.decode()
    assert "1 appointment still stands in this time" in page
    assert reverse("booking:appointment_detail", args=[inside.public_id]) in page
    for other in (outside, cancelled):
        assert reverse("booking:appointment_detail", args=[other.public_id]) not in page


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"first_day": ""}, "leave_first_day", "Enter a day."),
        ({"first_day": "2027-03-03", "last_day": "2027-03-02"}, "leave_last_day", "The end has to be later"),
        (
            {"first_day": "2027-03-03", "from_time": "15:00", "until_time": "14:00"},
            "leave_until_time",
            "The end has to be",
        ),
        ({"first_day": "2020-03-03"}, "leave_last_day", "This time has passed already."),
        ({"first_day": "1999-03-03"}, "leave_first_day", "Enter a day that is not so long ago."),
        ({"first_day": "2027-03-03", "last_day": "9999-12-31"}, "leave_last_day", "Enter a day that is nearer."),
        ({"first_day": "2027-03-03", "note": "x" * 121}, "leave_note", "at most 120 characters"),
    ],
)
def test_wrong_time_off_is_refused_beside_the_field_and_kept(
    client: Client, data: dict[str, str], field: str, message: str
) -> None:
    answer = client.post(ADD_LEAVE, data)
    assert answer.status_code == 422
    assert message in text_of(answer)
    page = answer.content.decode()
    assert f'id="{field}_error"' in page
    for value in filter(None, data.values()):
        assert f'value="{value}"' in page
    assert not AvailabilityException.objects.exists()


def test_the_menu_still_says_where_one_is_when_the_form_comes_back(client: Client, doctor: Doctor) -> None:
    entry = r'<a href="/availability/" aria-current="{}"'
    assert re.search(entry.format("page"), client.get(PAGE).content.decode())
    for path, data in ((ADD_LEAVE, {}), (ADD_RULE, hours(doctor, start_time=""))):
        page = client.post(path, data).content.decode()
        assert re.search(entry.format("true"), page)
        assert not re.search(r'<a href="/my-day/" aria-current', page)


def test_time_off_is_removed(client: Client, doctor: Doctor) -> None:
    leave = LeaveFactory.create(doctor=doctor)
    path = reverse("booking:leave_remove", args=[leave.public_id])
    assert client.post(path)["Location"] == PAGE
    assert not AvailabilityException.objects.exists()
    assert client.post(path).status_code == 404


def test_the_page_takes_the_same_statements_for_many(client: Client, doctor: Doctor) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            days = 1 + AvailabilityException.objects.count()
            LeaveFactory.create(doctor=doctor, start=next_slot_start(days))
            AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=next_slot_start(days))

    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(PAGE).status_code == 200
        return len(taken)

    add(2)
    statements()
    few = statements()
    add(5)
    assert statements() == few <= 17


def test_no_two_controls_share_an_id(client: Client) -> None:

    ids = re.findall(r'\sid="([^"]+)"', client.get(PAGE).content.decode())
    assert len(ids) == len(set(ids))


def test_leave_that_begins_in_the_hour_that_the_clock_jumps_over() -> None:
    """On 28 March 2027 there is no 1:30am in London; time off from then begins when the clock has jumped."""
    form = LeaveForm({"first_day": "2027-03-28", "from_time": "01:30", "until_time": "04:00"})
    assert form.is_valid()
    assert form.start == datetime(2027, 3, 28, 1, 30, tzinfo=ZoneInfo("UTC"))
    assert form.end - form.start == timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((2027, 3, 28), (2027, 3, 29), "Sunday 28 March 2027"),
        ((2027, 3, 28), (2027, 3, 30), "Sunday 28 March 2027 to Monday 29 March 2027"),
        ((2027, 3, 28, 14), (2027, 3, 28, 16), "Sunday 28 March 2027, 2:00pm to 4:00pm"),
        ((2027, 3, 28, 14), (2027, 3, 29, 9), "Sunday 28 March 2027, 2:00pm to Monday 29 March 2027, 9:00am"),
    ],
)
def test_time_off_in_words(start: tuple[int, ...], end: tuple[int, ...], words: str) -> None:
    begins, ends = (datetime(*when, tzinfo=LONDON) for when in (start, end))  # type: ignore[arg-type, misc]
    assert leave_span(AvailabilityException(start=begins, end=ends)) == words


@pytest.mark.parametrize(("at", "words"), [(time(0), "12:00am"), (time(9, 5), "9:05am"), (time(12), "12:00pm")])
def test_a_wall_clock_time_in_words(at: time, words: str) -> None:
    assert wall_clock(at) == words
