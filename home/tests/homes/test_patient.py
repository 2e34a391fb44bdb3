from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from billing.selectors import due_online_among
from billing.tests.factories import PaymentFactory
from booking.models import Appointment
from booking.states import CancelReason, PendingReason, Status
from booking.tests.factories import AppointmentFactory, next_slot_start
from common import clock
from doctors.tests.factories import DoctorFactory
from home.homes.patient import PatientHome, patient_home
from records.tests.document_steps import added_by_doctor
from records.tests.prescribing import rx_draft, rx_sign, rx_signed
from records.tests.steps import signed, visit

pytestmark = pytest.mark.django_db

HOME = "/home/"


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def _home_of(patient: Patient) -> PatientHome:
    assert patient.user is not None
    return patient_home(patient.user, now=clock.now())


def shown_to(user: User) -> str:
    return signed_in(user).get(HOME).content.decode()


def test_what_is_due_online_is_a_task_with_its_amount_and_the_end_of_the_hold_and_nobody_elses() -> None:
    patient = PatientFactory.create()
    held = AppointmentFactory.create(held=True, patient=patient, amount_due_minor=4500, price_minor=4500)
    AppointmentFactory.create(held=True, amount_due_minor=9900, price_minor=9900)

    shown = shown_to(patient.user)

    assert "Pay £45 for" in shown
    assert reverse("billing:pay", args=[held.public_id]) in shown
    assert "£99" not in shown


@pytest.mark.parametrize(
    ("how", "is_done"),
    [
        ({"held": True}, False),
        ({"cancelled": True, "cancel_reason": CancelReason.WITHDRAWN, "pending_reason": PendingReason.PAYMENT}, False),
        ({"requested": True}, True),
        ({}, True),
    ],
)
def test_the_first_appointment_is_booked_once_it_is_paid_for_or_asked_for(how: dict[str, Any], is_done: bool) -> None:  # noqa: FBT001
    patient = PatientFactory.create()
    AppointmentFactory.create(patient=patient, start=next_slot_start(), **how)
    guide = _home_of(patient).guide
    assert guide is not None
    assert {step.title: step.is_done for step in guide.steps}["Book your first appointment"] is is_done


def test_the_batch_answers_as_one_by_one_what_is_due() -> None:
    now = clock.now()
    patient = PatientFactory.create()
    kept = AppointmentFactory.create(held=True, patient=patient, amount_due_minor=4500, price_minor=4500)

    def row(day: int, amount_due_minor: int = 6000, **fields: Any) -> Appointment:
        start = next_slot_start(day)
        more = {"price_minor": 6000, "amount_due_minor": amount_due_minor, **fields}
        return AppointmentFactory.create(patient=patient, start=start, **more)

    paid, half, free, over = row(2), row(3), row(4, 0), row(-2)
    lapsed = row(5, held=True, expires_at=now)
    PaymentFactory.create(appointment=paid, paid=True, amount_minor=6000)
    PaymentFactory.create(appointment=half, paid=True, amount_minor=2000)

    with CaptureQueriesContext(connection) as taken:
        due = due_online_among([kept, paid, half, free, over, lapsed], now=now)

    assert due == {kept.pk: 4500, half.pk: 4000}
    assert len(taken) == 2


@pytest.mark.parametrize(
    ("modality", "told"),
    [("in_person", "Come ten minutes early"), ("phone", "calls you on"), ("video", "tells you beforehand how to join")],
)
def test_the_next_appointment_says_how_to_prepare(modality: str, told: str) -> None:
    appointment = AppointmentFactory.create(modality=modality, start=next_slot_start(3))

    shown = shown_to(appointment.patient.user)

    assert told in shown
    assert reverse("booking:move", args=[appointment.public_id]) in shown
    assert reverse("booking:calendar_file", args=[appointment.public_id]) in shown


def test_what_is_new_in_the_record_stands_there_until_it_is_opened_or_marked_and_only_what_may_be_read() -> None:
    note = signed()
    patient = note.patient
    later = clock.clinic_day(clock.now()) + timedelta(days=3)
    unreleased = signed(visit(patient=patient, start=clock.now() - timedelta(days=2)), release_on=later)
    prescription = rx_signed(visit(patient=patient, start=clock.now() - timedelta(days=3)))
    document = added_by_doctor(patient=patient)
    foreign = signed()
    client = signed_in(patient.user)

    first = client.get(HOME).content.decode()
    for news in (note, prescription, document):
        assert str(news.public_id) in first
    for absent in (unreleased, foreign):
        assert str(absent.public_id) not in first

    client.get(reverse("records:note", args=[note.public_id]))
    assert str(note.public_id) not in client.get(HOME).content.decode()

    client.post(reverse("home_news_read"), {"thing": [str(document.public_id), str(foreign.public_id), "no-id"]})
    left = _home_of(patient).news
    assert [one.thing for one in left] == [prescription]
    assert [one.thing for one in _home_of(foreign.patient).news] == [foreign]


def test_the_doctors_whom_one_has_seen_are_there_once_each_and_nobody_who_was_only_booked() -> None:
    patient = PatientFactory.create()
    often, booked = DoctorFactory.create(listed=True), DoctorFactory.create(listed=True)
    for days in (20, 10):
        past = clock.now() - timedelta(days=days)
        AppointmentFactory.create(patient=patient, visit_type__doctor=often, start=past, status=Status.FULFILLED)
    AppointmentFactory.create(patient=patient, visit_type__doctor=booked)
    AppointmentFactory.create(start=clock.now() - timedelta(days=3), status=Status.FULFILLED)

    [seen] = _home_of(patient).team

    assert seen.doctor == often
    assert seen.visit == Appointment.objects.filter(doctor=often).latest("start")


def test_whom_one_helps_is_named_for_as_long_as_one_may() -> None:
    relation = CarerFactory.create()
    CarerFactory.create(user=relation.user, ended=True, patient__given_name="Zebedee")

    shown = shown_to(relation.user)

    assert relation.patient.name in shown
    assert "Zebedee" not in shown


def test_what_is_today_for_somebody_whom_one_helps_stands_above_what_comes_later_and_below_what_is_sooner() -> None:
    noon = next_slot_start(0).replace(hour=12)
    patient = PatientFactory.create()
    helped: Any = CarerFactory.create(user=patient.user)
    AppointmentFactory.create(patient=patient, start=noon + timedelta(days=3))
    today = AppointmentFactory.create(patient=helped.patient, start=noon + timedelta(hours=2))
    later = AppointmentFactory.create(patient=helped.patient, start=noon + timedelta(days=1))

    home = patient_home(patient.user, now=noon)
    assert (home.cared_for_today, home.cared_for, home.is_helping_first) == ([today], [later], True)
    assert not patient_home(patient.user, now=noon - timedelta(days=1)).cared_for_today

    AppointmentFactory.create(patient=patient, start=noon + timedelta(hours=1))
    assert not patient_home(patient.user, now=noon).is_helping_first


def test_a_carer_reads_of_today_before_their_own_next_appointment() -> None:
    patient = PatientFactory.create()
    AppointmentFactory.create(patient=patient, start=next_slot_start(3))
    helped: Any = CarerFactory.create(user=patient.user)
    # It has begun: of today at any hour at which this runs.
    AppointmentFactory.create(patient=helped.patient, start=clock.now() - timedelta(minutes=5))

    shown = shown_to(patient.user)

    assert shown.index("Today, for people whom you help") < shown.index("Your next appointment")


def test_the_page_costs_the_same_with_much_as_with_little() -> None:
    def counted(user: User) -> int:
        client = signed_in(user)
        client.get(HOME)
        with CaptureQueriesContext(connection) as taken:
            client.get(HOME)
        return len(taken)

    little, much = _busy(1), _busy(4)

    assert counted(much) == counted(little) <= 36


def _busy(number: int) -> User:
    """A patient with so many of everything that the page lists."""
    patient = PatientFactory.create()
    for at in range(number):
        start = clock.now() - timedelta(days=at + 2)
        signed(visit(patient=patient, start=start, status=Status.FULFILLED))
        rx_sign(rx_draft(visit(patient=patient, start=start + timedelta(hours=3))), warnings_seen=True)
        added_by_doctor(patient=patient)
        for ahead, fields in ((at + 1, {}), (at + 11, {"held": True})):
            start = next_slot_start(ahead)
            AppointmentFactory.create(patient=patient, start=start, amount_due_minor=900, price_minor=900, **fields)
        helped: Any = CarerFactory.create(user=patient.user)
        AppointmentFactory.create(patient=helped.patient)
    return patient.user


def test_a_visitor_and_somebody_else_mark_nothing() -> None:
    note = signed()
    answer: Any = Client().post(reverse("home_news_read"), {"thing": [str(note.public_id)]})
    assert answer.status_code == 302
    signed_in(UserFactory.create()).post(reverse("home_news_read"), {"thing": [str(note.public_id)]})
    assert _home_of(note.patient).news
