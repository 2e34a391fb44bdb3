"""The diary of a place: who comes to whom and when, for the people at its desk alone, and nothing of why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_revoke
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.policies import can_answer, can_cancel, can_read_reason, can_share
from booking.services import appointment_cancel
from booking.states import CancelReason
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import at_the_desk_of, book, can_view, told, user_of
from booking.tests.views.pages import CANARY, HTMX, text_of
from common import clock
from common.errors import NotFound
from doctors.models import Doctor, Location
from doctors.services import staff_join, staff_leave
from doctors.tests.factories import LocationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def place(doctor: Doctor) -> Location:
    return doctor.locations.get()


@pytest.fixture
def receptionist(place: Location) -> User:
    return at_the_desk_of(place)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def day_of(place: Location, day: object = "") -> str:
    return f"{reverse('booking:clinic_day', args=[place.slug])}{f'?date={day}' if day else ''}"


def detail(appointment: Appointment) -> str:
    return reverse("booking:appointment_detail", args=[appointment.public_id])


def test_the_day_says_who_comes_to_whom_and_not_why(doctor: Doctor, place: Location, receptionist: User) -> None:
    appointment = book(doctor, reason=CANARY, patient=PatientFactory.create(given_name="Leila"))
    elsewhere = AppointmentFactory.create(start=appointment.start)
    day = appointment.start.astimezone(place.time_zone).date()
    client = signed_in(receptionist)
    shown = client.get(day_of(place, day))
    text = text_of(shown)
    for word in (appointment.patient.name, doctor.name, appointment.visit_type.name, "Booked"):
        assert word in text
    page = client.get(detail(appointment))
    assert page.status_code == 200
    assert appointment.patient.written_phone in text_of(page)
    for answer in (shown, page):
        assert CANARY not in answer.content.decode()
        assert elsewhere.patient.family_name + str(elsewhere.public_id) not in answer.content.decode()
    assert client.get(detail(elsewhere)).status_code == 404
    part = client.get(day_of(place, day), headers=HTMX)
    assert "<html" not in part.content.decode()
    assert appointment.patient.name in text_of(part)


def test_what_staff_may_do(doctor: Doctor, receptionist: User) -> None:
    appointment = book(doctor)
    assert can_view(receptionist, appointment)
    assert can_cancel(receptionist, appointment)
    for never in (can_read_reason, can_share, can_answer):
        assert not never(receptionist, appointment)
    Appointment.objects.update(start=clock.now() - timedelta(minutes=5))
    cancelled = appointment_cancel(actor=receptionist, appointment_id=appointment.public_id)
    assert cancelled.cancel_reason == CancelReason.CLINIC
    event = Event.objects.get(action="appointment.cancelled")
    assert (event.actor_id, event.on_behalf_of_id) == (receptionist.public_id, None)
    assert "appointment_cancelled" in told(appointment.patient)
    assert "doctor_appointment_cancelled" in told(doctor)


def test_staff_cancel_on_the_page_as_the_clinic(doctor: Doctor, receptionist: User) -> None:
    appointment = book(doctor)
    client = signed_in(receptionist)
    said = f"We tell {appointment.patient.name} and {doctor.name} by email."
    assert said in text_of(client.get(f"{detail(appointment)}cancel/"))
    assert client.post(f"{detail(appointment)}cancel/")["Location"] == detail(appointment)
    assert "It was cancelled by the clinic" in text_of(client.get(detail(appointment)))


def test_somebody_who_is_also_the_patient_or_a_carer_acts_as_that(doctor: Doctor, receptionist: User) -> None:
    own = book(doctor, patient=PatientFactory.create(user=receptionist))
    assert appointment_cancel(actor=receptionist, appointment_id=own.public_id).cancel_reason == CancelReason.PATIENT
    carer = CarerFactory.create(user=receptionist)
    theirs = book(doctor, patient=carer.patient)
    cancelled = appointment_cancel(actor=receptionist, appointment_id=theirs.public_id)
    assert cancelled.cancel_reason == CancelReason.PATIENT


def test_another_place_is_not_there(place: Location, receptionist: User) -> None:
    client, other = signed_in(receptionist), LocationFactory.create()
    theirs, nobodys = client.get(day_of(other)), client.get("/clinic/no-such-place/")
    assert theirs.status_code == nobodys.status_code == 404
    appointment = AppointmentFactory.create(location=other)
    elsewhere, nowhere = client.get(detail(appointment)), client.get(f"/appointments/{uuid4()}/")
    assert elsewhere.status_code == nowhere.status_code == 404
    with pytest.raises(NotFound):
        appointment_cancel(actor=receptionist, appointment_id=appointment.public_id)


@pytest.mark.parametrize("loss", ["membership", "role"])
def test_losing_the_membership_or_the_role_works_on_the_next_request(
    doctor: Doctor, place: Location, receptionist: User, loss: str
) -> None:
    staff_join(actor=None, location_id=LocationFactory.create().pk, user_id=receptionist.public_id)
    appointment, client = book(doctor), signed_in(receptionist)
    assert client.get(day_of(place)).status_code == 200
    if loss == "membership":
        staff_leave(actor=None, location_id=place.pk, user_id=receptionist.public_id)
    else:
        role_revoke(actor=None, user_id=receptionist.public_id, role=Role.CLINIC_STAFF)
    assert client.get(day_of(place)).status_code == (404 if loss == "membership" else 403)
    assert client.get(detail(appointment)).status_code == 404
    assert client.post(f"{detail(appointment)}cancel/").status_code == 404


@pytest.mark.parametrize("role", [None, *[role for role in Role if role is not Role.CLINIC_STAFF]])
def test_nobody_else_sees_the_diary(place: Location, role: Role | None) -> None:
    client = signed_in(UserFactory.create(roles=[role] if role else [], is_superuser=role is Role.ADMINISTRATOR))
    for path in ("/clinic/", day_of(place)):
        assert client.get(path).status_code == 403
    assert "/login/" in Client().get(day_of(place))["Location"]


def test_one_place_opens_at_once_several_are_offered(place: Location, receptionist: User) -> None:
    client = signed_in(receptionist)
    assert client.get("/clinic/")["Location"] == day_of(place)
    assert client.get("/home/")["Location"] == "/clinic/"
    other = LocationFactory.create()
    staff_join(actor=None, location_id=other.pk, user_id=receptionist.public_id)
    shown = text_of(client.get("/clinic/"))
    assert place.name in shown
    assert other.name in shown


def test_the_role_without_a_place_opens_nothing(doctor: Doctor) -> None:
    client = signed_in(UserFactory.create(roles=[Role.CLINIC_STAFF]))
    assert "You work at no clinic yet" in text_of(client.get("/clinic/"))
    assert client.get(detail(book(doctor))).status_code == 404


def test_work_is_not_among_ones_own_appointments(doctor: Doctor, receptionist: User) -> None:
    appointment = book(doctor)
    assert str(appointment.public_id) not in signed_in(receptionist).get("/appointments/").content.decode()


def test_a_day_is_the_places_own_and_costs_the_same_however_full(doctor: Doctor, place: Location) -> None:
    Location.objects.filter(pk=place.pk).update(zone="America/New_York")
    late = datetime(2027, 6, 8, 2, 0, tzinfo=UTC)
    AppointmentFactory.create(visit_type=doctor.visit_types.get(), location=place, start=late)
    client = signed_in(at_the_desk_of(place))

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(day_of(place, "2027-06-07")).context["appointments"]
        return len(caught)

    statements()
    few = statements()
    for hour in range(1, 6):
        AppointmentFactory.create(location=place, start=late - timedelta(hours=hour))
    assert statements() == few
    assert not client.get(day_of(place, "2027-06-08")).context["appointments"]


def test_whose_visit_it_is_is_no_help_to_the_treating_doctor_of_another_place(doctor: Doctor) -> None:
    assert not can_view(user_of(bookable_doctor()), book(doctor))
