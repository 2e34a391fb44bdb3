from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.tests.steps import book, user_of
from common.permissions import grant
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
PAGES = ["booking:appointment_detail", "booking:cancel", "api_appointment"]


@pytest.fixture
def appointment(doctor: Doctor, patient: Patient) -> Appointment:
    return book(doctor, patient=patient)


def looks() -> list[Event]:
    return list(Event.objects.filter(action="appointment.viewed"))


def opened(client: Client, appointment: Appointment, address: str = PAGES[0]) -> int:
    return client.get(reverse(address, args=[appointment.public_id])).status_code


@pytest.mark.parametrize("address", PAGES)
def test_a_doctor_who_opens_an_appointment_leaves_a_look(
    as_user: SignIn, doctor: Doctor, patient: Patient, appointment: Appointment, address: str
) -> None:
    assert opened(as_user(doctor), appointment, address) == 200
    (look,) = looks()
    assert (look.actor_id, look.object_id) == (user_of(doctor).public_id, str(appointment.public_id))
    assert (look.patient_id, look.on_behalf_of_id, look.data) == (patient.public_id, None, {"capacity": "doctor"})


@pytest.mark.parametrize("address", PAGES)
def test_a_carer_looks_on_the_patients_behalf(
    as_user: SignIn, patient: Patient, appointment: Appointment, address: str
) -> None:
    carer: User = UserFactory.create()
    grant(carer, "view_appointment", appointment)
    assert opened(as_user(carer), appointment, address) == 200
    (look,) = looks()
    assert (look.actor_id, look.on_behalf_of_id) == (carer.public_id, patient.public_id)
    assert look.data == {"capacity": "carer"}


@pytest.mark.parametrize("address", PAGES)
def test_patients_who_open_their_own_leave_none(
    as_user: SignIn, patient: Patient, appointment: Appointment, address: str
) -> None:
    assert opened(as_user(patient), appointment, address) == 200
    assert looks() == []


def test_who_is_not_let_in_has_not_looked(as_user: SignIn, appointment: Appointment) -> None:
    assert opened(as_user(UserFactory.create()), appointment) == 404
    assert looks() == []


def test_a_calendar_file_holds_nothing_clinical_and_is_no_look(
    as_user: SignIn, doctor: Doctor, appointment: Appointment
) -> None:
    assert opened(as_user(doctor), appointment, "booking:calendar_file") == 200
    assert looks() == []
