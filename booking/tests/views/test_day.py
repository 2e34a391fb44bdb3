from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory
from booking.models import Appointment, LocationClosure
from booking.services import appointment_approve, appointment_cancel
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.steps import book, told, user_of
from booking.tests.views.pages import CANARY, HTMX, text_of
from common import clock
from doctors.models import Doctor, Location
from notifications.models import Message

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
DAY, READ = "/my-day/", "/my-day/notices/read/"


@pytest.fixture
def client(as_user: SignIn, doctor: Doctor) -> Client:
    return as_user(doctor)


@pytest.fixture
def request_(doctor: Doctor) -> Appointment:
    doctor.visit_types.update(needs_approval=True)
    return book(doctor, reason=CANARY)


def tomorrow() -> str:
    return next_slot_start().astimezone(clock.clinic_zone()).date().isoformat()


def answer_path(appointment: Appointment, name: str) -> str:
    return reverse(f"booking:{name}", args=[appointment.public_id])


def test_the_day_lists_who_comes_when_and_why_they_come_is_not_in_it(client: Client, doctor: Doctor) -> None:
    appointment = book(doctor, reason=CANARY)
    page = client.get(DAY, {"date": tomorrow()})
    assert appointment.patient.name in text_of(page)
    assert "10:00am" in text_of(page)
    assert CANARY not in page.content.decode()


def test_without_a_date_it_is_today(client: Client) -> None:
    text = text_of(client.get(DAY))
    assert "My day, today" in text
    assert "Nothing booked on this day" in text


@pytest.mark.parametrize("wanted", ["x", "", "0001-01-01", "9999-12-31", "2199-12-31", "2000-01-01", "\x00"])
def test_any_date_shows_a_day(client: Client, wanted: str) -> None:
    assert client.get(DAY, {"date": wanted}).status_code == 200


def test_days_lead_to_their_neighbours(client: Client) -> None:
    page = client.get(DAY, {"date": "2027-03-01"}).content.decode()
    assert "Monday 1 March" in page
    assert "?date=2027-02-28" in page
    assert "?date=2027-03-02" in page


def test_the_day_has_no_other_doctors_patients(client: Client) -> None:
    other = AppointmentFactory.create(patient=PatientFactory.create(given_name="Zebedee"))
    assert other.patient.name not in client.get(DAY, {"date": tomorrow()}).content.decode()


def test_htmx_gets_the_day_and_its_title(client: Client) -> None:
    page, part = client.get(DAY), client.get(DAY, headers=HTMX)
    assert b"<html" in page.content
    assert b"<html" not in part.content
    assert '<div id="day"' in part.content.decode()
    assert "<title>My day" in part.content.decode()
    assert page.content.decode().count("<title>") == 1
    assert "HX-Request" in page["Vary"]


def test_a_request_is_approved_and_the_patient_told(client: Client, request_: Appointment) -> None:
    assert request_.patient.name in text_of(client.get(DAY))
    answer = client.post(answer_path(request_, "approve") + f"?date={tomorrow()}")
    assert answer["Location"] == f"{DAY}?date={tomorrow()}"
    request_.refresh_from_db()
    assert request_.status == Status.BOOKED
    assert told(request_.patient)[-1] == "appointment_booked"


def test_a_request_is_declined_and_the_patient_told(client: Client, request_: Appointment) -> None:
    assert client.post(answer_path(request_, "reject"))["Location"] == DAY
    request_.refresh_from_db()
    assert (request_.status, request_.cancel_reason) == (Status.CANCELLED, CancelReason.REJECTED)
    assert told(request_.patient)[-1] == "appointment_declined"


@pytest.mark.parametrize("name", ["approve", "reject"])
def test_answering_twice_is_answered_alike(client: Client, request_: Appointment, name: str) -> None:
    answers = [client.post(answer_path(request_, name)) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert len(told(request_.patient)) == 2


def test_htmx_gets_the_day_as_it_is_after_the_answer(client: Client, request_: Appointment) -> None:
    answer = client.post(answer_path(request_, "approve") + f"?date={tomorrow()}", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "Approve" not in text_of(answer)
    assert request_.patient.name in text_of(answer)
    assert json.loads(answer["HX-Trigger"])["toast"]["kind"] == "success"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_request_withdrawn_meanwhile_is_refused_on_the_day(
    client: Client, request_: Appointment, headers: dict[str, str]
) -> None:
    appointment_cancel(actor=user_of(request_.patient), appointment_id=request_.public_id)
    answer = client.post(answer_path(request_, "approve"), headers=headers)
    assert answer.status_code == 409
    assert "answered already" in text_of(answer)
    assert 'id="day"' in answer.content.decode()


def test_declining_what_was_approved_is_refused(client: Client, doctor: Doctor, request_: Appointment) -> None:
    appointment_approve(actor=user_of(doctor), appointment_id=request_.public_id)
    assert client.post(answer_path(request_, "reject")).status_code == 409
    request_.refresh_from_db()
    assert request_.status == Status.BOOKED


def test_a_request_that_lapsed_is_neither_shown_nor_approved(client: Client, request_: Appointment) -> None:
    Appointment.objects.filter(pk=request_.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    assert "Approve" not in text_of(client.get(DAY))
    assert client.post(answer_path(request_, "approve")).status_code == 409


def test_new_bookings_are_noticed_until_they_are_read(client: Client, doctor: Doctor) -> None:
    appointment = book(doctor)
    page = client.get(DAY)
    assert "New appointment" in text_of(page)
    assert f'href="{answer_path(appointment, "appointment_detail")}"' in page.content.decode()
    shown = [notice.id for notice in page.context["notices"]]
    book(doctor, start=next_slot_start(days_ahead=2))
    assert client.post(READ, {"notice": shown})["Location"] == DAY
    assert [notice.start for notice in client.get(DAY).context["notices"]] == [next_slot_start(2)]


def test_reading_notices_with_htmx_takes_them_off_the_day(client: Client, doctor: Doctor) -> None:
    book(doctor)
    shown = [notice.id for notice in client.get(DAY).context["notices"]]
    assert "New appointment" not in text_of(client.post(READ, {"notice": shown}, headers=HTMX))


def test_only_ones_own_notices_are_read(client: Client, doctor: Doctor) -> None:
    appointment = book(doctor)
    theirs = Message.objects.get(user=user_of(appointment.patient))
    client.post(READ, {"notice": [str(theirs.public_id), "x", ""]})
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_many_notices_come_in_steps(client: Client, doctor: Doctor) -> None:
    for days in range(1, 13):
        book(doctor, start=next_slot_start(days_ahead=days))
    page = client.get(DAY)
    assert len(page.context["notices"]) == 10
    assert "10+" in text_of(page)


def test_the_day_takes_the_same_statements_for_many(client: Client, doctor: Doctor) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            minutes = 30 * Appointment.objects.count()
            start = next_slot_start() + timedelta(minutes=minutes)
            AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=start, requested=True)

    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(DAY, {"date": tomorrow()}).status_code == 200
        return len(taken)

    add(2)
    statements()
    few = statements()
    add(6)
    # Two more than a public page may take: closures of a doctor's places, the site's banner and the bell are read too.
    assert statements() == few <= 15


def test_a_day_on_which_a_place_is_closed_says_so_and_what_stands(client: Client, doctor: Doctor) -> None:
    place, start = doctor.locations.get(), next_slot_start()
    day = start.astimezone(clock.clinic_zone()).date()
    LocationClosure.objects.create(location=place, first_day=day, last_day=day, label="Water pipe")
    told = text_of(client.get(DAY, {"date": tomorrow()}))
    assert f"{place.name} is closed on this day" in told
    assert "Water pipe. Nobody can book you there then." in told
    AppointmentFactory.create(doctor=doctor, start=start)
    assert "then; what is booked below still stands." in text_of(client.get(DAY, {"date": tomorrow()}))
    assert "is closed" not in text_of(client.get(DAY, {"date": (day + timedelta(days=1)).isoformat()}))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_is_are_shown(client: Client, doctor: Doctor, day: str) -> None:
    Location.objects.update(bank_holidays="ENG")
    assert client.get(DAY, {"date": day}).status_code == 200
