"""One free time, asked for by the form and by the API in the same moment. The controls are in test_booking.py."""

from __future__ import annotations

import http
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.tests.factories import PatientFactory
from booking.models import Appointment
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import user_of
from booking.tests.views.pages import confirm_path
from doctors.models import Doctor
from tests.races.conftest import CLIENTS, Together, overlaps

BACKEND = "accounts.backends.AccountBackend"
JSON = "application/json"
BOOKED = {http.HTTPStatus.FOUND, http.HTTPStatus.CREATED}


def signed_in() -> Browser:
    browser = Browser()
    browser.force_login(user_of(PatientFactory.create()), backend=BACKEND)
    return browser


def at_both_doors(doctor: Doctor, number: int) -> list[Callable[[], Any]]:
    """Ten people at each, signed in before, all for the half hour of that round."""
    start = next_slot_start(1 + number)
    choice = {
        "visit_type": str(doctor.visit_types.get().public_id),
        "location": doctor.locations.get().slug,
        "start": start.isoformat(),
    }
    form, half = confirm_path(doctor, start), CLIENTS // 2
    return [
        *(partial(signed_in().post, form, {"reason": "A cough"}) for _ in range(half)),
        *(partial(signed_in().post, "/api/v1/appointments/", choice, content_type=JSON) for _ in range(half)),
    ]


@pytest.mark.usefixtures("no_deadlock")
def test_one_time_goes_to_one_of_ten_forms_and_ten_programs(together: Together, rounds: int) -> None:
    doctor = bookable_doctor()
    for number in range(rounds):
        outcomes = together(at_both_doors(doctor, number))
        assert [outcome.error for outcome in outcomes if outcome.error] == []
        answers = [outcome.value.status_code for outcome in outcomes if outcome.value]
        assert len(answers) == CLIENTS
        assert [answer in BOOKED for answer in answers].count(True) == 1, answers
        assert {answer for answer in answers if answer not in BOOKED} == {http.HTTPStatus.CONFLICT}
    assert Appointment.objects.count() == rounds
    assert overlaps() == 0
