from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_approve, appointment_cancel, pending_expire
from booking.signals import appointment_released
from booking.states import CancelReason, PendingReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, decide, told, user_of
from common import clock
from common.errors import Conflict, Forbidden, NotFound
from common.permissions import grant
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def released() -> Iterator[list[dict[str, Any]]]:
    heard: list[dict[str, Any]] = []

    def hear(**said: Any) -> None:
        assert not transaction.get_autocommit()
        heard.append(said)

    appointment_released.connect(hear)
    yield heard
    appointment_released.disconnect(hear)


def cancel(appointment: Appointment, actor: User, **more: Any) -> Appointment:
    return appointment_cancel(actor=actor, appointment_id=appointment.public_id, **more)


def test_the_patient_cancels_and_the_time_is_free_again(released: list[dict[str, Any]]) -> None:
    doctor, patient, start = bookable_doctor(), PatientFactory.create(), next_slot_start(3)
    appointment = book(doctor, patient=patient, start=start)
    now = clock.now()
    cancelled = cancel(appointment, user_of(patient), now=now)
    cancelled.refresh_from_db()
    assert (cancelled.status, cancelled.cancel_reason) == (Status.CANCELLED, CancelReason.PATIENT)
    assert (cancelled.cancelled_at, cancelled.calendar_sequence) == (now, 1)
    assert told(patient) == ["appointment_booked", "appointment_cancelled"]
    assert told(doctor) == ["doctor_appointment_booked", "doctor_appointment_cancelled"]
    calendar = Message.objects.get(kind="appointment_cancelled").facts["calendar"]
    assert (calendar["sequence"], calendar["method"]) == (1, "CANCEL")
    assert [(said["appointment"].pk, said["within_policy"]) for said in released] == [(appointment.pk, True)]
    assert book(doctor, start=start).status == Status.BOOKED


def test_the_event_says_who_for_whom_and_whether_the_policy_was_kept() -> None:
    patient = PatientFactory.create()
    appointment = book(bookable_doctor(price_minor=4500), patient=patient, start=next_slot_start())
    cancel(appointment, user_of(patient), now=appointment.start - timedelta(hours=23))
    event = Event.objects.get(action="appointment.cancelled")
    assert (event.actor_id, event.on_behalf_of_id) == (user_of(patient).public_id, None)
    assert event.data == {"before": "booked", "after": "cancelled", "reason": "patient", "within_policy": False}


def test_the_doctor_cancels() -> None:
    doctor, patient = bookable_doctor(), PatientFactory.create()
    cancelled = cancel(book(doctor, patient=patient), user_of(doctor))
    assert cancelled.cancel_reason == CancelReason.DOCTOR
    assert told(patient)[-1] == "appointment_cancelled"


def test_a_carer_with_the_right_cancels_for_the_patient() -> None:
    carer, appointment = UserFactory.create(), book(bookable_doctor())
    for codename in ("view_appointment", "cancel_appointment"):
        grant(carer, codename, appointment)
    assert cancel(appointment, carer).cancel_reason == CancelReason.PATIENT


def test_who_may_only_look_may_not_cancel() -> None:
    viewer, appointment = UserFactory.create(), book(bookable_doctor())
    grant(viewer, "view_appointment", appointment)
    with pytest.raises(Forbidden):
        cancel(appointment, viewer)


def test_for_everybody_else_there_is_no_such_appointment() -> None:
    appointment = book(bookable_doctor())
    expired = UserFactory.create()
    for codename in ("view_appointment", "cancel_appointment"):
        grant(expired, codename, appointment, expires_at=clock.now() - timedelta(seconds=1))
    strangers = [UserFactory.create(), user_of(PatientFactory.create()), user_of(bookable_doctor()), expired]
    for stranger in [*strangers, UserFactory.create(is_superuser=True)]:
        with pytest.raises(NotFound):
            cancel(appointment, stranger)


def test_a_second_cancel_is_answered_like_the_first_and_tells_nobody(released: list[dict[str, Any]]) -> None:
    patient = PatientFactory.create()
    appointment = book(bookable_doctor(), patient=patient)
    first = cancel(appointment, user_of(patient))
    before = Message.objects.count(), Event.objects.count(), appointment.history.count()
    second = cancel(appointment, user_of(patient))
    assert (second.pk, second.cancelled_at, second.calendar_sequence) == (first.pk, first.cancelled_at, 1)
    assert (Message.objects.count(), Event.objects.count(), appointment.history.count()) == before
    assert len(released) == 1


def test_a_request_is_withdrawn_or_declined() -> None:
    doctor, patient = bookable_doctor(needs_approval=True), PatientFactory.create()
    withdrawn = cancel(book(doctor, patient=patient), user_of(patient))
    assert withdrawn.cancel_reason == CancelReason.WITHDRAWN
    assert told(doctor) == ["doctor_appointment_requested", "doctor_appointment_cancelled"]
    declined = cancel(book(doctor, patient=patient), user_of(doctor))
    assert declined.cancel_reason == CancelReason.REJECTED
    assert told(patient)[-1] == "appointment_declined"


def test_a_hold_is_withdrawn_without_a_word_to_the_doctor() -> None:
    decide(pay_at_clinic=False)
    doctor, patient = bookable_doctor(price_minor=100), PatientFactory.create()
    assert cancel(book(doctor, patient=patient), user_of(patient)).cancel_reason == CancelReason.WITHDRAWN
    assert told(doctor) == []


def test_a_doctor_who_approved_is_told_of_a_time_that_is_then_given_up() -> None:
    decide(pay_at_clinic=False)
    doctor, patient = bookable_doctor(price_minor=100, needs_approval=True), PatientFactory.create()
    asked = book(doctor, patient=patient)
    held = appointment_approve(actor=user_of(doctor), appointment_id=asked.public_id)
    assert held.pending_reason == PendingReason.PAYMENT
    cancel(held, user_of(patient))
    assert told(doctor) == ["doctor_appointment_requested", "doctor_appointment_cancelled"]
    endings = Message.objects.filter(kind__endswith="appointment_cancelled")
    assert [one.facts["ended"] for one in endings] == ["given-up", "given-up"]
    assert not [one for one in endings if one.facts.get("calendar")]


def test_a_doctor_who_approved_is_told_of_a_time_that_runs_out_by_itself() -> None:
    decide(pay_at_clinic=False)
    doctor, patient = bookable_doctor(price_minor=100, needs_approval=True), PatientFactory.create()
    held = appointment_approve(actor=user_of(doctor), appointment_id=book(doctor, patient=patient).public_id)
    over = clock.now() - timedelta(seconds=1)
    for one in (held, book(bookable_doctor(price_minor=100), patient=PatientFactory.create())):
        Appointment.objects.filter(pk=one.pk).update(expires_at=over)
        other = one.doctor
    assert pending_expire(now=clock.now()) == 2
    assert told(doctor) == ["doctor_appointment_requested", "doctor_appointment_cancelled"]
    assert told(other) == []
    ending = Message.objects.get(kind="doctor_appointment_cancelled")
    assert ending.facts["ended"] == "not-paid"


def test_after_the_start_the_patient_cannot_and_the_doctor_can() -> None:
    doctor, patient = bookable_doctor(), PatientFactory.create()
    appointment = book(doctor, patient=patient)
    with pytest.raises(Conflict) as refused:
        cancel(appointment, user_of(patient), now=appointment.start)
    assert (refused.value.code, refused.value.data) == ("too_late", {"current": "booked"})
    assert cancel(appointment, user_of(doctor), now=appointment.start).status == Status.CANCELLED


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("who", ["patient", "doctor"])
def test_from_every_state(status: Status, who: str) -> None:
    waits: dict[str, Any] = {"pending_reason": PendingReason.APPROVAL, "expires_at": clock.now() + timedelta(hours=1)}
    why: dict[str, Any] = {"cancel_reason": CancelReason.CLINIC}
    more: dict[str, Any] = {Status.PENDING: waits, Status.CANCELLED: why}.get(status, {})
    appointment = AppointmentFactory.create(visit_type=bookable_doctor().visit_types.get(), status=status, **more)
    actor = user_of(appointment.patient if who == "patient" else appointment.doctor)
    if status in (Status.PENDING, Status.BOOKED, Status.CANCELLED):
        assert cancel(appointment, actor).status == Status.CANCELLED
    elif status == Status.ENTERED_IN_ERROR:
        with pytest.raises(NotFound):
            cancel(appointment, actor)
    else:
        with pytest.raises(Conflict) as refused:
            cancel(appointment, actor)
        assert (refused.value.code, refused.value.data) == ("illegal_transition", {"current": status.value})
        appointment.refresh_from_db()
        assert appointment.status == status


def test_a_receiver_that_raises_undoes_the_cancellation() -> None:
    patient = PatientFactory.create()
    appointment = book(bookable_doctor(), patient=patient)

    def refuse(**_: Any) -> None:
        raise Conflict("dispute_open", "There is a dispute.")

    appointment_released.connect(refuse)
    try:
        with pytest.raises(Conflict, match="dispute"):
            cancel(appointment, user_of(patient))
    finally:
        appointment_released.disconnect(refuse)
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED
    assert "appointment_cancelled" not in told(patient)
