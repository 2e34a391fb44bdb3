"""What a patient has had with their doctor, beside the day: for that doctor alone, and written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory
from audit.models import Event
from booking import selectors
from booking.models import Appointment
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import at_the_desk_of, book
from booking.tests.views.pages import CANARY, HTMX, text_of
from booking.views import history
from common.templatetags.when import clock_time
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]


@pytest.fixture
def appointment(doctor: Doctor) -> Appointment:
    return book(doctor, reason=CANARY)


def path_of(appointment: Appointment) -> str:
    return reverse("booking:history", args=[appointment.public_id])


def earlier(appointment: Appointment, days: int, **fields: object) -> Appointment:
    made: Appointment = AppointmentFactory.create(
        **{
            "patient": appointment.patient,
            "visit_type": appointment.visit_type,
            "start": appointment.start - timedelta(days=days),
            "status": Status.FULFILLED,
            **fields,
        }
    )
    return made


def test_the_doctor_sees_all_that_the_patient_has_with_them(as_user: SignIn, appointment: Appointment) -> None:
    seen, missed = earlier(appointment, 7, reason=CANARY), earlier(appointment, 14, status=Status.NOSHOW)
    gone = earlier(appointment, 21, status=Status.CANCELLED, cancel_reason=CancelReason.PATIENT)
    error = earlier(appointment, 28, status=Status.ENTERED_IN_ERROR)
    elsewhere = AppointmentFactory.create(patient=appointment.patient, start=next_slot_start(-3))
    other = AppointmentFactory.create(visit_type=appointment.visit_type, start=next_slot_start(-4))
    page = as_user(appointment.doctor).get(path_of(appointment))
    assert page.context["rows"] == [appointment, seen, missed, gone]
    text = text_of(page)
    assert "Did not attend" in text
    assert "Cancelled by the patient" in text
    assert CANARY not in page.content.decode()
    for hidden in (error, elsewhere, other):
        assert str(hidden.public_id) not in page.content.decode()


def test_it_is_written_down_as_a_look(as_user: SignIn, appointment: Appointment) -> None:
    as_user(appointment.doctor).get(path_of(appointment), headers=HTMX)
    event = Event.objects.get(action="appointment.history_viewed")
    assert event.patient_id == appointment.patient.public_id
    assert event.object_id == str(appointment.public_id)


def test_nobody_else_gets_it_and_nothing_is_loaded_for_them(
    as_user: SignIn, appointment: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "appointments_with", None)
    people: dict[int, list[User | Patient | Doctor]] = {
        403: [appointment.patient, at_the_desk_of(appointment.location)],
        404: [bookable_doctor()],
    }
    for status, person in ((status, person) for status, them in people.items() for person in them):
        client = as_user(person)
        assert client.get(path_of(appointment)).status_code == status
    assert not Event.objects.filter(action="appointment.history_viewed").exists()


def test_a_doctor_is_nobodys_doctor_of_their_own_visits(as_user: SignIn, doctor: Doctor) -> None:
    own = AppointmentFactory.create(
        visit_type=doctor.visit_types.get(), patient=PatientFactory.create(user=doctor.user)
    )
    assert as_user(doctor).get(path_of(own)).status_code == 403


def test_beside_the_day_are_the_latest_and_a_way_to_all(
    as_user: SignIn, appointment: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SHOWN_BESIDE", 2)
    monkeypatch.setattr(history, "SHOWN", 3)
    rows = [appointment, *(earlier(appointment, days) for days in range(1, 5))]
    client = as_user(appointment.doctor)
    part = client.get(path_of(appointment), headers=HTMX)
    assert part.context["rows"] == rows[:2]
    assert "<html" not in part.content.decode()
    assert f'href="{path_of(appointment)}"' in part.content.decode()
    first = client.get(path_of(appointment))
    second = client.get(path_of(appointment) + first.context["earlier"])
    assert [page.context["rows"] for page in (first, second)] == [rows[:3], rows[3:]]
    assert client.get(path_of(appointment) + second.context["later"]).context["rows"] == rows[:3]


def test_the_day_leads_to_it(as_user: SignIn, appointment: Appointment) -> None:
    day = appointment.start.date().isoformat()
    page = as_user(appointment.doctor).get("/my-day/", {"date": day}).content.decode()
    assert f'hx-get="{path_of(appointment)}"' in page
    assert f'History<span class="sr-only"> of {appointment.patient.name}' in page
    assert clock_time(appointment.start) in page
    desk = as_user(at_the_desk_of(appointment.location))
    clinic = desk.get(f"/clinic/{appointment.location.slug}/", {"date": day}).content.decode()
    assert path_of(appointment) not in clinic


def test_another_day_empties_the_place_beside_it(as_user: SignIn, appointment: Appointment) -> None:
    client = as_user(appointment.doctor)
    assert (
        'id="panel" class="lg:sticky lg:top-6 lg:self-start" hx-swap-oob="true"'
        in client.get("/my-day/", headers=HTMX).content.decode()
    )
    assert "hx-swap-oob" not in client.get("/my-day/").content.decode()
