"""What became of a visit, said through the API: the same services as the day's buttons, for the same people."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.states import Status
from booking.tests.api.test_api import PROBLEM, signed_in
from booking.tests.factories import bookable_doctor
from booking.tests.services.test_appointment_attend import begun
from booking.tests.steps import at_the_desk_of, book, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit() -> Appointment:
    """It began a quarter of an hour ago."""
    return begun(bookable_doctor())


def say(user: User, appointment: Appointment, word: str) -> Any:
    return signed_in(user).post(f"/api/v1/appointments/{appointment.public_id}/{word}/")


def test_from_booked_to_arrived_back_and_to_done(visit: Appointment) -> None:
    doctor = user_of(visit.doctor)
    words = [("arrive", "arrived"), ("arrive", "arrived"), ("unarrive", "booked"), ("fulfil", "fulfilled")]
    for word, status in words:
        answer = say(doctor, visit, word)
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    told = Event.objects.filter(object_id=str(visit.public_id)).order_by("pk").values_list("action", flat=True)
    assert list(told) == ["appointment.arrived", "appointment.unarrived", "appointment.fulfilled"]


def test_the_desk_says_that_nobody_came_and_cannot_say_that_it_is_done(visit: Appointment) -> None:
    desk = at_the_desk_of(visit.location)
    refused = say(desk, visit, "fulfil")
    assert (refused.status_code, refused["Content-Type"]) == (403, PROBLEM)
    assert say(desk, visit, "missed").json()["status"] == Status.NOSHOW
    late = say(desk, visit, "arrive")
    assert (late.status_code, late.json()["code"], late.json()["current"]) == (409, "illegal_transition", "noshow")


def test_what_lies_ahead_is_too_early() -> None:
    ahead = book(bookable_doctor())
    for word in ("arrive", "fulfil", "missed"):
        answer = say(user_of(ahead.doctor), ahead, word)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_early")


@pytest.mark.parametrize("word", ["arrive", "unarrive", "fulfil", "missed"])
def test_nobody_else_says_it(visit: Appointment, word: str) -> None:
    assert say(user_of(visit.patient), visit, word).status_code == 403
    assert say(UserFactory.create(), visit, word).status_code == 404
    assert APIClient().post(f"/api/v1/appointments/{visit.public_id}/{word}/").status_code in (401, 403)
    assert signed_in(user_of(visit.doctor)).get(f"/api/v1/appointments/{visit.public_id}/{word}/").status_code == 405
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
