"""Moves against moves, bookings and cancellations, each on a connection of its own: the loser keeps the old time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_cancel, appointment_move
from booking.states import Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, told, user_of
from devtools.testing.parallel import Outcome
from doctors.models import Doctor
from tests.races.conftest import CLIENTS, Client, Together, overlaps, refusals, winners

TOO_LATE = {"slot_taken", "busy"}
HALF = timedelta(minutes=30)


def mover(
    appointment: Appointment, start: datetime, *, actor: Patient | Doctor | None = None, **more: Any
) -> Callable[[], Appointment]:
    """Whoever gives the appointment another time when called: its patient unless said otherwise."""
    who = user_of(actor or appointment.patient)

    def move() -> Appointment:
        return appointment_move(actor=who, appointment_id=appointment.public_id, start=start, **more)

    return move


def canceller(appointment: Appointment, actor: Patient | Doctor) -> Callable[[], Appointment]:
    def cancel() -> Appointment:
        return appointment_cancel(actor=user_of(actor), appointment_id=appointment.public_id)

    return cancel


def booked_elsewhen(doctor: Doctor, count: int = CLIENTS) -> list[Appointment]:
    """Appointments of as many patients, in afternoons far from the mornings that are fought for."""
    visit_type = doctor.visit_types.get()
    return [
        AppointmentFactory.create(visit_type=visit_type, start=next_slot_start(2 + number, time(16, 30)))
        for number in range(count)
    ]


def contested(number: int) -> datetime:
    """Another half hour each round, before the afternoons and for 800 rounds within the horizon.

    More than a day ahead, so that whoever has won it may move on, whatever the time of day.
    """
    return next_slot_start(2 + number // 14, time(9)) + number % 14 * HALF


def times() -> dict[int, tuple[datetime, int]]:
    return {row.pk: (row.start, row.calendar_sequence) for row in Appointment.objects.all()}


def assert_the_losers_keep_theirs(before: dict[int, tuple[datetime, int]], outcomes: list[Outcome[Any]]) -> None:
    won = {winner.pk for winner in winners(outcomes)}
    after = times()
    assert {pk: after[pk] for pk in before if pk not in won} == {pk: before[pk] for pk in before if pk not in won}


@pytest.mark.usefixtures("no_deadlock")
def test_of_twenty_moves_to_one_slot_one_arrives(together: Together, rounds: int) -> None:
    doctor = bookable_doctor()
    appointments = booked_elsewhen(doctor)
    for number in range(rounds):
        before, ten = times(), contested(number)
        outcomes = together([mover(appointment, ten) for appointment in appointments])
        [won] = winners(outcomes)
        assert len(refusals(outcomes)) == CLIENTS - 1
        assert set(refusals(outcomes)) <= TOO_LATE
        assert times()[won.pk] == (ten, before[won.pk][1] + 1)
        assert_the_losers_keep_theirs(before, outcomes)
    assert overlaps() == 0
    assert Event.objects.filter(action="appointment.moved").count() == rounds


@pytest.mark.usefixtures("no_deadlock")
def test_a_slot_goes_to_one_of_those_who_move_and_those_who_book(together: Together, rounds: int) -> None:
    doctor = bookable_doctor()
    visit_type, place = doctor.visit_types.get(), doctor.locations.get().pk
    appointments, people = booked_elsewhen(doctor, 10), [PatientFactory.create() for _ in range(10)]
    for number in range(rounds):
        before, ten = times(), contested(number)
        movers = [mover(appointment, ten) for appointment in appointments]
        clients = [Client(person, visit_type, place, ten) for person in people]
        outcomes = together([one for pair in zip(movers, clients, strict=True) for one in pair])
        assert len(winners(outcomes)) == 1
        assert set(refusals(outcomes)) <= TOO_LATE
        assert_the_losers_keep_theirs(before, outcomes)
    assert overlaps() == 0


@pytest.mark.usefixtures("no_deadlock")
def test_a_row_of_visits_moves_up_and_never_overlaps(together: Together, rounds: int) -> None:
    """Each wants the time of the next, the last one and everybody else a free one: whatever the order, none meet."""
    for _ in range(rounds):
        doctor, ten = bookable_doctor(minutes=60), next_slot_start()
        appointments = [book(doctor, start=ten + 2 * position * HALF) for position in range(4)]
        free = ten + 8 * HALF
        wanted = [*(other.start for other in appointments[1:]), free]
        before = times()
        outcomes = together(
            [
                *(mover(one, start) for one, start in zip(appointments, wanted, strict=True)),
                *(mover(one, free) for one in appointments),
            ]
        )
        assert winners(outcomes)
        assert set(refusals(outcomes)) <= TOO_LATE
        assert_the_losers_keep_theirs(before, outcomes)
        assert overlaps() == 0


@pytest.mark.usefixtures("no_deadlock")
def test_one_patient_moves_two_visits_with_two_doctors_to_one_time(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        doctors = [bookable_doctor(), bookable_doctor()]
        person, ten = PatientFactory.create(), next_slot_start()
        visits = [
            book(doctor, patient=person, start=ten + (2 + 2 * position) * HALF)
            for position, doctor in enumerate(doctors)
        ]
        before = times()
        outcomes = together([mover(visit, ten) for visit in visits])
        assert len(winners(outcomes)) == 1
        assert refusals(outcomes) == ["patient_busy"]
        assert_the_losers_keep_theirs(before, outcomes)
    assert overlaps() == 0


@pytest.mark.usefixtures("no_deadlock")
def test_of_ten_who_saw_the_same_time_one_moves_it(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        appointment = book(bookable_doctor(), start=next_slot_start())
        wanted = [appointment.start + (1 + position) * HALF for position in range(10)]
        outcomes = together([mover(appointment, start, seen_sequence=0) for start in wanted])
        [won] = winners(outcomes)
        assert Counter(refusals(outcomes)) == {"moved_meanwhile": 9}
        assert times()[appointment.pk] == (won.start, 1)


@pytest.mark.usefixtures("no_deadlock")
def test_a_move_and_a_cancellation_come_one_after_the_other(together: Together, rounds: int) -> None:
    """Either it moves and is cancelled there, or it is cancelled and moves no more; its last mail says cancelled."""
    for _ in range(rounds):
        doctor, person = bookable_doctor(), PatientFactory.create()
        appointment = book(doctor, patient=person)
        later = appointment.start + HALF
        outcomes = together([mover(appointment, later, actor=doctor), canceller(appointment, person)])
        _assert_one_after_the_other(appointment, later, outcomes)
        assert told(person)[-1] == "appointment_cancelled"
        assert book(doctor, start=later).status == Status.BOOKED


def _assert_one_after_the_other(appointment: Appointment, later: datetime, outcomes: list[Outcome[Any]]) -> None:
    moved, cancelled = outcomes
    assert cancelled.error is None
    row = Appointment.objects.get(pk=appointment.pk)
    assert row.status == Status.CANCELLED
    if moved.error is None:
        assert (row.start, row.calendar_sequence) == (later, 2)
    else:
        assert refusals(outcomes) == ["illegal_transition"]
        assert (row.start, row.calendar_sequence) == (appointment.start, 1)


class TestControl:
    """The same races with their protection taken away. If these fail, the tests above prove nothing."""

    @pytest.mark.usefixtures("without_locks", "without_constraints")
    def test_without_locks_and_constraints_several_move_to_one_slot(self, together: Together, rounds: int) -> None:
        doctor = bookable_doctor()
        appointments = booked_elsewhen(doctor)
        arrived = [
            len(winners(together([mover(one, contested(number)) for one in appointments]))) for number in range(rounds)
        ]
        assert max(arrived) > 1
        assert overlaps() > 0

    @pytest.mark.usefixtures("without_locks")
    def test_the_constraints_alone_still_let_one_arrive(self, together: Together) -> None:
        doctor = bookable_doctor()
        appointments = booked_elsewhen(doctor, 5)
        outcomes = together([mover(one, next_slot_start()) for one in appointments])
        assert len(winners(outcomes)) <= 1
        assert set(refusals(outcomes)) <= TOO_LATE
        assert overlaps() == 0

    @pytest.mark.usefixtures("without_locks")
    def test_without_locks_several_move_what_they_saw_at_one_time(self, together: Together, rounds: int) -> None:
        def moved() -> int:
            appointment = book(bookable_doctor())
            wanted = [appointment.start + (1 + position) * HALF for position in range(10)]
            return len(winners(together([mover(appointment, start, seen_sequence=0) for start in wanted])))

        assert any(moved() > 1 for _ in range(rounds))

    @pytest.mark.usefixtures("without_locks")
    def test_without_locks_a_cancelled_visit_moves(self, together: Together, rounds: int) -> None:
        """Both say that they were first: the row is cancelled at its new time, and one number of its entry is lost."""

        def lost() -> int:
            doctor, person = bookable_doctor(), PatientFactory.create()
            appointment = book(doctor, patient=person)
            movers = [mover(appointment, appointment.start + (1 + one) * HALF, actor=doctor) for one in range(5)]
            outcomes = together([*movers, *[canceller(appointment, person)] * 5])
            return len(winners(outcomes)) - times()[appointment.pk][1]

        # Four cancellations may well only repeat the first one, and count for nothing.
        assert any(lost() > 4 for _ in range(rounds))
