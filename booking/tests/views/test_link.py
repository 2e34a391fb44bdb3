"""The pages behind the link of a mail: what they ask, what they show, and to whom."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory
from audit.models import Event
from booking.links import link_path
from booking.models import Appointment
from booking.templatetags.moving import move_path
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.steps import book, user_of
from booking.tests.views.pages import CANARY, HTMX, body_of, key_on, text_of
from booking.views.doors import _PROOFS
from common import clock
from common.templatetags.when import date_time
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
BORN = {"birth_date_day": "27", "birth_date_month": "3", "birth_date_year": "1986"}
WRONG = {**BORN, "birth_date_year": "1987"}
PAGES = ("linked", "linked_move", "linked_move_confirm", "linked_cancel")


@pytest.fixture
def appointment(doctor: Doctor, patient: Patient) -> Appointment:
    Patient.objects.filter(pk=patient.pk).update(given_name="Zephyrine", family_name="Quillfeather")
    return book(doctor, patient=patient, start=next_slot_start(3), reason=CANARY)


def link_of(appointment: Appointment) -> str:
    return link_path(appointment, user_of(appointment.patient))


def path_of(appointment: Appointment, page: str = "linked") -> str:
    return reverse(f"booking:{page}", args=[appointment.public_id])


@pytest.fixture
def inside(appointment: Appointment) -> Client:
    """A browser in which the date of birth was right."""
    client = Client()
    answer = client.post(link_of(appointment), BORN)
    assert (answer.status_code, answer["Location"]) == (302, path_of(appointment))
    return client


def without_address(answer: Any, path: str) -> str:
    return body_of(answer).replace(path, "")


def test_it_asks_for_the_date_of_birth_and_shows_nothing_before(appointment: Appointment) -> None:
    page = Client().get(link_of(appointment))
    assert page.status_code == 200
    for unsaid in (
        appointment.reference,
        appointment.doctor.name,
        "Quillfeather",
        date_time(appointment.start),
        CANARY,
    ):
        assert unsaid not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_every_address_is_asked_and_refused_alike(appointment: Appointment, patient: Patient) -> None:
    gone = book(appointment.doctor, patient=patient, start=next_slot_start(4))
    over = link_of(gone)
    Appointment.objects.filter(pk=gone.pk).update(calendar_sequence=1)
    right, nothing = link_of(appointment), reverse("booking:link", args=["nothing"])
    asked = {without_address(Client().get(path), path) for path in (right, over, nothing)}
    assert len(asked) == 1
    refused = [Client().post(path, born) for path, born in ((right, WRONG), (over, BORN), (nothing, BORN))]
    assert {answer.status_code for answer in refused} == {422}
    pages = zip(refused, (right, over, nothing), strict=True)
    bodies = {without_address(answer, path).replace("1987", "1986") for answer, path in pages}
    assert len(bodies) == 1
    assert "This date of birth does not open an appointment with this link." in text_of(refused[0])
    assert 'value="27"' in refused[0].content.decode()
    assert not any(answer.cookies.get(site.SESSION_COOKIE_NAME) for answer in refused)


@pytest.mark.parametrize("typed", [{}, {**BORN, "birth_date_month": "13"}, {**BORN, "birth_date_year": "nineteen"}])
def test_what_is_no_date_is_said_and_not_counted(appointment: Appointment, typed: dict[str, str]) -> None:
    for _ in range(8):
        answer = Client().post(link_of(appointment), typed)
        assert answer.status_code == 422
    assert not Event.objects.filter(action="appointment.link_refused").exists()
    assert Client().post(link_of(appointment), BORN).status_code == 302


def test_the_sixth_date_is_refused_whatever_address_a_caller_claims(appointment: Appointment) -> None:
    for number in range(5):
        claimed = {"x_forwarded_for": f"198.51.100.{number}, 10.0.0.{number}"}
        assert Client().post(link_of(appointment), WRONG, headers=claimed).status_code == 422
    last = Client().post(link_of(appointment), BORN, headers={"x_forwarded_for": "203.0.113.1"})
    assert last.status_code == 422
    addresses = Event.objects.filter(action="appointment.link_refused").values_list("address", flat=True)
    assert set(addresses) == {"127.0.0.1"}


def test_too_many_tries_of_one_caller_are_said_to_be_that(
    appointment: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        Client().post(reverse("booking:link", args=[f"nothing{number}"]), BORN)
    answer = Client().post(link_of(appointment), BORN)
    assert answer.status_code == 429
    assert "too many tries" in text_of(answer)


def test_behind_it_are_time_place_doctor_and_reference_and_nothing_else(
    inside: Client, appointment: Appointment, patient: Patient
) -> None:
    AppointmentFactory.create(patient=patient, reference="OTHERONE", start=next_slot_start(9))
    confirm = move_path(path_of(appointment, "linked_move_confirm"), appointment.location, next_slot_start(4))
    pages = [path_of(appointment), path_of(appointment, "linked_move"), confirm, path_of(appointment, "linked_cancel")]
    answers = {path: inside.get(path) for path in pages}
    assert {answer.status_code for answer in answers.values()} == {200}
    shown = text_of(answers[path_of(appointment)])
    for said in (
        date_time(appointment.start),
        appointment.location.name,
        appointment.doctor.name,
        appointment.reference,
    ):
        assert said in shown
    for answer in answers.values():
        assert "no-store" in answer["Cache-Control"]
        for unsaid in (CANARY, appointment.visit_type.name, "Quillfeather", "OTHERONE", user_of(patient).email):
            assert unsaid not in answer.content.decode()


def test_it_is_no_sign_in(inside: Client, appointment: Appointment, doctor: Doctor, patient: Patient) -> None:
    other = book(doctor, patient=patient, start=next_slot_start(4))
    assert "_auth_user_id" not in inside.session
    for path in (
        "/appointments/",
        "/home/",
        "/calendar/",
        "/account/profile/",
        "/account/record-access/",
        reverse("booking:appointment_detail", args=[appointment.public_id]),
        reverse("booking:move", args=[appointment.public_id]),
        reverse("booking:cancel", args=[appointment.public_id]),
        reverse("booking:calendar_file", args=[appointment.public_id]),
    ):
        answer = inside.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/account/login/"), path
    assert inside.get(f"/api/v1/appointments/{appointment.public_id}/").status_code == 401
    for page in PAGES:
        assert inside.get(path_of(other, page)).status_code == 404
    assert inside.post(path_of(other, "linked_cancel")).status_code == 404


def test_nobody_else_comes_in(as_user: SignIn, inside: Client, appointment: Appointment, doctor: Doctor) -> None:
    """Not even the patient who is signed in: there is a page of their own for them."""
    for client in (Client(), as_user(PatientFactory.create()), as_user(doctor), as_user(appointment.patient)):
        for page in PAGES:
            assert client.get(path_of(appointment, page)).status_code == 404
        assert client.post(path_of(appointment, "linked_cancel")).status_code == 404
    appointment.refresh_from_db()
    assert appointment.status == "booked"


def test_a_proof_is_over_after_twenty_minutes(inside: Client, appointment: Appointment) -> None:
    session = inside.session
    [(held, until)] = session[_PROOFS].items()
    kept = parse_datetime(until)
    assert kept
    assert timedelta(minutes=19) < kept - clock.now() <= timedelta(minutes=20)
    session[_PROOFS] = {held: clock.now().isoformat()}
    session.save()
    for page in PAGES:
        assert inside.get(path_of(appointment, page)).status_code == 404
    assert inside.post(path_of(appointment, "linked_cancel")).status_code == 404


def test_the_session_gets_a_new_name_with_the_proof(appointment: Appointment) -> None:
    """Whoever put a session of their own into the patient's browser does not come along."""
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = client.cookies[site.SESSION_COOKIE_NAME].value
    client.post(link_of(appointment), BORN)
    assert client.cookies[site.SESSION_COOKIE_NAME].value != before


def test_it_is_moved_and_the_page_says_who_is_told(inside: Client, appointment: Appointment) -> None:
    new = appointment.start + timedelta(hours=1)
    times = inside.get(path_of(appointment, "linked_move"))
    path = move_path(path_of(appointment, "linked_move_confirm"), appointment.location, new)
    assert path.replace("&", "&amp;") in times.content.decode()
    assert reverse("booking:move_confirm", args=[appointment.public_id]) not in times.content.decode()
    key = key_on(page := inside.get(path))
    assert "Instead of" in text_of(page)
    answer = inside.post(path, {"idempotency_key": key, "seen": "0"})
    assert (answer.status_code, answer["Location"]) == (302, path_of(appointment))
    shown = text_of(inside.get(path_of(appointment)))
    assert f"The appointment is now on {date_time(new)}" in shown
    assert "We email the new time to you and" in shown
    again = inside.post(path, {"idempotency_key": key, "seen": "0"})
    assert again.status_code == 302
    appointment.refresh_from_db()
    assert (appointment.start, appointment.calendar_sequence) == (new, 1)


def test_htmx_gets_the_times_alone(inside: Client, appointment: Appointment) -> None:
    part = inside.get(path_of(appointment, "linked_move"), headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="slots"')
    assert "linked" not in part
    assert re.search(rf'href="{path_of(appointment, "linked_move_confirm")}\?', part)


def test_a_time_just_taken_leads_to_others_by_the_same_door(
    inside: Client, appointment: Appointment, doctor: Doctor
) -> None:
    new = appointment.start + timedelta(hours=1)
    path = move_path(path_of(appointment, "linked_move_confirm"), appointment.location, new)
    key = key_on(inside.get(path))
    book(doctor, patient=PatientFactory.create(), start=new)
    answer = inside.post(path, {"idempotency_key": key, "seen": "0"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert len(re.findall(rf'formaction="{path_of(appointment, "linked_move_confirm")}', page)) == 3
    assert "/appointments/" not in re.sub(r"<header.*?</header>|<footer.*?</footer>", "", page, flags=re.DOTALL)


def test_another_visit_at_that_time_is_not_told(inside: Client, appointment: Appointment, patient: Patient) -> None:
    """That there is one cannot be hidden from whoever may take the time; with whom it is can."""
    new = appointment.start + timedelta(hours=1)
    other = AppointmentFactory.create(patient=patient, start=new, reference="OTHERONE")
    path = move_path(path_of(appointment, "linked_move_confirm"), appointment.location, new)
    key = key_on(page := inside.get(path))
    assert page.status_code == 200
    answer = inside.post(path, {"idempotency_key": key, "seen": "0"})
    assert answer.status_code == 409
    assert "You already have an appointment at that time." in text_of(answer)
    for shown in (page, answer):
        for unsaid in (other.doctor.name, "OTHERONE", str(other.public_id)):
            assert unsaid not in shown.content.decode()


def test_it_is_cancelled_after_one_question(inside: Client, appointment: Appointment) -> None:
    page = inside.get(path_of(appointment, "linked_cancel"))
    assert "Cancel this appointment?" in text_of(page)
    answer = inside.post(path_of(appointment, "linked_cancel"))
    assert answer["Location"] == path_of(appointment)
    shown = text_of(inside.get(path_of(appointment)))
    assert "This appointment is cancelled" in shown
    assert "It was cancelled by you." in shown
    assert "Change the time" not in shown
    assert inside.post(link_of(appointment), BORN).status_code == 422


def test_what_the_practice_cancels_meanwhile_is_said(inside: Client, appointment: Appointment, doctor: Doctor) -> None:
    AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=next_slot_start(6))
    Appointment.objects.filter(pk=appointment.pk).update(status="cancelled", cancel_reason="doctor")
    answer = inside.get(path_of(appointment, "linked_move"))
    assert "This appointment is cancelled" in text_of(answer)
    assert inside.post(path_of(appointment, "linked_cancel")).status_code == 302


@pytest.mark.parametrize("page", ["linked", "linked_move"])
def test_pages_that_only_show_take_nothing(inside: Client, appointment: Appointment, page: str) -> None:
    assert inside.post(path_of(appointment, page)).status_code == 405


def test_no_log_holds_a_link_or_a_date_of_birth(appointment: Appointment, caplog: pytest.LogCaptureFixture) -> None:
    path = link_of(appointment)
    with caplog.at_level(logging.DEBUG):
        Client().put(path)
        Client().post(path, WRONG)
        Client().post(path, BORN)
        Client(enforce_csrf_checks=True).post(path, BORN)
    for record in caplog.records:
        for handler in logging.getLogger().handlers:
            handler.filter(record)
    lines = repr([record.getMessage() for record in caplog.records])
    assert "/visits/link/-" in lines
    assert path.split("/")[-2] not in lines
    assert "1986" not in lines
    assert "1986" not in repr(list(Event.objects.values("data", "object_id", "object_type")))
