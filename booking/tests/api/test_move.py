from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory, UserFactory
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, share, told, user_of
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

HALF = timedelta(minutes=30)
PROBLEM = "application/problem+json"


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def appointment(doctor: Doctor) -> Appointment:
    return book(doctor, start=next_slot_start(3))


@pytest.fixture
def api(appointment: Appointment) -> APIClient:
    return signed_in(appointment.patient)


def signed_in(person: Patient | Doctor | User) -> APIClient:
    client = APIClient()
    client.force_login(person if isinstance(person, User) else user_of(person))
    return client


def move(client: APIClient, appointment: Appointment, start: datetime | str, key: str = "", **more: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"start": start if isinstance(start, str) else start.isoformat(), **more}
    return client.post(f"/api/v1/appointments/{appointment.public_id}/move/", body, format="json", headers=headers)


def test_it_is_the_same_appointment_at_another_time(api: APIClient, appointment: Appointment) -> None:
    later = appointment.start + HALF
    answer = move(api, appointment, later, location=appointment.location.slug)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["id"], said["reference"], said["status"]) == (
        str(appointment.public_id),
        appointment.reference,
        "booked",
    )
    assert said["start"] == f"{later:%Y-%m-%dT%H:%M:%SZ}"


def test_the_same_key_and_body_move_once(api: APIClient, appointment: Appointment) -> None:
    key, later = uuid4().hex, appointment.start + HALF
    answers = [move(api, appointment, later, key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.content for answer in answers}) == 1
    assert told(appointment.patient).count("appointment_moved") == 1
    reused = move(api, appointment, later + HALF, key)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")


def test_a_taken_time_names_three_others(api: APIClient, doctor: Doctor, appointment: Appointment) -> None:
    book(doctor, start=appointment.start + HALF)
    answer = move(api, appointment, appointment.start + HALF)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (409, PROBLEM, "slot_taken")
    others = answer.json()["alternatives"]
    assert len(others) == 3
    assert move(api, appointment, others[0]).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start": ""}, "start"),
        ({"start": "2027-03-01T10:00:00"}, "start"),
        ({"start": "tomorrow"}, "start"),
        ({"location": "no-such-place"}, "location"),
    ],
)
def test_what_is_wrong_is_named(api: APIClient, appointment: Appointment, body: dict[str, str], field: str) -> None:
    answer = move(api, appointment, **{"start": appointment.start.isoformat(), **body})
    assert answer.status_code == 422
    assert field in answer.json()["fields"]


def test_other_fields_change_nothing(api: APIClient, appointment: Appointment) -> None:
    move(api, appointment, appointment.start + HALF, price_minor=1, status="fulfilled", patient=str(uuid4()))
    after = Appointment.objects.get()
    assert (after.price_minor, after.status, after.patient_id) == (
        appointment.price_minor,
        "booked",
        appointment.patient_id,
    )


@pytest.mark.parametrize(
    ("state", "current", "told"),
    [
        ("cancelled", "cancelled", "can no longer be changed"),
        ("requested", "pending", "The doctor has been asked about this very time"),
        ("held", "pending", "not paid for yet"),
    ],
)
def test_what_is_not_booked_says_how_it_stands(doctor: Doctor, state: str, current: str, told: str) -> None:
    made = AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=next_slot_start(3), **{state: True})
    answer = move(signed_in(made.patient), made, made.start + HALF)
    assert (answer.status_code, answer.json()["code"], answer.json()["current"]) == (409, "illegal_transition", current)
    assert told in answer.json()["detail"]


def test_others_find_nothing_and_helpers_may_not(doctor: Doctor, appointment: Appointment) -> None:
    later, helper = appointment.start + HALF, UserFactory.create()
    share(appointment, helper)
    assert move(signed_in(PatientFactory.create()), appointment, later).status_code == 404
    assert move(signed_in(bookable_doctor()), appointment, later).status_code == 404
    assert move(signed_in(helper), appointment, later).status_code == 403
    assert move(APIClient(), appointment, later).status_code in (401, 403)
    assert move(signed_in(doctor), appointment, later).status_code == 200


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_only_post_moves(api: APIClient, appointment: Appointment, method: str) -> None:
    path = f"/api/v1/appointments/{appointment.public_id}/move/"
    assert getattr(api, method)(path, {"start": appointment.start.isoformat()}).status_code == 405
