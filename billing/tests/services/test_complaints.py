from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, UserFactory
from billing.models import Complaint, Refund
from billing.services import complaint_decide, complaint_open, complaint_withdraw
from billing.states import ComplaintReason, ComplaintState, RefundReason
from billing.tests.factories import ComplaintFactory, PaymentFactory
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import told, user_of
from common.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def officer() -> User:
    user: User = UserFactory.create(roles=[Role.BILLING_OFFICER])
    return user


def test_a_patient_complains_once_at_a_time_and_may_take_it_back() -> None:
    appointment = AppointmentFactory.create()
    patient = user_of(appointment.patient)
    first = complaint_open(actor=patient, appointment_id=appointment.public_id, reason=ComplaintReason.NOT_SEEN)
    with pytest.raises(Conflict, match="told us already"):
        complaint_open(actor=patient, appointment_id=appointment.public_id, reason=ComplaintReason.NOT_SEEN)
    for _ in range(2):
        assert complaint_withdraw(actor=patient, complaint_id=first.public_id).state == ComplaintState.WITHDRAWN
    complaint_open(actor=patient, appointment_id=appointment.public_id, reason=ComplaintReason.NOT_SEEN)


def test_what_is_wrong_is_said_where_the_list_does_not_say_it() -> None:
    appointment = AppointmentFactory.create()
    with pytest.raises(Invalid, match="what is wrong"):
        complaint_open(
            actor=user_of(appointment.patient), appointment_id=appointment.public_id, reason=ComplaintReason.OTHER
        )


def test_nobody_else_complains_or_takes_it_back() -> None:
    complaint = ComplaintFactory.create()
    appointment = complaint.appointment
    sees = CarerFactory.create(patient=appointment.patient, can_pay=False).user
    with pytest.raises(Forbidden):
        complaint_open(actor=sees, appointment_id=appointment.public_id, reason=ComplaintReason.NOT_SEEN)
    with pytest.raises(NotFound):
        complaint_open(
            actor=UserFactory.create(), appointment_id=appointment.public_id, reason=ComplaintReason.NOT_SEEN
        )
    with pytest.raises(NotFound):
        complaint_withdraw(actor=sees, complaint_id=complaint.public_id)


def test_an_officer_who_finds_it_right_gives_money_back_and_the_patient_is_told() -> None:
    payment = PaymentFactory.create(paid=True)
    complaint = ComplaintFactory.create(appointment=payment.appointment)
    decide = {
        "complaint_id": complaint.public_id,
        "is_upheld": True,
        "answer": "You are right.",
        "payment_id": payment.public_id,
        "amount_minor": 1000,
    }
    for _ in range(2):
        complaint_decide(actor=officer(), **decide)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_minor) == (RefundReason.COMPLAINT, 1000)
    assert Complaint.objects.get().state == ComplaintState.UPHELD
    assert "complaint_decided" in told(payment.appointment.patient)
    with pytest.raises(Conflict, match="decided already"):
        complaint_decide(actor=officer(), complaint_id=complaint.public_id, is_upheld=False, answer="No.")


@pytest.mark.parametrize(
    "other", [{"amount_minor": 2000}, {"answer": "Here is £10."}, {"payment_id": None, "amount_minor": 0}]
)
def test_a_second_officer_hears_that_another_answer_or_amount_went_out(other: dict[str, Any]) -> None:
    payment = PaymentFactory.create(paid=True)
    complaint = ComplaintFactory.create(appointment=payment.appointment)
    decide = {"complaint_id": complaint.public_id, "is_upheld": True, "answer": "You are right."}
    first = decide | {"payment_id": payment.public_id, "amount_minor": 1000}
    complaint_decide(actor=officer(), **first)
    with pytest.raises(Conflict, match="another answer or another amount"):
        complaint_decide(actor=officer(), **(first | other))
    assert Refund.objects.get().amount_minor == 1000
    assert told(payment.appointment.patient).count("complaint_decided") == 1


def test_officers_alone_decide_and_not_about_their_own() -> None:
    complaint = ComplaintFactory.create()
    patient = user_of(complaint.appointment.patient)
    with pytest.raises(Forbidden):
        complaint_decide(actor=patient, complaint_id=complaint.public_id, is_upheld=True, answer="Yes.")
    own = officer()
    CarerFactory.create(patient=complaint.appointment.patient, user=own)
    with pytest.raises(Forbidden, match="own money"):
        complaint_decide(actor=own, complaint_id=complaint.public_id, is_upheld=True, answer="Yes.")
