"""Appointments at a secret address, as a calendar fetches them, and the page on which people make one."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Patient, User
from accounts.tests.factories import CarerFactory, PatientFactory
from booking.models import Appointment, CalendarFeed
from booking.services import appointment_cancel, appointment_move, feed_make, feed_revoke
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.steps import book, share, user_of
from booking.tests.views.pages import CANARY
from booking.views import feeds
from common import clock
from common.limits import Limit
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
PATIENT, DOCTOR = CalendarFeed.Kind.PATIENT, CalendarFeed.Kind.DOCTOR


def address_of(person: Patient | Doctor) -> str:
    kind = PATIENT if isinstance(person, Patient) else DOCTOR
    return reverse("booking:feed", args=[feed_make(actor=user_of(person), kind=kind)])


def fetch(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


def events_at(path: str) -> dict[str, Any]:
    """The events by the reference that they tell."""
    answer = fetch(path)
    assert answer.status_code == 200
    found = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    return {re.findall(r"[A-Z0-9]{6,}", str(event["DESCRIPTION"]))[0]: event for event in found}


def test_a_patients_calendar_says_with_whom_when_where_and_which(doctor: Doctor, patient: Patient) -> None:
    Patient.objects.filter(pk=patient.pk).update(family_name="Quillfeather")
    appointment = book(doctor, patient=patient, reason=CANARY)
    answer = fetch(path := address_of(patient))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer
    event = events_at(path)[appointment.reference]
    assert event["SUMMARY"] == f"Appointment with {doctor.name}"
    assert event["LOCATION"] == f"{appointment.location.name}, {appointment.location.address}"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (appointment.start, appointment.end)
    assert event["DTSTART"].params["TZID"] == appointment.location.zone
    assert b"BEGIN:VTIMEZONE" in answer.content
    for unsaid in (CANARY, appointment.visit_type.name, "Quillfeather", user_of(patient).email):
        assert unsaid not in answer.content.decode()


def test_a_doctors_calendar_names_no_patient(doctor: Doctor) -> None:
    somebody = PatientFactory.create(given_name="Zephyrine", family_name="Quillfeather")
    appointment = book(doctor, patient=somebody, reason=CANARY)
    AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=next_slot_start(2), held=True)
    path = address_of(doctor)
    assert set(events_at(path)) == {appointment.reference}
    assert events_at(path)[appointment.reference]["SUMMARY"] == f"Appointment {appointment.reference}, in person"
    told = fetch(path).content.decode()
    for unsaid in ("Zephyrine", "Quillfeather", CANARY, appointment.visit_type.name, user_of(somebody).email):
        assert unsaid not in told


def test_what_moves_and_is_cancelled_is_followed(doctor: Doctor, patient: Patient) -> None:
    appointment, path = book(doctor, patient=patient), address_of(patient)
    before = events_at(path)[appointment.reference]
    new = appointment.start + timedelta(hours=1)
    appointment_move(actor=user_of(patient), appointment_id=appointment.public_id, start=new)
    moved = events_at(path)[appointment.reference]
    appointment_cancel(actor=user_of(patient), appointment_id=appointment.public_id)
    cancelled = events_at(path)[appointment.reference]
    assert moved["DTSTART"].dt == new
    assert before["UID"] == moved["UID"] == cancelled["UID"]
    assert before["SEQUENCE"] < moved["SEQUENCE"] < cancelled["SEQUENCE"]
    assert [event["STATUS"] for event in (before, moved, cancelled)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_it_reaches_thirty_days_back_and_everything_ahead(doctor: Doctor, patient: Patient) -> None:
    def at(days: int, **fields: Any) -> str:
        fields = {"visit_type": doctor.visit_types.get(), "patient": patient, **fields}
        return str(AppointmentFactory.create(start=next_slot_start(days), **fields).reference)

    told = [at(-29, status="fulfilled"), at(1), at(2, requested=True), at(200)]
    long_ago = clock.now() - timedelta(days=31)
    told.append(at(3, cancelled=True))
    untold = [at(-32), at(4, cancelled=True, cancelled_at=long_ago), at(5, status="entered-in-error")]
    found = events_at(address_of(patient))
    assert set(found) == set(told)
    assert not set(found) & set(untold)
    assert found[told[2]]["STATUS"] == "TENTATIVE"


def test_only_ones_own_are_in_it(doctor: Doctor, patient: Patient) -> None:
    """Not those of whom one helps, not those that are shared with one, and not what a doctor has as a patient."""
    helper = PatientFactory.create()
    CarerFactory.create(patient=patient, user=helper.user)
    share(book(doctor, patient=patient), user_of(helper))
    as_patient = PatientFactory.create(user=doctor.user)
    own = AppointmentFactory.create(patient=as_patient, start=next_slot_start(6))
    assert events_at(address_of(helper)) == {}
    assert own.reference not in events_at(address_of(doctor))


def test_a_calendar_that_has_it_already_is_told_so(doctor: Doctor, patient: Patient) -> None:
    appointment, path = book(doctor, patient=patient), address_of(patient)
    etag = fetch(path)["ETag"]
    again = fetch(path, if_none_match=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == "private, no-cache"
    appointment_cancel(actor=user_of(patient), appointment_id=appointment.public_id)
    changed = fetch(path, if_none_match=etag)
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_every_refusal_is_the_same_after_the_same_work(doctor: Doctor, patient: Patient) -> None:
    wrong = reverse("booking:feed", args=["no-such-address"])
    revoked, replaced, closed = address_of(patient), address_of(doctor), address_of(other := PatientFactory.create())
    feed_revoke(actor=user_of(patient), kind=PATIENT)
    feed_make(actor=user_of(doctor), kind=DOCTOR)
    User.objects.filter(pk=user_of(other).pk).update(is_active=False)
    answers = {}
    for path in (wrong, revoked, replaced, closed):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            answer = fetch(path)
        headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
        answers[path] = (answer.status_code, answer.content, headers, [one["sql"][:60] for one in statements])
    assert answers[wrong][0] == 404
    assert len({repr(one) for one in answers.values()}) == 1


def test_a_suspended_doctors_calendar_is_gone_at_once(doctor: Doctor) -> None:
    path = address_of(doctor)
    assert fetch(path).status_code == 200
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=True)
    assert fetch(path).content == fetch(reverse("booking:feed", args=["no-such-address"])).content


def test_a_suspended_doctors_page_offers_what_can_be_done_and_nothing_else(doctor: Doctor, as_user: SignIn) -> None:
    own, make, revoke = as_user(doctor), "/calendar/doctor/make/", "/calendar/doctor/revoke/"
    feed_make(actor=user_of(doctor), kind=DOCTOR)
    page = own.get(reverse("booking:feeds")).content.decode()
    assert (make in page, revoke in page, "This calendar is closed" in page) == (True, True, False)
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=True)
    page = own.get(reverse("booking:feeds")).content.decode()
    assert (make in page, revoke in page, "This calendar is closed" in page) == (False, True, True)


def test_its_statements_are_as_many_for_one_as_for_twenty(doctor: Doctor, patient: Patient) -> None:
    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert fetch(path).status_code == 200
        return len(found)

    paths = (address_of(patient), address_of(doctor))
    book(doctor, patient=patient)
    for path in paths:
        fetch(path)
    few = [statements(path) for path in paths]
    for hours in range(1, 7):
        book(doctor, patient=patient, start=next_slot_start(2) + timedelta(hours=hours - 1))
        book(doctor, start=next_slot_start(3) + timedelta(hours=hours - 1))
    assert [statements(path) for path in paths] == few
    assert max(few) <= 4


def test_too_many_fetches_are_refused_by_address_and_no_cache_forgets_them(
    monkeypatch: pytest.MonkeyPatch, patient: Patient, settings: Settings
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr(feeds, "FETCHES", Limit(name="few", most=2, within=timedelta(minutes=1)))
    path = address_of(patient)
    claimed = [f"10.0.0.{one}, 198.51.100.7" for one in range(4)]
    answers = [fetch(path, x_forwarded_for=chain) for chain in claimed]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[2]["Retry-After"] == "60"
    assert fetch(path, x_forwarded_for="198.51.100.8").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_sent_there(patient: Patient, method: str) -> None:
    path = address_of(patient)
    assert getattr(Client(), method)(path).status_code == 405


def test_no_log_holds_an_address(patient: Patient, doctor: Doctor, caplog: pytest.LogCaptureFixture) -> None:
    """Django warns of each 404 with its path; the installation's handler filters that (common.secret_paths)."""
    path = address_of(patient)
    token = path.split("/")[-1].removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        fetch(path)
        Client().post(path)
        feed_revoke(actor=user_of(patient), kind=PATIENT)
        fetch(path)
    for record in caplog.records:
        for one in logging.getLogger().handlers:
            one.filter(record)
    lines = [record.getMessage() for record in caplog.records]
    assert any("Not Found: /calendar/feed/-" in line for line in lines)
    assert token not in repr(lines)


def test_a_person_makes_one_sees_it_once_and_takes_it_back(as_user: SignIn, patient: Patient) -> None:
    client = as_user(patient)
    page = client.get("/calendar/")
    assert "Make an address" in page.content.decode()
    made = client.post("/calendar/patient/make/")
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    [path] = set(re.findall(r"/calendar/feed/[\w-]+\.ics", made.content.decode()))
    assert fetch(path).status_code == 200
    again = client.get("/calendar/").content.decode()
    assert "Make a new address" in again
    assert path not in again
    assert client.post("/calendar/patient/revoke/")["Location"] == "/calendar/"
    assert fetch(path).status_code == 404


def test_who_made_the_address_is_asked_once_more_who_they_are(
    as_user: SignIn, patient: Patient, settings: Settings
) -> None:
    client = as_user(patient)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answer = client.post("/calendar/patient/make/")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not CalendarFeed.objects.exists()


def test_the_page_is_for_patients_and_doctors(as_user: SignIn, patient: Patient, doctor: Doctor) -> None:
    assert Client().get("/calendar/").status_code == 302
    stranger = User.objects.create_user(email="stranger@example.org", password="x")
    assert as_user(stranger).get("/calendar/").status_code == 403
    assert as_user(patient).post("/calendar/doctor/make/").status_code == 404
    assert as_user(patient).post("/calendar/elses/make/").status_code == 404
    assert "My diary" in as_user(doctor).get("/calendar/").content.decode()
    assert "/calendar/" in as_user(patient).get("/appointments/").content.decode()
    assert "/calendar/" in as_user(doctor).get("/my-day/").content.decode()
    assert "/calendar/" in as_user(doctor).get("/availability/").content.decode()
    assert Appointment.objects.count() == 0
