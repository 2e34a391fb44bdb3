"""Each address of booking: who is let in, by which method, and that other people's things do not exist."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory
from booking.models import Appointment, AvailabilityException, AvailabilityRule
from booking.tests.factories import AppointmentFactory, LeaveFactory, bookable_doctor
from booking.tests.views.pages import body_of, confirm_path, picker_path
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]

READ_OWN = ["appointment_detail", "calendar_file", "cancel"]
WRITE_OWN = ["cancel", "share", "approve", "reject"]
DOCTORS_READ = ["day", "availability"]
DOCTORS_WRITE = ["rule_add", "leave_add", "notices_read"]


@pytest.fixture
def appointment(doctor: Doctor, patient: Patient) -> Appointment:
    made: Appointment = AppointmentFactory.create(visit_type=doctor.visit_types.get(), patient=patient)
    return made


def of(appointment_id: object, name: str) -> str:
    return reverse(f"booking:{name}", args=[appointment_id])


@pytest.mark.parametrize("name", [*READ_OWN, "appointment_list", *DOCTORS_READ])
def test_a_visitor_signs_in_and_comes_back(client: Client, appointment: Appointment, name: str) -> None:
    path = of(appointment.public_id, name) if name in READ_OWN else reverse(f"booking:{name}")
    assert client.get(path)["Location"] == f"/account/login/?next={path}"


@pytest.mark.parametrize("name", [*WRITE_OWN, *DOCTORS_WRITE])
def test_a_visitor_changes_nothing(client: Client, appointment: Appointment, name: str) -> None:
    path = of(appointment.public_id, name) if name in WRITE_OWN else reverse(f"booking:{name}")
    assert client.post(path)["Location"].startswith("/account/login/?next=")
    appointment.refresh_from_db()
    assert appointment.status == "booked"


@pytest.mark.parametrize("name", READ_OWN)
def test_somebody_elses_appointment_does_not_exist(as_user: SignIn, appointment: Appointment, name: str) -> None:
    for stranger in (PatientFactory.create(), bookable_doctor()):
        client = as_user(stranger)
        theirs, nobodys = client.get(of(appointment.public_id, name)), client.get(of(uuid4(), name))
        assert theirs.status_code == nobodys.status_code == 404
        assert body_of(theirs) == body_of(nobodys)


@pytest.mark.parametrize("name", ["cancel", "share"])
def test_nobody_changes_somebody_elses_appointment(as_user: SignIn, appointment: Appointment, name: str) -> None:
    client = as_user(PatientFactory.create())
    data = {"email": "carer@example.org"}
    theirs, nobodys = client.post(of(appointment.public_id, name), data), client.post(of(uuid4(), name), data)
    assert theirs.status_code == nobodys.status_code == 404
    assert body_of(theirs) == body_of(nobodys)
    appointment.refresh_from_db()
    assert appointment.status == "booked"


@pytest.mark.parametrize("name", ["approve", "reject"])
def test_another_doctors_request_does_not_exist(as_user: SignIn, doctor: Doctor, name: str) -> None:
    request: Appointment = AppointmentFactory.create(requested=True)
    client = as_user(doctor)
    theirs, nobodys = client.post(of(request.public_id, name)), client.post(of(uuid4(), name))
    assert theirs.status_code == nobodys.status_code == 404
    assert body_of(theirs) == body_of(nobodys)
    request.refresh_from_db()
    assert request.status == "pending"


def test_another_doctors_hours_do_not_exist(as_user: SignIn, doctor: Doctor) -> None:
    other = bookable_doctor()
    client = as_user(doctor)
    for name, row in (
        ("rule_remove", AvailabilityRule.objects.filter(doctor=other).first()),
        ("leave_remove", LeaveFactory.create(doctor=other)),
    ):
        assert row is not None
        theirs, nobodys = client.post(of(row.public_id, name)), client.post(of(uuid4(), name))
        assert theirs.status_code == nobodys.status_code == 404
        assert body_of(theirs) == body_of(nobodys)
    assert AvailabilityRule.objects.filter(doctor=other).count() == 7
    assert AvailabilityException.objects.filter(doctor=other).exists()


@pytest.mark.parametrize("name", [*DOCTORS_READ, *DOCTORS_WRITE])
def test_doctors_pages_are_for_doctors(as_user: SignIn, patient: Patient, name: str) -> None:
    client = as_user(patient)
    path = reverse(f"booking:{name}")
    answer = client.get(path) if name in DOCTORS_READ else client.post(path)
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["approve", "reject"])
def test_the_patient_does_not_answer_for_the_doctor(as_user: SignIn, patient: Patient, name: str) -> None:
    request: Appointment = AppointmentFactory.create(requested=True, patient=patient)
    assert as_user(patient).post(of(request.public_id, name)).status_code == 403
    request.refresh_from_db()
    assert request.status == "pending"


@pytest.mark.parametrize("name", ["share", "approve", "reject", *DOCTORS_WRITE, "rule_remove", "leave_remove"])
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_what_changes_things_takes_post_alone(as_user: SignIn, doctor: Doctor, name: str, method: str) -> None:
    path = reverse(f"booking:{name}") if name in DOCTORS_WRITE else of(uuid4(), name)
    assert getattr(as_user(doctor), method)(path).status_code == 405


@pytest.mark.parametrize("name", ["appointment_list", "appointment_detail", "calendar_file", *DOCTORS_READ])
def test_what_shows_things_takes_no_post(as_user: SignIn, doctor: Doctor, appointment: Appointment, name: str) -> None:
    own = name in {"appointment_detail", "calendar_file"}
    path = of(appointment.public_id, name) if own else reverse(f"booking:{name}")
    assert as_user(doctor).post(path).status_code == 405


def test_a_method_in_the_form_is_not_followed(as_user: SignIn, patient: Patient, appointment: Appointment) -> None:
    path = of(appointment.public_id, "appointment_detail")
    assert as_user(patient).post(path, {"_method": "DELETE"}).status_code == 405


def test_times_are_for_everybody_and_read_only(client: Client, doctor: Doctor) -> None:
    assert client.get(picker_path(doctor)).status_code == 200
    assert client.post(picker_path(doctor)).status_code == 405


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_confirming_is_get_and_post(as_user: SignIn, patient: Patient, doctor: Doctor, method: str) -> None:
    assert getattr(as_user(patient), method)(confirm_path(doctor)).status_code == 405


def test_forms_are_guarded_against_other_sites(patient: Patient, doctor: Doctor) -> None:
    client = Client(enforce_csrf_checks=True)
    assert patient.user is not None
    client.force_login(patient.user)
    assert client.post(confirm_path(doctor), {"reason": ""}).status_code == 403
    assert not Appointment.objects.exists()


def test_an_unsafe_address_gives_404_and_no_error(as_user: SignIn, patient: Patient, doctor: Doctor) -> None:
    good = confirm_path(doctor)
    client = as_user(patient)
    for bad in (
        good.replace("start=", "start=x"),
        good.split("&start=")[0],
        f"{good.split('start=')[0]}start=9999-12-31T23:59:59Z",
        f"{good.split('start=')[0]}start=0001-01-01T00:00:00Z",
        f"{good.split('start=')[0]}start=2027-03-03T10:00:00",
        f"{good.split('start=')[0]}start=2027-99-03T10:00:00Z",
        good.replace("location=", "location=%00"),
        good.replace("location=", "location=x"),
        good.replace("visit_type=", "visit_type=%00"),
        good.replace("visit_type=", f"visit_type={uuid4()}&old="),
    ):
        assert client.get(bad).status_code == 404, bad
        assert client.post(bad).status_code == 404, bad
