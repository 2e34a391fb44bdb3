"""The appointments register of the admin: who gets in, what is found, and that it never walks over all there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from booking.models import Appointment
from booking.selectors import register_before, register_found
from booking.states import Status
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.views.pages import CANARY, text_of
from booking.wagtail_admin import register
from common import clock, registers
from doctors.models import Location
from doctors.selectors import VisitSearch
from doctors.tests.factories import DoctorFactory, VisitTypeFactory

pytestmark = pytest.mark.django_db

REGISTER = "/admin/appointments/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def desk() -> Client:
    return signed_in(UserFactory.create(roles=[Role.ADMINISTRATOR]))


def shown(desk: Client, **asked: Any) -> list[str]:
    answer = desk.get(REGISTER, asked)
    assert answer.status_code == 200
    return [row.reference for row in answer.context["rows"]]


def make(count: int, **fields: Any) -> list[Appointment]:
    """On one day after another, the latest first."""
    first = next_slot_start(1)
    made = [AppointmentFactory.create(start=first + timedelta(days=day), **fields) for day in range(count)]
    return made[::-1]


@pytest.mark.parametrize("role", [None, *[role for role in Role if role is not Role.ADMINISTRATOR]])
def test_whoever_is_no_administrator_stays_outside(role: Role | None) -> None:
    appointment = AppointmentFactory.create()
    user = UserFactory.create(roles=[role] if role else [], is_superuser=role is None, is_staff=role is None)
    answer = signed_in(user).get(REGISTER, follow=True)
    assert appointment.reference.encode() not in answer.content
    assert answer.redirect_chain or answer.status_code == 403


def test_it_says_when_with_whom_and_where_and_of_whom_and_why_never(desk: Client) -> None:
    patient = PatientFactory.create(given_name="Zebedee", family_name="Quillfeather")
    visit_type = VisitTypeFactory.create(name="Canary of a visit", doctor__family_name="Okonkwo")
    appointment = AppointmentFactory.create(patient=patient, visit_type=visit_type, reason=CANARY, cancelled=True)
    answer = desk.get(REGISTER)
    text = text_of(answer)
    for word in (appointment.reference, "Okonkwo", appointment.location.name, "Cancelled by the patient"):
        assert word in text
    for word in ("Zebedee", "Quillfeather", CANARY, "Canary of a visit", patient.phone):
        assert word not in answer.content.decode()
    assert b"Appointments" in desk.get("/admin/").content


def test_its_statements_never_ask_for_what_it_does_not_show(desk: Client) -> None:
    make(2, reason=CANARY)
    with CaptureQueriesContext(connection) as taken:
        desk.get(REGISTER)
    # The reader's own account says whether they are a patient themselves.
    asked = [it["sql"] for it in taken if 'FROM "accounts_user"' not in it["sql"]]
    assert [sql for sql in asked if '"reason"' in sql or "accounts_patient" in sql] == []


def test_filters_narrow_it(desk: Client) -> None:
    doctor = DoctorFactory.create(given_name="Amara", family_name="Okonkwo", listed=True)
    hers = AppointmentFactory.create(visit_type=VisitTypeFactory.create(doctor=doctor), start=next_slot_start(9))
    missed = AppointmentFactory.create(status=Status.NOSHOW, start=next_slot_start(-3))
    error = AppointmentFactory.create(status=Status.ENTERED_IN_ERROR, start=next_slot_start(-5))
    assert shown(desk) == [hers.reference, missed.reference, error.reference]
    assert shown(desk, reference=f" {hers.reference.lower()} ") == [hers.reference]
    assert shown(desk, doctor="okon amara") == [hers.reference]
    assert shown(desk, doctor="nobody") == []
    assert shown(desk, status="noshow") == [missed.reference]
    assert shown(desk, status="entered-in-error") == [error.reference]
    assert shown(desk, location=hers.location_id) == [hers.reference]
    day = missed.start.astimezone(clock.clinic_zone()).date()
    assert shown(desk, since=day, until=day) == [missed.reference]
    assert shown(desk, until=day - timedelta(days=1)) == [error.reference]
    assert shown(desk, since=day + timedelta(days=1)) == [hers.reference]


@pytest.mark.parametrize("asked", [{"status": "x"}, {"location": "x"}, {"since": "x"}, {"since": "9999-12-31"}])
def test_what_cannot_be_asked_is_said_beside_its_field(desk: Client, asked: dict[str, str]) -> None:
    make(1)
    answer = desk.get(REGISTER, asked)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == set(asked)
    assert answer.context["rows"] == []


def test_days_the_wrong_way_round_are_said(desk: Client) -> None:
    answer = desk.get(REGISTER, {"since": "2027-03-03", "until": "2027-03-02"})
    assert "Give a day that is not before the first." in text_of(answer)


def test_pages_go_by_key_there_and_back(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register.AppointmentsView, "page_length", 2)
    same = next_slot_start(3)
    rows = [AppointmentFactory.create(start=same) for _ in range(5)][::-1]
    first = desk.get(REGISTER)
    second = desk.get(f"{REGISTER}{first.context['behind']}")
    third = desk.get(f"{REGISTER}{second.context['behind']}")
    pages = [list(page.context["rows"]) for page in (first, second, third)]
    assert pages == [rows[:2], rows[2:4], rows[4:]]
    assert (first.context["ahead"], third.context["behind"]) == ("", "")
    back = desk.get(f"{REGISTER}{third.context['ahead']}")
    assert list(back.context["rows"]) == rows[2:4]
    assert list(desk.get(REGISTER, {"before": "x"}).context["rows"]) == rows[:2]
    nobody = "00000000-0000-4000-8000-000000000007"
    assert desk.get(REGISTER, {"before": nobody}).context["rows"] == []
    assert desk.get(REGISTER, {"after": nobody}).context["rows"] == []


def test_a_page_costs_the_same_however_many_there_are(desk: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert desk.get(REGISTER, {"status": "booked"}).context["rows"]
        return len(taken)

    make(2)
    statements()
    few = statements()
    make(6)
    assert statements() == few


def test_counting_ends_early(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "COUNTED_UP_TO", 2)
    make(3)
    assert "More than 2 appointments found" in text_of(desk.get(REGISTER, {"status": "booked"}))
    assert "0 appointments found" in text_of(desk.get(REGISTER, {"status": "noshow"}))


def test_pages_walk_an_index_and_never_the_table() -> None:
    rows = make(3)
    place = Location.objects.get(pk=rows[0].location_id)
    asked = [VisitSearch(), VisitSearch(since=rows[-1].start), VisitSearch(location=place.pk)]
    for found in (*map(register_found, asked), register_before(register_found(VisitSearch()), rows[0].public_id)):
        with connection.cursor() as cursor:
            # What a planner that knows nothing of three rows may like as well: other orders, and to sort in the end.
            for choice in ("enable_seqscan = off", "enable_sort = off", "join_collapse_limit = 1"):
                cursor.execute(f"SET LOCAL {choice}")
            sql, parameters = found[:51].query.sql_with_params()
            cursor.execute(f"EXPLAIN {sql}", parameters)
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on booking_appointment" not in plan
        assert "appointment_start_idx" in plan or "appointment_location_start_idx" in plan


def test_nothing_can_be_changed_there(desk: Client) -> None:
    appointment = AppointmentFactory.create()
    for action in ("create", f"edit/{appointment.pk}", f"delete/{appointment.pk}", f"inspect/{appointment.pk}"):
        assert desk.get(f"{REGISTER}{action}/").status_code == 404
