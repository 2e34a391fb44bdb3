from __future__ import annotations

import uuid
from datetime import time, timedelta
from typing import Any

import pytest

from accounts.tests.factories import PatientFactory
from audit.models import Event
from booking import tasks
from booking.errors import SlotTaken
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.services import appointment_confirm_payment, listing_refresh, pending_expire
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, decide, told
from common import clock
from common.errors import Busy, Conflict, NotFound
from doctors.models import Listing
from notifications.models import Message

pytestmark = pytest.mark.django_db


def hold(**more: Any) -> Appointment:
    decide(pay_at_clinic=False)
    return book(bookable_doctor(price_minor=4500), **more)


def end(appointment: Appointment) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(expires_at=clock.now() - timedelta(seconds=1))


def paid(appointment: Appointment) -> Appointment:
    return appointment_confirm_payment(appointment_id=appointment.public_id)


def test_a_payment_turns_the_hold_into_a_booking_once() -> None:
    appointment = hold()
    assert paid(appointment).status == Status.BOOKED
    assert told(appointment.patient) == ["appointment_held", "appointment_booked"]
    assert told(appointment.doctor) == ["doctor_appointment_booked"]
    before = Message.objects.count(), Event.objects.count()
    assert paid(appointment).status == Status.BOOKED
    assert (Message.objects.count(), Event.objects.count()) == before


def test_a_late_payment_takes_the_time_again_and_is_flagged() -> None:
    appointment = hold()
    end(appointment)
    assert pending_expire(now=clock.now()) == 1
    confirmed = paid(appointment)
    confirmed.refresh_from_db()
    assert (confirmed.status, confirmed.cancel_reason, confirmed.cancelled_at) == (Status.BOOKED, "", None)
    assert Event.objects.get(action="appointment.paid").data == {"before": "cancelled", "after": "booked", "late": True}


def test_a_payment_for_an_ended_hold_that_nobody_has_swept_is_late_too_and_search_forgets_the_time() -> None:
    decide(pay_at_clinic=False)
    appointment = book(bookable_doctor(price_minor=4500, start=time(10), end=time(10, 30)))
    end(appointment)
    listing_refresh(doctor_id=appointment.doctor_id, now=clock.now())
    shown = Listing.objects.filter(doctor=appointment.doctor, location=None, modality="")
    assert appointment.start in shown.get().next_times
    with pytest.raises(Conflict, match="passed"):
        appointment_confirm_payment(appointment_id=appointment.public_id, now=appointment.start)
    assert paid(appointment).status == Status.BOOKED
    assert appointment.start not in shown.get().next_times
    assert Event.objects.get(action="appointment.paid").data["late"] is True


def test_a_late_payment_loses_against_whoever_booked_meanwhile() -> None:
    appointment = hold()
    end(appointment)
    decide(pay_at_clinic=True)
    book(appointment.doctor, start=appointment.start)
    with pytest.raises(SlotTaken) as refused:
        paid(appointment)
    assert len(refused.value.alternatives) == 3
    appointment.refresh_from_db()
    assert appointment.cancel_reason == CancelReason.HOLD_EXPIRED


def test_a_late_payment_wins_against_another_ended_hold() -> None:
    first = hold()
    end(first)
    second = book(first.doctor, start=first.start)
    end(second)
    assert paid(first).status == Status.BOOKED
    second.refresh_from_db()
    assert second.status == Status.CANCELLED


def test_a_late_payment_loses_against_the_patients_other_visit() -> None:
    patient = PatientFactory.create()
    appointment = hold(patient=patient)
    end(appointment)
    decide(pay_at_clinic=True)
    book(bookable_doctor(), patient=patient, start=appointment.start)
    with pytest.raises(Conflict) as refused:
        paid(appointment)
    assert refused.value.code == "patient_busy"


def test_a_late_payment_for_a_time_that_has_passed_or_a_doctor_who_is_gone_is_refused() -> None:
    appointment = hold()
    end(appointment)
    pending_expire(now=clock.now())
    with pytest.raises(Conflict) as refused:
        appointment_confirm_payment(appointment_id=appointment.public_id, now=appointment.start)
    assert refused.value.code == "too_late"
    type(appointment.doctor).objects.update(is_active=False)
    with pytest.raises(Conflict) as refused:
        paid(appointment)
    assert refused.value.code == "doctor_not_bookable"


@pytest.mark.parametrize("state", ["requested", "cancelled"])
def test_what_waits_for_no_payment_cannot_be_paid(state: str) -> None:
    appointment = AppointmentFactory.create(**{state: True})
    with pytest.raises(Conflict) as refused:
        paid(appointment)
    assert refused.value.code == "illegal_transition"


def test_a_payment_for_nothing_is_not_found() -> None:
    with pytest.raises(NotFound):
        appointment_confirm_payment(appointment_id=uuid.uuid4())


def test_the_sweeper_ends_what_is_over_and_nothing_else() -> None:
    past = clock.now() - timedelta(seconds=1)
    over = AppointmentFactory.create(held=True, expires_at=past)
    unanswered = AppointmentFactory.create(requested=True, expires_at=past, start=next_slot_start(2))
    standing = [
        AppointmentFactory.create(held=True),
        AppointmentFactory.create(requested=True),
        AppointmentFactory.create(),
    ]
    assert tasks.sweep_pending() == 2
    assert tasks.sweep_pending() == 0
    for row in (over, unanswered, *standing):
        row.refresh_from_db()
    assert (over.cancel_reason, unanswered.cancel_reason) == (CancelReason.HOLD_EXPIRED, CancelReason.LAPSED)
    assert {row.status for row in standing} == {Status.PENDING, Status.BOOKED}
    assert told(over.patient) == []
    assert told(unanswered.patient) == ["appointment_lapsed"]
    assert Event.objects.filter(action="appointment.cancelled", actor_id=None).count() == 2


def test_the_sweeper_goes_on_where_one_row_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    past, real, asked = clock.now() - timedelta(seconds=1), lock_appointment, []
    for number in range(2):
        AppointmentFactory.create(held=True, expires_at=past - timedelta(seconds=number))

    def busy_first(appointment: Appointment) -> Appointment:
        asked.append(appointment.pk)
        if len(asked) == 1:
            raise Busy
        return real(appointment)

    monkeypatch.setattr("booking.services.expire.lock_appointment", busy_first)
    assert pending_expire(now=clock.now()) == 1


def test_a_hold_that_was_paid_while_the_sweeper_waited_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    appointment, real = hold(), lock_appointment
    end(appointment)

    def paid_meanwhile(seen: Appointment) -> Appointment:
        Appointment.objects.filter(pk=seen.pk).update(status=Status.BOOKED, expires_at=None)
        return real(seen)

    monkeypatch.setattr("booking.services.expire.lock_appointment", paid_meanwhile)
    assert pending_expire(now=clock.now()) == 0
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED
