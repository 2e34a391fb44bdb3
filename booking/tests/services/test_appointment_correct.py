"""Taking back a no-show, and what was entered in error: with a reason, once, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.attendance import CORRECTED_WITHIN
from booking.models import Appointment
from booking.selectors import appointments_visible_to, day_of_clinic, day_of_doctor
from booking.services import appointment_enter_in_error, noshow_correct
from booking.signals import appointment_released
from booking.states import CORRECTED_TO, CancelReason, ErrorReason, NoShowCorrection, PendingReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.services.test_appointment_attend import begun
from booking.tests.steps import at_the_desk_of, book, told, user_of
from common import clock
from common.errors import Conflict, Forbidden, NotFound
from doctors.models import Doctor
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def desk(doctor: Doctor) -> User:
    return at_the_desk_of(doctor.locations.get())


@pytest.fixture
def released() -> Iterator[list[dict[str, Any]]]:
    """What billing hears."""
    heard: list[dict[str, Any]] = []

    def hear(**sent: Any) -> None:
        heard.append(sent)

    appointment_released.connect(hear)
    yield heard
    appointment_released.disconnect(hear)


def correct(appointment: Appointment, reason: NoShowCorrection, actor: User | None = None, **more: Any) -> Appointment:
    actor = actor or user_of(appointment.doctor)
    return noshow_correct(actor=actor, appointment_id=appointment.public_id, reason=reason, **more)


def err(appointment: Appointment, actor: User, reason: ErrorReason = ErrorReason.TWICE) -> Appointment:
    return appointment_enter_in_error(actor=actor, appointment_id=appointment.public_id, reason=reason)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("reason", NoShowCorrection)
def test_every_pair_of_a_correction(doctor: Doctor, reason: NoShowCorrection, status: Status) -> None:
    appointment, target = begun(doctor, status), CORRECTED_TO[reason]
    if status == Status.ENTERED_IN_ERROR:
        with pytest.raises(NotFound):
            correct(appointment, reason)
    elif status in (Status.NOSHOW, target):
        correct(appointment, reason)
        status = target
    else:
        with pytest.raises(Conflict) as refused:
            correct(appointment, reason)
        assert (refused.value.code, refused.value.data) == ("illegal_transition", {"current": status.value})
    appointment.refresh_from_db()
    assert appointment.status == status


def test_a_visit_that_was_marked_missed_by_mistake_took_place(doctor: Doctor) -> None:
    appointment = begun(doctor, Status.NOSHOW)
    for _ in range(2):
        assert correct(appointment, NoShowCorrection.SEEN).status == Status.FULFILLED
    event = Event.objects.get(action="appointment.unmissed")
    assert event.data == {"before": "noshow", "after": "fulfilled", "reason": "seen"}
    assert appointment.history.count() == 2
    assert not Message.objects.exists()


def test_who_could_not_help_it_is_told_and_owes_nothing(
    doctor: Doctor, desk: User, released: list[dict[str, Any]]
) -> None:
    by_doctor, by_desk = begun(doctor, Status.NOSHOW, price_minor=4500), begun(doctor, Status.NOSHOW)
    assert correct(by_doctor, NoShowCorrection.EXCUSED).cancel_reason == CancelReason.DOCTOR
    assert correct(by_desk, NoShowCorrection.OUR_DOING, desk).cancel_reason == CancelReason.CLINIC
    assert [sent["appointment"] for sent in released] == [by_doctor, by_desk]
    assert told(by_doctor.patient) == told(by_desk.patient) == ["appointment_cancelled"]
    assert told(doctor) == []
    correct(by_doctor, NoShowCorrection.EXCUSED)
    assert len(released) == 2


@pytest.mark.parametrize("reason", [NoShowCorrection.SEEN, NoShowCorrection.EXCUSED])
def test_a_correction_has_a_last_moment(doctor: Doctor, reason: NoShowCorrection) -> None:
    appointment = begun(doctor, Status.NOSHOW)
    last = appointment.end + CORRECTED_WITHIN
    with pytest.raises(Conflict) as refused:
        correct(appointment, reason, now=last + timedelta(milliseconds=1))
    assert (refused.value.code, refused.value.data) == ("too_late", {"current": Status.NOSHOW})
    assert correct(appointment, reason, now=last).status == CORRECTED_TO[reason]


def test_a_visit_cannot_take_back_a_time_that_somebody_else_has_by_now(doctor: Doctor) -> None:
    appointment = begun(doctor, Status.NOSHOW)
    other = begun(doctor, start=appointment.start)
    with pytest.raises(Conflict) as refused:
        correct(appointment, NoShowCorrection.SEEN)
    assert refused.value.code == "time_taken"
    assert correct(appointment, NoShowCorrection.EXCUSED).status == Status.CANCELLED
    other.refresh_from_db()
    assert other.status == Status.BOOKED


def test_a_hold_that_has_ended_does_not_keep_a_visit_from_its_time(doctor: Doctor) -> None:
    appointment = begun(doctor, Status.NOSHOW)
    ended = begun(doctor, start=appointment.start, held=True, expires_at=clock.now() - timedelta(seconds=1))
    Appointment.objects.filter(pk=ended.pk).update(status=Status.PENDING, pending_reason=PendingReason.PAYMENT)
    assert correct(appointment, NoShowCorrection.SEEN).status == Status.FULFILLED
    ended.refresh_from_db()
    assert (ended.status, ended.cancel_reason) == (Status.CANCELLED, CancelReason.HOLD_EXPIRED)


def test_no_patient_takes_back_their_own_absence(doctor: Doctor) -> None:
    appointment = begun(doctor, Status.NOSHOW)
    with pytest.raises(Forbidden):
        correct(appointment, NoShowCorrection.EXCUSED, user_of(appointment.patient))
    with pytest.raises(NotFound):
        correct(appointment, NoShowCorrection.EXCUSED, user_of(bookable_doctor()))


@pytest.mark.parametrize("status", Status)
def test_anything_can_turn_out_to_be_an_error(doctor: Doctor, desk: User, status: Status) -> None:
    appointment = begun(doctor, status)
    for _ in range(2):
        assert err(appointment, desk).status == Status.ENTERED_IN_ERROR
    events = Event.objects.filter(action="appointment.corrected")
    if status == Status.ENTERED_IN_ERROR:
        assert not events.exists()
        return
    assert events.get().data == {"before": status, "after": "entered-in-error", "reason": "twice"}
    assert appointment.history.count() == 2


def test_it_is_hidden_from_everybody_and_kept(doctor: Doctor, desk: User) -> None:
    appointment = begun(doctor, Status.ARRIVED)
    err(appointment, desk)
    for user in (user_of(appointment.patient), user_of(doctor), desk):
        assert not appointments_visible_to(user).exists()
    day = appointment.start.astimezone(clock.clinic_zone()).date()
    assert not day_of_doctor(user_of(doctor), day).exists()
    assert not day_of_clinic(desk, appointment.location, day).exists()
    assert Appointment.objects.filter(pk=appointment.pk).exists()


def test_of_a_visit_ahead_both_are_told_and_its_time_is_free(
    doctor: Doctor, desk: User, released: list[dict[str, Any]]
) -> None:
    appointment = book(doctor, start=next_slot_start())
    err(appointment, desk)
    assert told(appointment.patient) == ["appointment_booked", "appointment_cancelled"]
    assert told(doctor) == ["doctor_appointment_booked", "doctor_appointment_cancelled"]
    calendar = Message.objects.get(kind="appointment_cancelled").facts["calendar"]
    assert (calendar["method"], calendar["sequence"]) == ("CANCEL", appointment.calendar_sequence + 1)
    assert [(sent["appointment"], sent["within_policy"]) for sent in released] == [(appointment, True)]
    assert book(doctor, start=next_slot_start()).status == Status.BOOKED


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.FULFILLED, Status.NOSHOW, Status.CANCELLED])
def test_of_what_is_past_nobody_is_told(
    doctor: Doctor, desk: User, released: list[dict[str, Any]], status: Status
) -> None:
    err(begun(doctor, status), desk)
    assert not Message.objects.exists()
    assert len(released) == (0 if status == Status.CANCELLED else 1)


def test_of_a_hold_no_doctor_is_told(doctor: Doctor, desk: User) -> None:
    hold = AppointmentFactory.create(held=True, visit_type=doctor.visit_types.get())
    err(hold, desk)
    assert told(hold.patient) == ["appointment_cancelled"]
    assert told(doctor) == []


def test_only_the_desk_says_that_it_is_an_error(doctor: Doctor, desk: User) -> None:
    appointment = book(doctor)
    own = book(doctor, patient=PatientFactory.create(user=desk), start=next_slot_start(2))
    for actor, visit in ((user_of(doctor), appointment), (user_of(appointment.patient), appointment), (desk, own)):
        with pytest.raises(Forbidden):
            err(visit, actor)
    for stranger in (UserFactory.create(is_superuser=True), user_of(bookable_doctor())):
        with pytest.raises(NotFound):
            err(appointment, stranger)
