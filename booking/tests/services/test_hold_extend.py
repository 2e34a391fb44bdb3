"""A time that waits for payment can be kept for longer: once, while it is kept, and never past the visit's start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import CarerFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_approve, appointment_cancel, appointment_confirm_payment, hold_extend
from booking.states import Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import at_the_desk_of, book, decide, share, user_of
from common import clock
from common.errors import Conflict, Forbidden, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold() -> Appointment:
    decide(pay_at_clinic=False, hold_minutes=15)
    return book(bookable_doctor(price_minor=4500))


def extend(appointment: Appointment) -> Appointment:
    return hold_extend(actor=user_of(appointment.patient), appointment_id=appointment.public_id)


def refusal(appointment: Appointment) -> str:
    with pytest.raises(Conflict) as refused:
        extend(appointment)
    return refused.value.code


def test_it_is_kept_for_as_long_again_once(hold: Appointment) -> None:
    first = extend(hold)
    assert hold.expires_at
    assert first.expires_at == hold.expires_at + timedelta(minutes=15)
    assert extend(hold).expires_at == first.expires_at
    assert Event.objects.filter(action="appointment.hold_extended").count() == 1
    assert first.history.latest().history_user == user_of(hold.patient)


def test_it_is_never_kept_past_the_start() -> None:
    now = clock.now()
    near = AppointmentFactory.create(held=True, start=now + timedelta(minutes=20))
    assert extend(near).expires_at == near.start
    at_its_end = AppointmentFactory.create(
        held=True, start=now + timedelta(minutes=10), expires_at=now + timedelta(minutes=10)
    )
    assert refusal(at_its_end) == "hold_not_longer"


def test_the_database_refuses_what_would_outlast_the_start(hold: Appointment) -> None:
    later = hold.start + timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="appointment_extended_until_start"), transaction.atomic():
        Appointment.objects.filter(pk=hold.pk).update(expires_at=later, hold_extended_at=clock.now())


def test_only_a_hold_that_stands_is_kept(hold: Appointment) -> None:
    Appointment.objects.filter(pk=hold.pk).update(expires_at=clock.now() - timedelta(milliseconds=1))
    with pytest.raises(Conflict) as refused:
        # The database's clock decides, whatever the caller's says.
        hold_extend(actor=user_of(hold.patient), appointment_id=hold.public_id, now=clock.now() - timedelta(minutes=5))
    assert (refused.value.code, refused.value.data) == ("hold_over", {"current": Status.PENDING})
    assert Appointment.objects.get(pk=hold.pk).hold_extended_at is None


def test_what_is_paid_cancelled_or_waits_for_the_doctor_is_no_hold(hold: Appointment) -> None:
    cancelled = book(hold.doctor, start=hold.start + timedelta(hours=1))
    appointment_cancel(actor=user_of(cancelled.patient), appointment_id=cancelled.public_id)
    appointment_confirm_payment(appointment_id=hold.public_id)
    request = book(bookable_doctor(needs_approval=True))
    assert {refusal(one) for one in (hold, cancelled, request)} == {"hold_over"}


def test_a_request_that_was_approved_has_a_hold_of_its_own() -> None:
    decide(pay_at_clinic=False)
    request = book(bookable_doctor(needs_approval=True, price_minor=4500), start=next_slot_start(5))
    approved = appointment_approve(actor=user_of(request.doctor), appointment_id=request.public_id)
    assert approved.expires_at
    assert extend(request).expires_at == approved.expires_at + timedelta(hours=24)


def test_whoever_books_for_the_patient_may_and_nobody_else(hold: Appointment) -> None:
    helper, sees = UserFactory.create(), CarerFactory.create(patient=hold.patient, can_book=False).user
    share(hold, helper)
    for other in (sees, helper, user_of(hold.doctor), at_the_desk_of(hold.location)):
        with pytest.raises(Forbidden):
            hold_extend(actor=other, appointment_id=hold.public_id)
    with pytest.raises(NotFound):
        hold_extend(actor=UserFactory.create(), appointment_id=hold.public_id)
    books = CarerFactory.create(patient=hold.patient).user
    assert hold_extend(actor=books, appointment_id=hold.public_id).hold_extended_at
    assert Event.objects.get(action="appointment.hold_extended").on_behalf_of_id == hold.patient.public_id
