"""Who looked at my record: the patient's own page over the audit log."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import record_access
from accounts.models import Patient, User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from audit.services import event_record
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory
from common import clock

pytestmark = pytest.mark.django_db

PAGE = "/account/record-access/"


@pytest.fixture
def patient() -> Patient:
    return PatientFactory.create()


@pytest.fixture
def doctor() -> User:
    return UserFactory.create(first_name="Amara", last_name="Ilves", roles=[Role.DOCTOR])


@pytest.fixture
def appointment(patient: Patient) -> Appointment:
    return AppointmentFactory.create(patient=patient)


@pytest.fixture
def client(patient: Patient) -> Client:
    return browser_of(patient.user)


def browser_of(person: User | None) -> Client:
    assert person is not None
    browser = Client()
    browser.force_login(person)
    return browser


def shown(client: Client, **asked: Any) -> list[tuple[str, str, str]]:
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return [(entry.who, entry.role, entry.told.what) for entry in answer.context["entries"]]


def test_a_doctor_who_looked_is_named_with_role_and_appointment(
    client: Client, doctor: User, appointment: Appointment
) -> None:
    event_record("appointment.viewed", appointment, actor=doctor, capacity="doctor")
    assert shown(client) == [("Amara Ilves", "Doctor", "Looked at the appointment")]
    assert reverse("booking:appointment_detail", args=[appointment.public_id]) in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("roles", "capacity", "who"),
    [
        ([Role.CLINIC_STAFF], "staff", "Clinic staff"),
        ([], "carer", "A carer"),
        ([Role.DOCTOR], "doctor", "A doctor"),
        ([Role.ADMINISTRATOR], "", "An administrator"),
        ([], "", "Somebody with an account"),
    ],
)
def test_an_account_without_a_name_is_called_by_what_it_is_never_by_its_address(
    client: Client, appointment: Appointment, roles: list[Role], capacity: str, who: str
) -> None:
    looker = UserFactory.create(email="at.home@example.org", first_name="", last_name="", roles=roles)
    event_record("appointment.viewed", appointment, actor=looker, capacity=capacity)
    assert shown(client) == [(who, "", "Looked at the appointment")]
    assert "at.home@example.org" not in client.get(PAGE).content.decode()


def test_a_carer_is_said_to_act_on_your_behalf(client: Client, patient: Patient, appointment: Appointment) -> None:
    carer = UserFactory.create(first_name="Jo", last_name="Lind")
    event_record("appointment.cancelled", appointment, actor=carer, on_behalf_of=patient, capacity="carer")
    text = client.get(PAGE).content.decode()
    assert "Jo Lind (Carer)" in text
    assert "Cancelled the appointment, on your behalf." in text


def test_your_own_acts_and_the_systems_are_shown_on_request(
    client: Client, patient: Patient, doctor: User, appointment: Appointment
) -> None:
    event_record("appointment.booked", appointment, actor=patient.user)
    event_record("appointment.paid", appointment, actor=None)
    event_record("appointment.approved", appointment, actor=doctor)
    event_record("appointment.viewed", appointment, actor=doctor)
    looked = ("Amara Ilves", "Doctor", "Looked at the appointment")
    approved = ("Amara Ilves", "Doctor", "Approved the appointment")
    paid = ("The system", "", "Recorded the payment for the appointment")
    assert shown(client) == [looked, approved]
    assert shown(client, show="looks") == [looked]
    assert shown(client, show="all") == [looked, approved, paid, ("You", "", "Booked the appointment")]
    assert shown(client, show="nonsense") == shown(client)


def test_a_stranger_who_checked_a_code_is_among_the_others(client: Client, appointment: Appointment) -> None:
    """Whoever checks is told that the patient can see it."""
    event_record("prescription.checked", appointment, actor=None)
    event_record("prescription.check_refused", appointment, actor=None)
    checked = ("Somebody without an account", "", "Checked a prescription by its code")
    assert shown(client, show="looks") == [checked]
    assert shown(client)[1] == checked
    assert len(shown(client)) == 2


def test_nothing_of_anybody_elses_is_shown(client: Client, doctor: User) -> None:
    event_record("appointment.viewed", AppointmentFactory.create(), actor=doctor)
    assert shown(client, show="all") == []
    assert "Nobody so far" in client.get(PAGE).content.decode()


def test_whoever_has_no_account_any_more_is_not_named(
    client: Client, patient: Patient, doctor: User, appointment: Appointment
) -> None:
    event_record("appointment.viewed", appointment, actor=doctor, capacity="doctor")
    doctor.delete()
    assert shown(client) == [("Somebody without an account", "Doctor", "Looked at the appointment")]


def test_pages_follow_one_another(
    client: Client, doctor: User, appointment: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_access, "PAGE_LENGTH", 2)
    for _ in range(3):
        event_record("appointment.viewed", appointment, actor=doctor)
    newest = list(Event.objects.filter(action="appointment.viewed").order_by("-pk").values_list("pk", flat=True))
    first = client.get(PAGE)
    assert [entry.told.event.pk for entry in first.context["entries"]] == newest[:2]
    second = client.get(PAGE, {"before": first.context["older"]})
    assert [entry.told.event.pk for entry in second.context["entries"]] == newest[2:]
    assert second.context["older"] is None
    assert client.get(PAGE, {"before": "9" * 40}).status_code == 200
    assert client.get(PAGE, {"before": "x"}).status_code == 200


def test_many_people_cost_no_more_statements_than_one(client: Client, appointment: Appointment) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        return len(captured)

    event_record("appointment.viewed", appointment, actor=UserFactory.create(roles=[Role.DOCTOR]))
    statements()
    few = statements()
    for _ in range(12):
        event_record("appointment.viewed", appointment, actor=UserFactory.create(roles=[Role.DOCTOR]))
    assert statements() == few


def test_it_is_one_walk_of_the_patients_index(patient: Patient) -> None:
    from audit.selectors import events_about_patient

    # Of an almost empty table every index is as good as another, as the planner sees it.
    common = {"occurred_at": clock.now(), "action": "appointment.viewed", "object_type": "booking.Appointment"}
    Event.objects.bulk_create(Event(**common, object_id=str(of), patient_id=uuid4()) for of in range(500))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_event")
        plan = events_about_patient(patient.public_id, but_by=[patient.public_id])[:20].explain()
    assert "audit_patient_idx" in plan
    assert "Sort" not in plan


def test_a_visitor_signs_in_and_a_person_without_a_profile_completes_it() -> None:
    assert Client().get(PAGE).headers["Location"].startswith("/account/login/")
    stranger = browser_of(UserFactory.create())
    assert stranger.get(PAGE).headers["Location"].startswith("/account/profile/")


def test_it_is_read_and_nothing_else(client: Client) -> None:
    assert client.post(PAGE).status_code == 405


def test_the_menu_leads_there(client: Client) -> None:
    assert PAGE in client.get("/account/profile/").content.decode()
