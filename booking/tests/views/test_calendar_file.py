from __future__ import annotations

from collections.abc import Callable

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient, User
from booking.services import appointment_cancel
from booking.tests.steps import book, user_of
from booking.tests.views.pages import CANARY
from common import clock
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]


def test_the_calendar_file_puts_it_in_and_takes_it_out(as_user: SignIn, doctor: Doctor, patient: Patient) -> None:
    client, appointment = as_user(patient), book(doctor, patient=patient, reason=CANARY)
    path = reverse("booking:calendar_file", args=[appointment.public_id])
    answer = client.get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{appointment.reference}.ics"'
    assert "no-store" in answer["Cache-Control"]
    put_in = event_of(answer.content)
    assert put_in["UID"].startswith(str(appointment.public_id))
    assert put_in["DTSTART"] == f"{appointment.start.astimezone(clock.clinic_zone()):%Y%m%dT%H%M%S}"
    assert CANARY not in answer.content.decode()
    appointment_cancel(actor=user_of(patient), appointment_id=appointment.public_id)
    taken_out = event_of(client.get(path).content)
    assert taken_out["UID"] == put_in["UID"]
    assert taken_out["STATUS"] == "CANCELLED"
    assert int(taken_out["SEQUENCE"]) > int(put_in["SEQUENCE"])


def event_of(content: bytes) -> dict[str, str]:
    """The properties of a calendar file's only event."""
    event = icalendar.Calendar.from_ical(content).walk("VEVENT")[0]
    return {str(name): value.to_ical().decode() for name, value in event.items()}
