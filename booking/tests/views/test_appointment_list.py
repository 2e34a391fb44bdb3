"""How much of a patient's list is shown at once, and what it costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient, User
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.views.pages import HTMX, text_of
from doctors.models import Doctor
from doctors.tests.factories import DoctorPageFactory, photo_shown_before

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
LIST, PAST = "/appointments/", "/appointments/past/"


@pytest.fixture
def client(as_user: SignIn, patient: Patient) -> Client:
    return as_user(patient)


def test_the_latest_of_the_past_leads_to_the_rest_of_it(client: Client, patient: Patient) -> None:
    for days in range(2, 19):
        AppointmentFactory.create(patient=patient, start=next_slot_start(days_ahead=-days))
    first = client.get(LIST)
    assert len(first.context["past"]) == 5
    onward = f"{PAST}?before={first.context['past'][-1].public_id}"
    assert f'href="{onward}"' in first.content.decode()
    second = client.get(onward)
    assert len(second.context["rows"]) == 10
    assert second.context["later"]
    part = client.get(PAST + second.context["earlier"], headers=HTMX)
    assert (len(part.context["rows"]), part.context["earlier"]) == (2, "")
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]
    assert client.get(PAST + part.context["later"]).context["rows"] == second.context["rows"]


def test_nothing_past_says_so(client: Client) -> None:
    assert "Nothing here yet" in text_of(client.get(PAST))


def test_what_waits_for_something_stands_apart_from_what_is_booked(as_user: SignIn, patient: Patient) -> None:
    request = AppointmentFactory.create(patient=patient, requested=True, start=next_slot_start(1))
    first = as_user(patient).get(LIST)
    assert (first.context["next"], first.context["waiting"]) == ([], [request])
    assert "Not booked yet" in text_of(first)
    assert "what you asked for still waits" in text_of(first)
    booked = AppointmentFactory.create(patient=patient, start=next_slot_start(2))
    second = as_user(patient).get(LIST)
    assert (second.context["next"], second.context["waiting"], second.context["later"]) == ([booked], [request], [])
    assert text_of(second).index("Your next appointment") < text_of(second).index("Not booked yet")


def test_what_lies_ahead_comes_in_steps(as_user: SignIn, patient: Patient) -> None:
    for days in range(1, 14):
        AppointmentFactory.create(patient=patient, start=next_slot_start(days))
    client = as_user(patient)
    first = client.get(LIST)
    assert len([*first.context["next"], *first.context["later"]]) == 10
    assert "?ahead=20#later" in first.content.decode()
    second = client.get(f"{LIST}?ahead=20")
    assert len([*second.context["next"], *second.context["later"]]) == 13
    assert "Show later ones" not in text_of(second)


@pytest.mark.parametrize("wanted", ["x", "-1", "0", "99999999999999999999", "²", "\x00", ""])
def test_any_number_of_later_ones_and_any_edge_shows_a_page(client: Client, wanted: str) -> None:
    assert client.get(LIST, {"ahead": wanted}).status_code == 200
    assert client.get(PAST, {"before": wanted, "after": wanted}).status_code == 200


def test_the_list_takes_the_same_statements_for_many(client: Client, patient: Patient) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            days = 2 + Appointment.objects.count()
            made = AppointmentFactory.create(patient=patient, start=next_slot_start(days if days % 2 else -days))
            DoctorPageFactory.create(doctor=made.doctor, photo=photo_shown_before("fill-240x280|format-webp"))

    def statements() -> int:
        client.get(LIST)
        with CaptureQueriesContext(connection) as taken:
            assert client.get(LIST).status_code == 200
        return len(taken)

    add(4)
    few = statements()
    add(8)
    assert statements() == few <= 22
