from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import load_backend
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from accounts.services import carer_accept, profile_complete
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from booking.selectors import (
    appointment_for,
    appointments_visible_to,
    booking_settings,
    day_of_doctor,
    requests_of_doctor,
)
from booking.states import PendingReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import decide, user_of
from common import clock
from common.errors import NotFound
from common.permissions import grant

pytestmark = pytest.mark.django_db


def test_a_list_holds_what_is_ones_own_as_patient_as_doctor_and_by_grant() -> None:
    doctor = bookable_doctor(doctor={"user": UserFactory.create(roles=[Role.DOCTOR])})
    person = PatientFactory.create(user=user_of(doctor))
    start = datetime(2027, 6, 7, 9, 0, tzinfo=UTC)
    as_patient = AppointmentFactory.create(patient=person, start=start)
    as_doctor = AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=start + timedelta(days=1))
    by_grant = AppointmentFactory.create(start=start + timedelta(days=2))
    grant(user_of(doctor), "view_appointment", by_grant)
    over = AppointmentFactory.create(start=start + timedelta(days=3))
    grant(user_of(doctor), "view_appointment", over, expires_at=clock.now())
    only_cancel = AppointmentFactory.create(start=start + timedelta(days=4))
    grant(user_of(doctor), "cancel_appointment", only_cancel)
    AppointmentFactory.create(patient=person, start=start + timedelta(days=5), status=Status.ENTERED_IN_ERROR)
    assert list(appointments_visible_to(user_of(doctor))) == [as_patient, as_doctor, by_grant]


def test_filters_order_and_limit_hold_over_all_arms() -> None:
    patient = PatientFactory.create()
    start = datetime(2027, 6, 7, 9, 0, tzinfo=UTC)
    rows = [AppointmentFactory.create(patient=patient, start=start + timedelta(days=number)) for number in range(4)]
    rows.append(AppointmentFactory.create(start=start + timedelta(days=4)))
    grant(user_of(patient), "view_appointment", rows[4])
    last_two = appointments_visible_to(user_of(patient), filters=Q(start__gt=start), order_by=("-start",), limit=2)
    assert list(last_two) == [rows[4], rows[3]]


def test_visitors_and_superusers_see_nothing() -> None:
    AppointmentFactory.create()
    assert not appointments_visible_to(AnonymousUser()).exists()
    assert not appointments_visible_to(UserFactory.create(is_superuser=True)).exists()


def test_a_page_of_a_list_is_one_statement() -> None:
    patient = PatientFactory.create()
    for number in range(3):
        AppointmentFactory.create(patient=patient, start=datetime(2027, 6, 7 + number, 9, 0, tzinfo=UTC))
    list(appointments_visible_to(user_of(patient)))
    with CaptureQueriesContext(connection) as statements:
        for row in appointments_visible_to(user_of(patient), limit=20):
            assert row.doctor.name
            assert row.location.name
            assert row.visit_type.name
            assert row.patient.name
    assert len(statements) == 1


def test_one_appointment_is_found_or_it_is_not_there() -> None:
    appointment = AppointmentFactory.create()
    assert appointment_for(user_of(appointment.patient), appointment.public_id) == appointment
    for user, public_id in (
        (UserFactory.create(), appointment.public_id),
        (AnonymousUser(), appointment.public_id),
        (user_of(appointment.patient), uuid.uuid4()),
    ):
        with pytest.raises(NotFound, match="cannot find that appointment"):
            appointment_for(user, public_id)


def test_a_doctors_day_is_the_clinics_day_of_that_doctor() -> None:
    doctor = bookable_doctor()
    mine = {"visit_type": doctor.visit_types.get()}
    # In British Summer Time the clinic's 7 June begins at 23:00 UTC on the 6th.
    first = AppointmentFactory.create(**mine, start=datetime(2027, 6, 6, 23, 0, tzinfo=UTC))
    last = AppointmentFactory.create(**mine, start=datetime(2027, 6, 7, 22, 30, tzinfo=UTC))
    AppointmentFactory.create(**mine, start=datetime(2027, 6, 7, 23, 0, tzinfo=UTC))
    AppointmentFactory.create(**mine, start=datetime(2027, 6, 6, 22, 30, tzinfo=UTC))
    AppointmentFactory.create(**mine, cancelled=True, start=datetime(2027, 6, 7, 12, 0, tzinfo=UTC))
    AppointmentFactory.create(start=datetime(2027, 6, 7, 12, 0, tzinfo=UTC))
    missed = AppointmentFactory.create(**mine, status=Status.NOSHOW, start=datetime(2027, 6, 7, 13, 0, tzinfo=UTC))
    assert list(day_of_doctor(user_of(doctor), date(2027, 6, 7))) == [first, missed, last]


def test_an_ended_hold_is_not_on_the_day() -> None:
    doctor = bookable_doctor()
    ended = AppointmentFactory.create(held=True, visit_type=doctor.visit_types.get(), expires_at=clock.now())
    assert not day_of_doctor(user_of(doctor), ended.start.date()).exists()


def test_requests_wait_in_the_order_of_their_deadlines() -> None:
    doctor, now = bookable_doctor(), clock.now()
    start = datetime(2027, 6, 7, 9, 0, tzinfo=UTC)
    waiting = [
        AppointmentFactory.create(
            visit_type=doctor.visit_types.get(),
            requested=True,
            start=start + timedelta(hours=number),
            expires_at=now + timedelta(hours=hours),
        )
        for number, hours in enumerate((5, 2, -1))
    ]
    AppointmentFactory.create(requested=True)
    assert list(requests_of_doctor(user_of(doctor), now=now, limit=5)) == [waiting[1], waiting[0]]
    assert waiting[0].pending_reason == PendingReason.APPROVAL


def test_settings_have_defaults_until_somebody_saves_them() -> None:
    assert booking_settings().hold_minutes == 15
    decide(hold_minutes=20)
    assert booking_settings().hold_minutes == 20


def as_in_a_request(user: User) -> User:
    """Loaded with what every request asks of its account."""
    found = load_backend("accounts.backends.AccountBackend").get_user(user.pk)
    assert found
    return found


def test_a_list_asks_nothing_of_what_its_reader_is_not() -> None:
    doctor = bookable_doctor(doctor={"user": UserFactory.create(roles=[Role.DOCTOR])})
    own = AppointmentFactory.create(visit_type=doctor.visit_types.get())
    user = as_in_a_request(user_of(doctor))

    with CaptureQueriesContext(connection) as statements:
        assert list(appointments_visible_to(user)) == [own]

    # The key of the permission is asked for once a process.
    statement = statements[-1]["sql"]
    assert statement.count("UNION") == 1  # what is theirs as the doctor, and grants
    assert "accounts_carer" not in statement


def test_what_somebody_becomes_within_a_request_is_on_its_list_at_once() -> None:
    newcomer, helper = as_in_a_request(UserFactory.create()), as_in_a_request(UserFactory.create())
    patient = profile_complete(
        actor=newcomer, given_name="Maya", family_name="Okafor", birth_date=date(1986, 3, 27), phone="07700 900123"
    )
    invited = CarerFactory.create(invited=True, patient=patient, email=helper.email)
    carer_accept(actor=helper, carer_id=invited.public_id)
    visit = AppointmentFactory.create(patient=patient)

    for reader in (newcomer, helper):
        assert list(appointments_visible_to(reader)) == [visit]
