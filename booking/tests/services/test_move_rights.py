"""Who may give an appointment another time, until when, and of which state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.states import CancelReason, PendingReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.moving import HALF, at_the_desk_of, move, own, refused
from booking.tests.steps import book, share, user_of
from common.errors import NotFound
from common.permissions import grant
from doctors.models import Doctor
from doctors.tests.factories import LocationFactory

pytestmark = pytest.mark.django_db


class TestWho:
    @pytest.fixture
    def doctor(self) -> Doctor:
        return bookable_doctor()

    @pytest.fixture
    def appointment(self, doctor: Doctor) -> Appointment:
        return book(doctor, start=next_slot_start(3))

    def test_the_patient_the_doctor_and_the_desk(self, doctor: Doctor, appointment: Appointment) -> None:
        for number, actor in enumerate([own(appointment), user_of(doctor), at_the_desk_of(doctor)], start=1):
            assert move(appointment, actor, appointment.start + number * HALF).calendar_sequence == number

    def test_a_carer_who_books(self, appointment: Appointment) -> None:
        carer = CarerFactory.create(patient=appointment.patient)
        move(appointment, carer.user, appointment.start + HALF)
        event = Event.objects.get(action="appointment.moved")
        assert (event.actor_id, event.on_behalf_of_id) == (carer.user.public_id, appointment.patient.public_id)

    def test_no_carer_who_only_looks(self, appointment: Appointment) -> None:
        carer = CarerFactory.create(patient=appointment.patient, can_book=False)
        assert refused(appointment, carer.user, appointment.start + HALF) == "may_not_move"

    def test_nobody_whom_it_is_shared_with(self, appointment: Appointment) -> None:
        helper = UserFactory.create()
        share(appointment, helper)
        assert refused(appointment, helper, appointment.start + HALF) == "may_not_move"

    def test_whoever_may_only_look_not_even_to_the_time_that_it_has(self, appointment: Appointment) -> None:
        viewer = UserFactory.create()
        grant(viewer, "view_appointment", appointment)
        assert refused(appointment, viewer, appointment.start) == "may_not_move"

    def test_for_everybody_else_there_is_no_such_appointment(self, appointment: Appointment) -> None:
        strangers = [UserFactory.create(), user_of(PatientFactory.create()), user_of(bookable_doctor())]
        strangers += [at_the_desk_of(bookable_doctor()), UserFactory.create(is_superuser=True)]
        for stranger in strangers:
            with pytest.raises(NotFound):
                move(appointment, stranger, appointment.start + HALF)

    def test_the_desk_keeps_its_own_diary(self, doctor: Doctor, appointment: Appointment) -> None:
        other = LocationFactory.create()
        desk = at_the_desk_of(doctor)
        assert refused(appointment, desk, appointment.start + HALF, location_id=other.pk) == "another_place"


class TestWhen:
    """What has a price is free to move until a day before; the practice may move until the start."""

    @pytest.fixture
    def doctor(self) -> Doctor:
        return bookable_doctor(price_minor=4500, minimum_notice=0)

    @pytest.fixture
    def appointment(self, doctor: Doctor) -> Appointment:
        return book(doctor, start=next_slot_start(3))

    @pytest.fixture
    def later(self, appointment: Appointment) -> datetime:
        return appointment.start + timedelta(days=1)

    def test_until_the_policys_date_and_not_a_second_longer(self, appointment: Appointment, later: datetime) -> None:
        until = appointment.start - timedelta(hours=24)
        past = until + timedelta(seconds=1)
        assert refused(appointment, own(appointment), later, now=past) == "too_late_to_move"
        assert move(appointment, own(appointment), later, now=until).start == later

    def test_a_carer_is_held_to_it_too(self, appointment: Appointment, later: datetime) -> None:
        carer = CarerFactory.create(patient=appointment.patient)
        past = appointment.start - timedelta(hours=23)
        assert refused(appointment, carer.user, later, now=past) == "too_late_to_move"

    def test_what_costs_nothing_until_it_starts(self) -> None:
        appointment = book(bookable_doctor(minimum_notice=0), start=next_slot_start(3))
        before = appointment.start - timedelta(seconds=1)
        assert refused(appointment, own(appointment), appointment.start + HALF, now=appointment.start) == "too_late"
        assert move(appointment, own(appointment), appointment.start + HALF, now=before).calendar_sequence == 1

    def test_the_practice_until_it_starts(self, doctor: Doctor, appointment: Appointment, later: datetime) -> None:
        for actor in (user_of(doctor), at_the_desk_of(doctor)):
            assert refused(appointment, actor, later, now=appointment.start) == "too_late"
            appointment = move(appointment, actor, later, now=appointment.start - timedelta(seconds=1))
            assert appointment.start == later
            later += timedelta(days=1)

    def test_moving_does_not_open_the_window_again(self, appointment: Appointment) -> None:
        """Whoever moves it near has chosen what holds there."""
        now = appointment.start - timedelta(hours=25)
        near = appointment.start - timedelta(hours=1)
        moved = move(appointment, own(appointment), near, now=now)
        assert moved.policy["free_until"] == (near - timedelta(hours=24)).isoformat()
        assert refused(appointment, own(appointment), appointment.start, now=now + timedelta(minutes=1)) == (
            "too_late_to_move"
        )

    def test_nobody_pays_for_a_time_that_the_practice_chose_too_near(
        self, doctor: Doctor, appointment: Appointment
    ) -> None:
        near = next_slot_start(1)
        moved = move(appointment, user_of(doctor), near, now=near - timedelta(hours=20))
        assert moved.policy["free_until"] == near.isoformat()
        appointment_cancel(
            actor=own(appointment), appointment_id=appointment.public_id, now=near - timedelta(minutes=1)
        )
        assert Event.objects.get(action="appointment.cancelled").data["within_policy"] is True

    def test_whoever_saw_an_older_time_is_told(self, doctor: Doctor, appointment: Appointment, later: datetime) -> None:
        move(appointment, user_of(doctor), appointment.start + HALF, seen_sequence=0)
        assert refused(appointment, own(appointment), later, seen_sequence=0) == "moved_meanwhile"
        assert move(appointment, own(appointment), later, seen_sequence=1).start == later


# What a row looks like in each state that a service can leave it in, and what whoever would move it is told.
STATES: dict[str, tuple[dict[str, Any], str]] = {
    "request": ({"requested": True}, "illegal_transition"),
    "hold": ({"held": True}, "illegal_transition"),
    "lapsed": ({"requested": True, "expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, "illegal_transition"),
    "arrived": ({"status": Status.ARRIVED}, "illegal_transition"),
    "fulfilled": ({"status": Status.FULFILLED}, "illegal_transition"),
    "noshow": ({"status": Status.NOSHOW}, "illegal_transition"),
    "entered in error": ({"status": Status.ENTERED_IN_ERROR}, "not_found"),
    **{
        f"cancelled: {reason}": ({"cancelled": True, "cancel_reason": reason}, "illegal_transition")
        for reason in CancelReason
    },
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["patient", "doctor", "desk"])
def test_only_what_is_booked_moves(state: str, who: str) -> None:
    row, code = STATES[state]
    doctor = bookable_doctor()
    appointment = AppointmentFactory.create(visit_type=doctor.visit_types.get(), start=next_slot_start(3), **row)
    actors = {"patient": own(appointment), "doctor": user_of(doctor), "desk": at_the_desk_of(doctor)}
    for start in (appointment.start, appointment.start + HALF):
        assert refused(appointment, actors[who], start) == code


def test_the_states_above_are_all_that_are_not_booked() -> None:
    said = {row.get("status", Status.PENDING) for row, _ in STATES.values() if "cancelled" not in row}
    assert said | {Status.CANCELLED, Status.BOOKED} == set(Status)
    assert {"request", "hold"} <= STATES.keys()
    assert len(PendingReason) == 2
