"""Arrived, done and missed: every pair of states, who may say so, from when on, and what it frees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.attendance import ARRIVES_FROM, MISSED_AFTER, STEPS
from booking.models import Appointment
from booking.services import (
    appointment_arrive,
    appointment_fulfil,
    appointment_noshow,
    appointment_unarrive,
    listing_refresh,
)
from booking.states import TRANSITIONS, CancelReason, PendingReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import at_the_desk_of, book, share, told, user_of
from common import clock
from common.errors import Conflict, Forbidden, NotFound
from doctors.models import Doctor, Listing
from notifications.models import Message

pytestmark = pytest.mark.django_db

Service = Callable[..., Appointment]
TO: dict[Service, Status] = {
    appointment_arrive: Status.ARRIVED,
    appointment_unarrive: Status.BOOKED,
    appointment_fulfil: Status.FULFILLED,
    appointment_noshow: Status.NOSHOW,
}
FROM: dict[Service, set[Status]] = {
    appointment_arrive: {Status.BOOKED},
    appointment_unarrive: {Status.ARRIVED},
    appointment_fulfil: {Status.BOOKED, Status.ARRIVED},
    appointment_noshow: {Status.BOOKED},
}
DESK_MAY = (appointment_arrive, appointment_unarrive, appointment_noshow)
ACTIONS = {
    appointment_arrive: "appointment.arrived",
    appointment_unarrive: "appointment.unarrived",
    appointment_fulfil: "appointment.fulfilled",
    appointment_noshow: "appointment.missed",
}


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


def begun(doctor: Doctor, status: Status = Status.BOOKED, **fields: Any) -> Appointment:
    """A visit of half an hour that began a quarter of an hour ago."""
    why = {
        Status.PENDING: {
            "pending_reason": PendingReason.APPROVAL,
            "expires_at": clock.now() + timedelta(hours=1),
        },
        Status.CANCELLED: {"cancel_reason": CancelReason.PATIENT, "cancelled_at": clock.now()},
    }.get(status, {})
    start = clock.now() - timedelta(minutes=15)
    made: Appointment = AppointmentFactory.create(
        visit_type=doctor.visit_types.get(), status=status, **{"start": start, **why, **fields}
    )
    return made


def source_of(service: Service) -> Status:
    return Status.ARRIVED if service is appointment_unarrive else Status.BOOKED


def do(service: Service, appointment: Appointment, actor: User | None = None, **more: Any) -> Appointment:
    return service(actor=actor or user_of(appointment.doctor), appointment_id=appointment.public_id, **more)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("service", TO)
def test_every_pair(doctor: Doctor, service: Service, status: Status) -> None:
    appointment = begun(doctor, status)
    if status == Status.ENTERED_IN_ERROR:
        with pytest.raises(NotFound):
            do(service, appointment)
    elif status in FROM[service] or status == TO[service]:
        do(service, appointment)
        status = TO[service]
    else:
        with pytest.raises(Conflict) as refused:
            do(service, appointment)
        assert (refused.value.code, refused.value.data) == ("illegal_transition", {"current": status.value})
    appointment.refresh_from_db()
    assert appointment.status == status


def test_the_steps_are_arrows_of_the_machine() -> None:
    assert [step.name for step in STEPS if any(step.target not in TRANSITIONS[Status(it)] for it in step.sources)] == []


@pytest.mark.parametrize("service", TO)
def test_a_step_leaves_a_row_of_history_and_one_event_and_repeating_it_nothing(
    doctor: Doctor, service: Service
) -> None:
    appointment = begun(doctor, source_of(service))
    for _ in range(2):
        assert do(service, appointment).status == TO[service]
    event = Event.objects.get(action=ACTIONS[service])
    assert event.actor_id == user_of(doctor).public_id
    assert event.data["before"] == source_of(service)
    assert event.data["after"] == TO[service]
    latest = appointment.history.latest()
    assert (latest.status, latest.history_user) == (TO[service], user_of(doctor))
    assert appointment.history.count() == 2
    assert not Message.objects.exists()


@pytest.mark.parametrize("service", TO)
def test_the_desk_of_the_place_says_who_came_and_only_the_doctor_what_is_done(doctor: Doctor, service: Service) -> None:
    appointment, desk = begun(doctor, source_of(service)), at_the_desk_of(doctor.locations.get())
    if service in DESK_MAY:
        assert do(service, appointment, desk).status == TO[service]
        return
    with pytest.raises(Forbidden) as refused:
        do(service, appointment, desk)
    assert refused.value.code == "doctors_only"


@pytest.mark.parametrize("service", TO)
def test_nobody_else_says_it(doctor: Doctor, service: Service) -> None:
    desk = at_the_desk_of(doctor.locations.get())
    appointment = begun(doctor, source_of(service), start=clock.now() + timedelta(minutes=20))
    shared, carer = UserFactory.create(), CarerFactory.create(patient=appointment.patient)
    if appointment.status == Status.BOOKED:
        share(appointment, shared)
        with pytest.raises(Forbidden):
            do(service, appointment, shared)
    own = begun(doctor, source_of(service), patient=PatientFactory.create(user=desk), start=next_slot_start())
    for actor, visit in ((user_of(appointment.patient), appointment), (carer.user, appointment), (desk, own)):
        with pytest.raises(Forbidden):
            do(service, visit, actor)
    for stranger in (user_of(bookable_doctor()), UserFactory.create(is_superuser=True)):
        with pytest.raises(NotFound):
            do(service, appointment, stranger)
    appointment.refresh_from_db()
    assert appointment.status == source_of(service)


@pytest.mark.parametrize(
    ("service", "opens"),
    [(appointment_arrive, -ARRIVES_FROM), (appointment_fulfil, -ARRIVES_FROM), (appointment_noshow, MISSED_AFTER)],
)
def test_each_step_has_its_first_moment(doctor: Doctor, service: Service, opens: timedelta) -> None:
    appointment = begun(doctor, start=next_slot_start())
    moment = appointment.start + opens
    with pytest.raises(Conflict) as refused:
        do(service, appointment, now=moment - timedelta(milliseconds=1))
    assert (refused.value.code, refused.value.data) == ("too_early", {"current": Status.BOOKED})
    assert do(service, appointment, now=moment).status == TO[service]


def test_what_is_left_of_a_missed_visit_is_free_and_listed_again(doctor: Doctor) -> None:
    appointment = book(doctor, start=next_slot_start())
    listing_refresh(doctor_id=doctor.pk, now=clock.now())

    def times() -> list[Any]:
        return Listing.objects.get(doctor=doctor, location=None, modality="").next_times

    assert appointment.start not in times()
    late = appointment.start + MISSED_AFTER
    Appointment.objects.filter(pk=appointment.pk).update(end=late + timedelta(minutes=50))
    Appointment.objects.filter(pk=appointment.pk).update(blocked=(appointment.start, late + timedelta(minutes=50)))
    listing_refresh(doctor_id=doctor.pk, now=late)
    half_past = appointment.start + timedelta(minutes=30)
    assert half_past not in times()
    do(appointment_noshow, appointment, now=late)
    assert half_past in times()
    assert book(doctor, start=half_past, now=late).status == Status.BOOKED
    assert "doctor_appointment_cancelled" not in told(doctor)


def test_arriving_and_being_seen_keep_the_time(doctor: Doctor) -> None:
    appointment = begun(doctor)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())
    before = list(Listing.objects.values_list("next_times", flat=True))
    do(appointment_arrive, appointment)
    do(appointment_fulfil, appointment)
    assert list(Listing.objects.values_list("next_times", flat=True)) == before
