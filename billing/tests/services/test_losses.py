"""A visit that a bank has left unpaid: as long as somebody has to look at it, and no longer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Dispute, Payment, Refund
from billing.services import payment_record, payment_take_back, refund_record_given, refund_retry
from billing.services.disputes import dispute_take_over
from billing.states import Attention, Method, RefundStatus
from billing.tests.factories import PaymentFactory, RefundFactory
from billing.tests.services.test_officers import lost
from billing.tests.services.test_promises import becomes, cancel, heard, live
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, hold, paid, paid_and_asked, told_and_done
from booking.tests.steps import at_the_desk_of
from common import clock, idempotency
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


def test_a_visit_that_a_bank_left_unpaid_is_listed_while_it_is_so(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    dispute = stripe_simulator.open_dispute(payment.charge_id, amount=1500)
    stripe_simulator.close_dispute(dispute["id"], won=False)
    told_and_done(stripe_deliver)

    def attention() -> str:
        payment.refresh_from_db()
        return payment.attention

    assert attention() == Attention.DISPUTE_LOST
    failed = RefundFactory.create(payment=payment, status=RefundStatus.FAILED, amount_minor=1000)
    Payment.objects.filter(pk=payment.pk).update(attention=Attention.REFUND_FAILED)
    refund_retry(actor=officer(), refund_id=failed.public_id, by_hand=True)
    assert attention() == Attention.DISPUTE_LOST
    visit = payment.appointment
    clerk = at_the_desk_of(visit.location)
    payment_record(actor=clerk, appointment_id=visit.public_id, method=Method.CASH, amount_minor=1500)
    assert attention() == Attention.NONE
    Payment.objects.filter(pk=payment.pk).update(attention=Attention.DISPUTE_LOST)
    cancel(payment, is_free=True)
    assert attention() == Attention.NONE


def test_a_loss_that_an_officer_has_settled_comes_back_for_a_mistake_alone(
    client: Client, stripe_simulator: Simulator
) -> None:
    payment = paid_and_asked(stripe_simulator, hold(6000))
    heard(payment, lost_minor=2000)
    # By the page, where whoever asks is known to the history.
    client.force_login(officer())
    body = {"do": "settle", "note": "It is let go.", "idempotency_key": idempotency.new_key()}
    assert client.post(reverse("billing_payment", args=[payment.public_id]), body).status_code == 302
    for price in (7000, 3000, 6000):
        becomes(payment, price)
        payment.refresh_from_db()
        assert payment.attention == Attention.NONE
    visit = payment.appointment
    clerk = at_the_desk_of(visit.location)
    wrong = payment_record(actor=clerk, appointment_id=visit.public_id, method=Method.CASH, amount_minor=500)
    payment_take_back(actor=officer(), payment_id=wrong.public_id, note="It was another's.")
    payment.refresh_from_db()
    assert payment.attention == Attention.DISPUTE_LOST


def test_a_visit_that_became_cheap_enough_is_not_unpaid_for_what_a_bank_took(stripe_simulator: Simulator) -> None:
    payment = paid_and_asked(stripe_simulator, hold(6000))
    heard(payment, lost_minor=2000)
    for price, attention in ((3000, Attention.NONE), (6000, Attention.DISPUTE_LOST)):
        becomes(payment, price)
        payment.refresh_from_db()
        assert payment.attention == attention


def undone(payment: Payment, dispute: Dispute) -> None:
    """The bank has thought again, and Stripe says so."""
    payment.refresh_from_db()
    news = replace(lost(dispute), status="won", is_charge_refundable=True)
    dispute_take_over(payment=payment, dispute=news, now=clock.now())


def test_what_was_dropped_for_a_loss_is_promised_anew_once_the_bank_gives_it_back() -> None:
    payment = PaymentFactory.create(paid=True)
    cancel(payment, is_free=True)
    heard(payment, lost_minor=4500)
    assert live(payment) == []
    for _ in range(2):
        undone(payment, Dispute.objects.get())
    assert live(payment) == [("practice" if payment.appointment.cancel_reason == "clinic" else "policy", 4500)]
    payment.refresh_from_db()
    assert payment.attention == Attention.NONE


def test_what_the_rules_had_given_already_is_made_up_by_the_rest_and_a_gift_is_left_to_an_officer() -> None:
    payment = PaymentFactory.create(paid=True)
    cancel(payment, is_free=True)
    heard(payment, lost_minor=1500)
    refund_record_given(actor=officer(), refund_id=Refund.objects.get(status="pending").public_id, reference="FP 1")
    undone(payment, Dispute.objects.get())
    assert live(payment) == [("policy", 3000), ("rest", 1500)]

    other = PaymentFactory.create(paid=True)
    RefundFactory.create(payment=other, amount_minor=1000)
    heard(other, lost_minor=4500)
    other.refresh_from_db()
    assert other.attention == Attention.DISPUTE_LOST
    undone(other, Dispute.objects.get(payment=other))
    other.refresh_from_db()
    assert (other.attention, live(other)) == (Attention.LOSS_UNDONE, [])
