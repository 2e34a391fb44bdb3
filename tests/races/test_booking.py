"""Many people at once, each on a connection of its own: who gets the time, and what the others are told."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from audit.models import Event
from booking import locks
from booking.models import Appointment, AvailabilityException
from booking.services import (
    appointment_approve,
    appointment_cancel,
    appointment_reject,
    leave_add,
    pending_expire,
)
from booking.states import Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from common import clock
from common.errors import Conflict
from doctors.models import Doctor
from doctors.tests.factories import VisitTypeFactory
from tests.races.conftest import CLIENTS, Client, Together, overlaps, refusals, winners

# Both are 409: a machine with other work may keep somebody waiting for the three seconds that a lock is waited for.
TOO_LATE = {"slot_taken", "busy"}


def patients(count: int = CLIENTS) -> list[Patient]:
    return [PatientFactory.create() for _ in range(count)]


def on_one_slot(doctor: Doctor, people: list[Patient], number: int) -> list[Client]:
    """Everybody wants the same half hour, another one each round."""
    visit_type, place = doctor.visit_types.get(), doctor.locations.get().pk
    return [Client(person, visit_type, place, next_slot_start(1 + number)) for person in people]


@pytest.mark.usefixtures("no_deadlock")
def test_one_slot_goes_to_one_of_twenty(together: Together, rounds: int) -> None:
    doctor, people = bookable_doctor(), patients()
    for number in range(rounds):
        outcomes = together(list(on_one_slot(doctor, people, number)))
        assert len(winners(outcomes)) == 1
        assert len(refusals(outcomes)) == CLIENTS - 1
        assert set(refusals(outcomes)) <= TOO_LATE
    assert overlaps() == 0


@pytest.mark.usefixtures("no_deadlock")
def test_overlapping_visits_of_an_hour_a_half_and_a_quarter_go_to_one_of_twenty(
    together: Together, rounds: int
) -> None:
    """All of them need the ten minutes from twenty past ten, one only as its buffer."""
    doctor, people = bookable_doctor(minutes=60), patients()
    hour, place = doctor.visit_types.get(), doctor.locations.get().pk
    half, quarter = (
        VisitTypeFactory.create(doctor=doctor, minutes=30),
        VisitTypeFactory.create(doctor=doctor, minutes=15),
    )
    buffered = VisitTypeFactory.create(doctor=doctor, minutes=20, buffer_before=10)
    for number in range(rounds):
        ten = next_slot_start(1 + number)
        wanted = [(hour, 0), (half, 0), (quarter, 15), (buffered, 30)]
        asked = islice(cycle(wanted), CLIENTS)
        outcomes = together(
            [
                Client(person, visit_type, place, ten + timedelta(minutes=minutes))
                for person, (visit_type, minutes) in zip(people, asked, strict=True)
            ]
        )
        assert len(winners(outcomes)) == 1
        assert len(refusals(outcomes)) == CLIENTS - 1
        assert set(refusals(outcomes)) <= TOO_LATE
    assert overlaps() == 0


@pytest.mark.usefixtures("no_deadlock")
def test_one_patient_on_ten_doctors_gets_three_holds(together: Together, rounds: int) -> None:
    doctors = [bookable_doctor(needs_approval=True) for _ in range(10)]
    for number in range(rounds):
        person, ten = PatientFactory.create(), next_slot_start(1 + number)
        outcomes = together(
            [
                Client(
                    person, doctor.visit_types.get(), doctor.locations.get().pk, ten + timedelta(minutes=30 * position)
                )
                for position, doctor in enumerate(doctors)
            ]
        )
        assert len(winners(outcomes)) == 3
        assert Counter(refusals(outcomes)) == {"too_many_holds": 7}


@pytest.mark.usefixtures("no_deadlock")
def test_one_patient_at_one_time_on_ten_doctors_gets_one(together: Together, rounds: int) -> None:
    doctors = [bookable_doctor() for _ in range(10)]
    for number in range(rounds):
        person = PatientFactory.create()
        outcomes = together([client for doctor in doctors for client in on_one_slot(doctor, [person], number)])
        assert len(winners(outcomes)) == 1
        assert Counter(refusals(outcomes)) == {"patient_busy": 9}
    assert overlaps() == 0


@pytest.mark.usefixtures("no_deadlock")
def test_a_booking_and_leave_in_the_same_second_know_of_each_other(together: Together, rounds: int) -> None:
    """Whoever is booked into the leave was there before it, and the doctor was told how many."""
    people = patients(9)
    for number in range(rounds):
        doctor = bookable_doctor()
        ten, place, visit_type = next_slot_start(1 + number), doctor.locations.get().pk, doctor.visit_types.get()
        clients = [
            Client(person, visit_type, place, ten + timedelta(minutes=30 * position))
            for position, person in enumerate(people)
        ]

        def leave(doctor: Doctor = doctor, start: datetime = ten) -> AvailabilityException:
            return leave_add(
                actor=user_of(doctor),
                doctor_id=doctor.public_id,
                start=start,
                end=start + timedelta(hours=5),
            )

        outcomes = together([*clients[:4], leave, *clients[4:]])
        booked = len(winners(outcomes)) - 1
        assert Counter(refusals(outcomes)) == Counter({"slot_not_offered": 9 - booked})
        event = Event.objects.filter(action="availability.leave_added").latest("pk")
        assert event.data == {"affected": booked}
        assert Appointment.objects.filter(doctor=doctor).count() == booked


@pytest.mark.usefixtures("no_deadlock")
def test_an_ended_hold_is_cancelled_once_and_its_time_goes_to_one(together: Together, rounds: int) -> None:
    doctor, people = bookable_doctor(), patients(CLIENTS - 1)
    visit_type = doctor.visit_types.get()
    for number in range(rounds):
        clients = on_one_slot(doctor, people, number)
        hold = AppointmentFactory.create(
            held=True, visit_type=visit_type, start=clients[0].start, expires_at=clock.now()
        )
        outcomes = together([*clients[:10], lambda: pending_expire(now=clock.now()), *clients[10:]])
        booked = [value for value in winners(outcomes) if isinstance(value, Appointment)]
        assert len(booked) == 1
        assert set(refusals(outcomes)) == {"slot_taken"}
        hold.refresh_from_db()
        assert hold.status == Status.CANCELLED
        assert Event.objects.filter(object_id=str(hold.public_id)).count() == 1
    assert overlaps() == 0


@pytest.mark.usefixtures("no_deadlock")
def test_two_patients_who_hold_each_others_ended_times(together: Together, rounds: int) -> None:
    """Each frees, for itself, a hold of the other with the other's new doctor: the locks are taken in one order."""
    doctors, people = [bookable_doctor(), bookable_doctor()], patients(2)
    for number in range(rounds):
        for doctor, person in zip(doctors, reversed(people), strict=True):
            start = next_slot_start(1 + number)
            AppointmentFactory.create(
                held=True, patient=person, visit_type=doctor.visit_types.get(), start=start, expires_at=clock.now()
            )
        outcomes = together(
            [
                client
                for doctor, person in zip(doctors, people, strict=True)
                for client in on_one_slot(doctor, [person], number)
            ]
        )
        assert len(winners(outcomes)) == 2


@pytest.mark.usefixtures("no_deadlock")
def test_ten_cancellations_are_one(together: Together, rounds: int) -> None:
    doctor, person = bookable_doctor(), PatientFactory.create()
    for number in range(rounds):
        appointment = book(doctor, patient=person, start=next_slot_start(1 + number))

        def cancel(appointment: Appointment = appointment) -> Appointment:
            return appointment_cancel(actor=user_of(person), appointment_id=appointment.public_id)

        assert refusals(together([cancel] * 10)) == []
        events = Event.objects.filter(object_id=str(appointment.public_id), action="appointment.cancelled")
        assert events.count() == 1


@pytest.mark.usefixtures("no_deadlock")
def test_the_first_answer_to_a_request_stands(together: Together, rounds: int) -> None:
    doctor, person = bookable_doctor(needs_approval=True), PatientFactory.create()
    for number in range(rounds):
        appointment = book(doctor, patient=person, start=next_slot_start(1 + number))
        asked = {"actor": user_of(doctor), "appointment_id": appointment.public_id}

        def approve(asked: dict[str, Any] = asked) -> Appointment:
            return appointment_approve(**asked)

        def reject(asked: dict[str, Any] = asked) -> Appointment:
            return appointment_reject(**asked)

        outcomes = together([approve, reject] * 5)
        assert len({won.status for won in winners(outcomes)}) == 1
        assert Counter(refusals(outcomes)) == {"illegal_transition": 5}
        appointment.refresh_from_db()
        if appointment.status == Status.BOOKED:
            appointment_cancel(actor=user_of(doctor), appointment_id=appointment.public_id)


@pytest.mark.django_db(transaction=True)
def test_a_locked_doctor_is_waited_for_only_so_long_and_others_are_not_touched(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_TIMEOUT", "50ms")
    locked, free = bookable_doctor(), bookable_doctor()
    first, second = patients(2)
    with transaction.atomic():
        locks.lock_doctor(locked.pk)
        outcomes = together([*on_one_slot(locked, [first], 0), *on_one_slot(free, [second], 0)])
    assert refusals(outcomes) == ["busy"]
    assert [won.doctor_id for won in winners(outcomes)] == [free.pk]


@pytest.mark.django_db(transaction=True)
def test_the_lock_time_out_ends_with_the_transaction() -> None:
    doctor = bookable_doctor()
    with transaction.atomic():
        locks.lock_doctor(doctor.pk)
        assert _lock_timeout() == "3s"
    assert _lock_timeout() == "0"


def _lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


class TestControl:
    """The same race with its protection taken away. If these fail, the tests above prove nothing."""

    @pytest.mark.usefixtures("without_locks", "without_constraints")
    def test_without_locks_and_constraints_one_slot_is_booked_twice(self, together: Together, rounds: int) -> None:
        doctor, people = bookable_doctor(), patients()
        races = (together(list(on_one_slot(doctor, people, number))) for number in range(rounds))
        assert any(len(winners(outcomes)) > 1 for outcomes in races)
        assert overlaps() > 0

    @pytest.mark.usefixtures("without_locks", "without_constraints")
    def test_without_locks_and_constraints_one_patient_is_in_two_places_and_has_too_many_holds(
        self, together: Together, rounds: int
    ) -> None:
        doctors = [bookable_doctor(needs_approval=True) for _ in range(10)]
        races = (
            together([client for doctor in doctors for client in on_one_slot(doctor, [person], number)])
            for number, person in enumerate(patients(rounds))
        )
        assert any(len(winners(outcomes)) > 3 for outcomes in races)
        assert overlaps() > 0

    @pytest.mark.usefixtures("without_locks")
    def test_the_constraints_alone_still_let_one_win(self, together: Together) -> None:
        doctor, people = bookable_doctor(), patients(5)
        outcomes = together(list(on_one_slot(doctor, people, 0)))
        assert len(winners(outcomes)) <= 1
        assert set(refusals(outcomes)) <= {"slot_taken", "busy"}
        assert overlaps() == 0

    @pytest.mark.usefixtures("without_constraints")
    def test_the_locks_alone_still_let_one_win(self, together: Together) -> None:
        doctor, people = bookable_doctor(), patients()
        outcomes = together(list(on_one_slot(doctor, people, 0)))
        assert len(winners(outcomes)) == 1
        with pytest.raises(Conflict):
            on_one_slot(doctor, people, 0)[0]()
