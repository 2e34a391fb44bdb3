"""How many bookings one patient may have open at once, and how many visits ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.tests.factories import PatientFactory
from booking.services import appointment_cancel
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, decide, user_of
from common import clock
from common.errors import Conflict

pytestmark = pytest.mark.django_db


def test_at_most_three_open_holds_a_patient() -> None:
    patient, doctor = PatientFactory.create(), bookable_doctor(needs_approval=True)
    starts = [next_slot_start(1 + number) for number in range(4)]
    for start in starts[:3]:
        book(doctor, patient=patient, start=start)
    with pytest.raises(Conflict) as refused:
        book(doctor, patient=patient, start=starts[3])
    assert (refused.value.code, refused.value.data) == ("too_many_holds", {"limit": 3})
    # What is booked outright is no hold.
    assert book(bookable_doctor(), patient=patient, start=starts[3]).status == Status.BOOKED


def test_a_patient_has_no_more_visits_ahead_than_the_clinic_lets_them() -> None:
    decide(visits_ahead=2)
    doctor, patient = bookable_doctor(), PatientFactory.create()
    AppointmentFactory.create(patient=patient, cancelled=True, start=next_slot_start(3))
    AppointmentFactory.create(patient=patient, start=clock.now() - timedelta(days=1))
    first, _ = (book(doctor, patient=patient, start=next_slot_start(day)) for day in (1, 2))
    with pytest.raises(Conflict) as refused:
        book(doctor, patient=patient, start=next_slot_start(4))
    assert (refused.value.code, refused.value.data["limit"]) == ("too_many_visits", 2)
    book(doctor, start=next_slot_start(4))
    appointment_cancel(actor=user_of(patient), appointment_id=first.public_id)
    assert book(doctor, patient=patient, start=next_slot_start(5)).status == Status.BOOKED


def test_an_ended_hold_neither_counts_nor_stands_in_the_way() -> None:
    doctor, start, patient = bookable_doctor(), next_slot_start(), PatientFactory.create()
    ended = AppointmentFactory.create(
        held=True, visit_type=doctor.visit_types.get(), start=start, expires_at=clock.now() - timedelta(seconds=1)
    )
    own = AppointmentFactory.create(
        held=True, patient=patient, start=start, expires_at=clock.now() - timedelta(seconds=1)
    )
    assert book(doctor, start=start, patient=patient).status == Status.BOOKED
    for row in (ended, own):
        row.refresh_from_db()
        assert (row.status, row.cancel_reason) == (Status.CANCELLED, CancelReason.HOLD_EXPIRED)
