"""Why somebody comes is read on the appointment's own page, and nowhere else."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Patient, User
from audit.models import Event
from booking.models import Appointment
from booking.tests.views.pages import CANARY, confirm_path, key_on
from common.models import IdempotencyRecord
from doctors.models import Doctor
from notifications.models import Message

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]


def test_the_reason_is_in_no_list_mail_address_log_or_record(
    as_user: SignIn, doctor: Doctor, patient: Patient, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    settings.SMS_PROVIDER = "development"
    own, doctors = as_user(patient), as_user(doctor)
    with caplog.at_level(logging.DEBUG):
        key = key_on(own.get(confirm_path(doctor)))
        answer = own.post(confirm_path(doctor), {"reason": CANARY, "idempotency_key": key})
        appointment = Appointment.objects.get()
        taken = own.post(confirm_path(doctor), {"reason": CANARY, "idempotency_key": key})
        pages = [
            own.get("/appointments/"),
            own.get("/home/"),
            own.get("/account/notices/"),
            own.get("/account/notifications/"),
            own.get(reverse("booking:cancel", args=[appointment.public_id])),
            own.get(reverse("booking:calendar_file", args=[appointment.public_id])),
            own.get("/api/v1/appointments/"),
            own.get(f"/api/v1/appointments/{appointment.public_id}/"),
            doctors.get("/my-day/", {"date": appointment.start.date().isoformat()}),
            doctors.get("/availability/"),
        ]
        own.post(reverse("booking:cancel", args=[appointment.public_id]))
    assert appointment.reason == CANARY
    assert all(page.status_code == 200 and CANARY not in page.content.decode() for page in pages)
    assert CANARY not in answer["Location"]
    assert CANARY not in taken["Location"]
    assert CANARY not in caplog.text
    told = list(Message.objects.all())
    assert {message.channel for message in told} == {"email", "sms"}
    assert CANARY not in json.dumps([[message.facts, message.dedupe_key, message.about] for message in told])
    for rows in (Event.objects.values(), IdempotencyRecord.objects.values(), Appointment.history.values()):
        assert rows
        assert CANARY not in repr(list(rows))
