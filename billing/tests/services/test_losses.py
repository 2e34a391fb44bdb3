"""A visit that a bank has left unpaid: as long as somebody has to look at it, and no longer."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Payment
from billing.services import payment_record, payment_take_back, refund_retry
from billing.states import Attention, Method, RefundStatus
from billing.tests.factories import RefundFactory
from billing.tests.services.test_promises import becomes, cancel, heard
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, hold, paid, paid_and_asked, told_and_done
from booking.tests.steps import at_the_desk_of
from common import idempotency
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
