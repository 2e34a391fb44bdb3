from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.tests.factories import CarerFactory, UserFactory
from billing.errors import PaymentsAway
from billing.models import Payment, Receipt, Refund, StripeEvent
from billing.services import payment_start, payment_sync
from billing.states import Attention, EventState, Outcome, PaymentStatus, RefundReason, RefundStatus
from billing.tests.steps import Deliver, begin, hold, paid, sweep, told_and_done, work
from booking.models import Appointment
from booking.services import appointment_cancel, pending_expire
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import told
from common import clock
from common.errors import Conflict, Forbidden, NotFound
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.faults import Fault, Kind
from integrations.stripe.simulator.world import PREFIXES

pytestmark = pytest.mark.django_db


def end_hold(appointment: Appointment) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(expires_at=clock.now() - timedelta(seconds=1))


def test_a_payment_books_the_visit_and_has_a_receipt(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    appointment = Appointment.objects.get()
    assert (payment.status, payment.outcome, payment.captured_minor) == (PaymentStatus.SUCCEEDED, Outcome.BOOKED, 4500)
    assert appointment.status == Status.BOOKED
    assert Receipt.objects.get().amount_minor == 4500
    assert told(appointment.patient) == ["appointment_held", "appointment_booked", "payment_received"]
    assert not StripeEvent.objects.filter(state=EventState.RECEIVED).exists()


def test_every_tab_gets_the_same_session(stripe_simulator: Simulator) -> None:
    appointment = hold()
    first, second = begin(appointment), begin(appointment)
    assert first.session_id == second.session_id
    assert len(stripe_simulator.all("checkout.session")) == 1


def test_stripe_is_told_nothing_about_the_person(stripe_simulator: Simulator) -> None:
    appointment = hold(reason="canarywhy")
    stripe_simulator.pay(begin(appointment).session_id or "")
    session = str([stripe_simulator.all(kind) for kind in PREFIXES])
    patient = appointment.patient
    assert patient.user
    secrets = ["canarywhy", patient.family_name, patient.user.email, appointment.doctor.family_name, "Consultation"]
    assert [word for word in secrets if word in session] == []
    assert appointment.reference in session


def test_a_declined_card_can_pay_after_all(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = begin(hold())
    stripe_simulator.refuse_at_bank(payment.session_id or "")
    told_and_done(stripe_deliver)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.REQUIRES_PAYMENT_METHOD
    stripe_simulator.pay(payment.session_id or "")
    told_and_done(stripe_deliver)
    assert Appointment.objects.get().status == Status.BOOKED


def test_a_lost_event_is_found_by_asking(stripe_simulator: Simulator) -> None:
    payment = begin(hold())
    stripe_simulator.pay(payment.session_id or "")
    sweep()
    assert Appointment.objects.get().status == Status.BOOKED


@pytest.mark.parametrize("is_swept", [True, False])
def test_a_payment_after_the_hold_takes_the_time_again(
    stripe_simulator: Simulator, stripe_deliver: Deliver, *, is_swept: bool
) -> None:
    appointment = hold()
    payment = begin(appointment)
    stripe_simulator.pay(payment.session_id or "")
    end_hold(appointment)
    if is_swept:
        pending_expire(now=clock.now())
    told_and_done(stripe_deliver)
    payment.refresh_from_db()
    appointment.refresh_from_db()
    assert (appointment.status, payment.outcome, payment.is_late) == (Status.BOOKED, Outcome.BOOKED, True)
    assert stripe_simulator.balance() == 4500


def test_a_payment_for_a_time_that_is_gone_goes_back_in_full(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = hold()
    payment = begin(appointment)
    stripe_simulator.pay(payment.session_id or "")
    end_hold(appointment)
    pending_expire(now=clock.now())
    AppointmentFactory.create(visit_type=appointment.visit_type, start=appointment.start)
    told_and_done(stripe_deliver)
    appointment.refresh_from_db()
    payment.refresh_from_db()
    refund = Refund.objects.get()
    assert (appointment.status, appointment.cancel_reason) == (Status.CANCELLED, CancelReason.HOLD_EXPIRED)
    assert (payment.outcome, refund.reason, refund.amount_minor) == (Outcome.REFUNDED, RefundReason.LATE, 4500)
    assert refund.status == RefundStatus.SUCCEEDED
    assert stripe_simulator.balance() == 0
    assert "payment_came_late" in told(appointment.patient)


def test_whoever_gives_the_time_up_while_paying_gets_the_money_back(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = hold()
    payment = begin(appointment)
    stripe_simulator.pay(payment.session_id or "")
    assert appointment.patient.user
    appointment_cancel(actor=appointment.patient.user, appointment_id=appointment.public_id)
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 0
    assert Refund.objects.get().reason == RefundReason.LATE


def test_the_end_of_a_hold_ends_the_session(stripe_simulator: Simulator) -> None:
    appointment = hold()
    payment = begin(appointment)
    end_hold(appointment)
    pending_expire(now=clock.now())
    work()
    payment.refresh_from_db()
    assert stripe_simulator.find("checkout.session", payment.session_id or "")["status"] == "expired"
    assert (payment.status, payment.session_end_wanted_at) == (PaymentStatus.CANCELED, None)


def test_another_amount_is_looked_at_and_books_nothing(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = begin(hold())
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4400)
    stripe_simulator.pay(payment.session_id or "")
    told_and_done(stripe_deliver)
    payment.refresh_from_db()
    assert (payment.status, payment.attention) == (PaymentStatus.REVIEW, Attention.AMOUNT)
    assert Appointment.objects.get().status == Status.PENDING
    assert payment.captured_minor == 4500


def test_a_lost_answer_makes_no_second_session(stripe_simulator: Simulator) -> None:
    appointment = hold()
    for _ in range(2):
        stripe_simulator.faults.add(Fault(kind=Kind.LOST, path="/v1/checkout/sessions"))
    with pytest.raises(PaymentsAway):
        begin(appointment)
    assert begin(appointment).session_url
    assert len(stripe_simulator.all("checkout.session")) == 1


def test_whoever_has_paid_at_the_last_moment_is_asked_for_nothing_more(stripe_simulator: Simulator) -> None:
    appointment = hold()
    payment = begin(appointment)
    stripe_simulator.pay(payment.session_id or "")
    Payment.objects.update(session_expires_at=clock.now())
    with pytest.raises(Conflict) as refused:
        begin(appointment)
    assert (refused.value.code, Payment.objects.get().status) == ("not_payable", PaymentStatus.SUCCEEDED)
    assert Appointment.objects.get().status == Status.BOOKED


def test_where_stripe_cannot_say_how_a_session_ended_it_is_asked_again_later(stripe_simulator: Simulator) -> None:
    appointment = hold()
    begin(appointment)
    Payment.objects.update(session_expires_at=clock.now())
    stripe_simulator.faults.add(Fault(kind=Kind.DOWN, method="", times=9))
    with pytest.raises(PaymentsAway):
        begin(appointment)


def test_nobody_else_pays_and_only_what_waits_for_it(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    appointment = hold()
    with pytest.raises(NotFound):
        payment_start(actor=UserFactory.create(), appointment_id=appointment.public_id)
    sees = CarerFactory.create(patient=appointment.patient, can_pay=False).user
    with pytest.raises(Forbidden):
        payment_start(actor=sees, appointment_id=appointment.public_id)
    paid(stripe_simulator, stripe_deliver, appointment)
    with pytest.raises(Conflict, match="nothing to pay"):
        begin(appointment)


def test_a_carer_who_may_pay_pays(stripe_simulator: Simulator) -> None:
    appointment = hold()
    payer = CarerFactory.create(patient=appointment.patient, can_pay=True).user
    assert payment_start(actor=payer, appointment_id=appointment.public_id).started_by == payer


def test_asking_again_changes_nothing(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    before = Payment.history.count(), Receipt.objects.count(), Refund.objects.count()
    assert payment_sync(payment_id=payment.pk)
    assert (Payment.history.count(), Receipt.objects.count(), Refund.objects.count()) == before
