from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_approve, appointment_reject, pending_expire
from booking.states import CancelReason, PendingReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, decide, mails_to, told, user_of
from common import clock
from common.errors import Conflict, Forbidden, NotFound
from common.permissions import grant
from common.templatetags.when import date_time
from doctors.states import VerificationStatus
from notifications.models import Message

pytestmark = pytest.mark.django_db


def request(**more: Any) -> Appointment:
    return book(bookable_doctor(needs_approval=True, **more), start=next_slot_start(3))


def approve(appointment: Appointment, **more: Any) -> Appointment:
    return appointment_approve(actor=user_of(appointment.doctor), appointment_id=appointment.public_id, **more)


def reject(appointment: Appointment, **more: Any) -> Appointment:
    return appointment_reject(actor=user_of(appointment.doctor), appointment_id=appointment.public_id, **more)


def test_a_request_that_is_approved_is_booked_and_both_are_told() -> None:
    appointment = request(price_minor=4500)
    approved = approve(appointment)
    approved.refresh_from_db()
    assert (approved.status, approved.pending_reason, approved.expires_at) == (Status.BOOKED, "", None)
    assert told(appointment.patient) == ["appointment_requested", "appointment_booked"]
    assert told(appointment.doctor) == ["doctor_appointment_requested", "doctor_appointment_booked"]
    assert Event.objects.filter(action="appointment.approved").count() == 1


def test_an_approved_request_that_is_paid_online_is_held_for_payment() -> None:
    decide(pay_at_clinic=False)
    appointment, now = request(price_minor=4500), clock.now()
    approved = approve(appointment, now=now)
    assert (approved.status, approved.pending_reason) == (Status.PENDING, PendingReason.PAYMENT)
    assert approved.expires_at == min(now + timedelta(hours=24), appointment.start)
    assert told(appointment.patient)[-1] == "appointment_held"
    mail = mails_to(appointment.patient)[-1]
    assert f"{appointment.doctor.name} has said yes" in mail.subject
    assert f"until {date_time(approved.expires_at, appointment.location.zone)}" in mail.body
    assert approve(appointment).expires_at == approved.expires_at


def test_approving_and_rejecting_twice_is_answered_like_the_first_time() -> None:
    approved, rejected = request(), request()
    approve(approved)
    reject(rejected)
    before = Message.objects.count(), Event.objects.count()
    assert approve(approved).status == Status.BOOKED
    assert reject(rejected).status == Status.CANCELLED
    assert (Message.objects.count(), Event.objects.count()) == before


def test_a_request_that_is_rejected_frees_the_time() -> None:
    appointment = request()
    rejected = reject(appointment)
    assert (rejected.status, rejected.cancel_reason) == (Status.CANCELLED, CancelReason.REJECTED)
    assert told(appointment.patient)[-1] == "appointment_declined"
    assert book(appointment.doctor, start=appointment.start).status == Status.PENDING


def test_the_first_answer_stands() -> None:
    approved, rejected = request(), request()
    approve(approved)
    reject(rejected)
    for late in (lambda: reject(approved), lambda: approve(rejected)):
        with pytest.raises(Conflict) as refused:
            late()
        assert refused.value.code == "illegal_transition"


def test_a_request_cannot_be_approved_after_its_deadline() -> None:
    appointment = request()
    assert appointment.expires_at is not None
    with pytest.raises(Conflict) as refused:
        approve(appointment, now=appointment.expires_at)
    assert refused.value.code == "request_lapsed"


@pytest.mark.parametrize("status", [VerificationStatus.SUSPENDED, VerificationStatus.EXPIRED])
def test_a_doctor_whose_verification_is_gone_can_reject_but_not_approve(status: VerificationStatus) -> None:
    appointment = request()
    type(appointment.doctor).objects.update(verification_status=status)
    with pytest.raises(Conflict) as refused:
        approve(appointment)
    assert refused.value.code == "doctor_not_bookable"
    assert reject(appointment).status == Status.CANCELLED


@pytest.mark.parametrize("service", [appointment_approve, appointment_reject])
def test_only_the_treating_doctor_answers(service: Callable[..., Appointment]) -> None:
    appointment, carer = request(), UserFactory.create()
    for codename in ("view_appointment", "cancel_appointment"):
        grant(carer, codename, appointment)
    for actor in (user_of(appointment.patient), carer):
        with pytest.raises(Forbidden):
            service(actor=actor, appointment_id=appointment.public_id)
    for actor in (user_of(bookable_doctor()), user_of(PatientFactory.create()), UserFactory.create(is_superuser=True)):
        with pytest.raises(NotFound):
            service(actor=actor, appointment_id=appointment.public_id)


@pytest.mark.parametrize("service", [approve, reject])
@pytest.mark.parametrize("status", [Status.ARRIVED, Status.FULFILLED, Status.NOSHOW])
def test_what_is_no_request_cannot_be_answered(service: Callable[..., Appointment], status: Status) -> None:
    appointment = AppointmentFactory.create(visit_type=bookable_doctor().visit_types.get(), status=status)
    with pytest.raises(Conflict) as refused:
        service(appointment)
    assert refused.value.data == {"current": status.value}


def test_a_hold_that_ended_is_not_said_to_be_approved() -> None:
    doctor = bookable_doctor()
    hold = AppointmentFactory.create(held=True, visit_type=doctor.visit_types.get(), expires_at=clock.now())
    pending_expire(now=clock.now())
    with pytest.raises(Conflict) as refused:
        approve(hold)
    assert refused.value.data == {"current": Status.CANCELLED}
