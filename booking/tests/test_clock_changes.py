"""The nights in which the clock changes, in everything that tells a time: pages, mails, calendar files, the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

import icalendar
import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from booking.models import Appointment, CalendarFeed
from booking.services import feed_make
from booking.states import Status
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from booking.tests.views.pages import confirm_path, key_on, picker_path, text_of
from common import clock
from doctors.models import Doctor
from notifications.services import messages_deliver

pytestmark = pytest.mark.django_db

# 1:30am comes twice on 31 October 2027: first as summer time, an hour later as winter time.
BST, GMT = datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


@pytest.fixture
def days_before(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock to five days before."""

    def set_to(night: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: night - timedelta(days=5))

    return set_to


@pytest.fixture
def doctor() -> Doctor:
    """Half an hour each, from half past midnight to half past two."""
    return bookable_doctor(start=time(0, 30), end=time(2, 30))


def signed_in(patient: Patient) -> Client:
    client = Client()
    client.force_login(user_of(patient))
    return client


def offered(doctor: Doctor, day: str) -> list[datetime]:
    query = {"visit_type": str(doctor.visit_types.get().public_id), "first_day": day, "days": "1"}
    slots = Client().get(f"/api/v1/doctors/{doctor.slug}/slots/", query).json()
    return [cast("datetime", parse_datetime(slot["start"])) for slot in slots]


@pytest.mark.parametrize(("day", "many"), [("2027-03-28", 2), ("2027-10-31", 6), ("2027-03-29", 4), ("2027-10-30", 4)])
def test_a_night_offers_as_many_times_as_it_has(
    doctor: Doctor, days_before: Callable[[datetime], None], day: str, many: int
) -> None:
    days_before(datetime.fromisoformat(f"{day}T12:00+00:00"))
    starts = offered(doctor, day)
    assert len(set(starts)) == len(starts) == many
    page = Client().get(picker_path(doctor, **{"from": day}))
    shown = next(one for one in page.context["times"].days if one.day.isoformat() == day)
    assert shown.count == many


def test_half_past_one_that_comes_twice_is_two_appointments_everywhere(
    doctor: Doctor, days_before: Callable[[datetime], None], mailoutbox: list[EmailMessage]
) -> None:
    days_before(BST)
    patient: Patient = PatientFactory.create()
    client = signed_in(patient)
    by_page, by_api = _booked_by_page(client, doctor, BST), _booked_by_api(client, doctor, GMT)
    assert by_page.doctor == by_api.doctor
    assert {by_page.status, by_api.status} == {Status.BOOKED}

    messages_deliver()
    for appointment, start, said, other in ((by_page, BST, "1:30am BST", "GMT"), (by_api, GMT, "1:30am GMT", "BST")):
        assert appointment.start == start
        told_by_api = client.get(reverse("api_appointment", args=[appointment.public_id])).json()
        assert parse_datetime(told_by_api["start"]) == start
        page = text_of(client.get(reverse("booking:appointment_detail", args=[appointment.public_id])))
        assert said in page
        assert f"1:30am {other}" not in page
        mails = [mail for mail in mailoutbox if appointment.reference in str(mail.body)]
        assert {mail.to[0] for mail in mails} == {user_of(patient).email, user_of(doctor).email}
        for mail in mails:
            assert said in str(mail.body)
            assert f"1:30am {other}" not in str(mail.body)
            assert [_instant(event) for event in _attached(mail)] == [start]
        file = client.get(reverse("booking:calendar_file", args=[appointment.public_id])).content
        assert [_instant(event) for event in _events(file)] == [start]
    listed = text_of(client.get(reverse("booking:appointment_list")))
    assert listed.index("1:30am BST") < listed.index("1:30am GMT")
    for person, kind in ((patient, CalendarFeed.Kind.PATIENT), (doctor, CalendarFeed.Kind.DOCTOR)):
        path = reverse("booking:feed", args=[feed_make(actor=user_of(person), kind=kind)])
        assert sorted(_instant(event) for event in _events(Client().get(path).content)) == [BST, GMT]
    assert not {BST, GMT} & set(offered(doctor, "2027-10-31"))


def _booked_by_page(client: Client, doctor: Doctor, start: datetime) -> Appointment:
    path = confirm_path(doctor, start)
    page = client.get(path)
    assert "1:30am BST" in text_of(page)
    assert client.post(path, {"idempotency_key": key_on(page), "reason": ""}).status_code == 302
    return Appointment.objects.get()


def _booked_by_api(client: Client, doctor: Doctor, start: datetime) -> Appointment:
    body = {
        "visit_type": str(doctor.visit_types.get().public_id),
        "location": doctor.locations.get().slug,
        "start": start.isoformat(),
    }
    answer = client.post(reverse("api_appointments"), body, content_type="application/json")
    assert answer.status_code == 201
    return Appointment.objects.get(public_id=answer.json()["id"])


def _attached(mail: EmailMessage) -> list[Any]:
    files = [part for part in mail.message().walk() if part.get_content_type() == "text/calendar"]
    return [event for file in files for event in _events(cast("bytes", file.get_payload(decode=True)))]


def _events(content: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def _instant(event: Any) -> datetime:
    """What a calendar program makes of it. A time in a zone is read as the first of two, so the second is in UTC."""
    start: datetime = event["DTSTART"].dt
    return start.replace(fold=0).astimezone(UTC)
