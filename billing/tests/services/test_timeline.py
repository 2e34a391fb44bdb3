"""A payment's timeline names everybody who did something about it, and tells things in their order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from audit.services import event_record
from billing.models import Payment, StripeEvent
from billing.selectors import payment_steps
from billing.services import event_receive, refund_request, refund_second
from billing.services.refunds import refund_move
from billing.states import RefundStatus
from billing.tests.factories import DisputeFactory, PaymentFactory
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, paid
from common import clock
from common.fields import Sealed
from integrations.stripe.objects import Event
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


def test_the_second_officers_yes_is_told_with_their_name() -> None:
    payment, first, second = PaymentFactory.create(paid=True, amount_minor=50_000), officer(), officer()
    refund = refund_request(actor=first, payment_id=payment.public_id, amount_minor=20_001, note="Half an hour late")
    refund_second(actor=second, refund_id=refund.public_id)
    assert ("Agreed to a refund as the second person", second.shown_name) in [
        (step.what, step.detail) for step in payment_steps(payment)
    ]


def test_a_change_while_the_note_cannot_be_read_settles_nothing_once_more() -> None:
    payment = PaymentFactory.create(paid=True, settled_note="Rung the bank")
    Payment.objects.update(settled_note=Sealed("1:spoilt"))
    Payment.objects.get().save()
    assert [step.detail for step in payment_steps(payment) if "Settled by" in step.what] == ["Rung the bank"]


def test_a_payment_is_paid_before_its_receipt_is_issued(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    told = [step.what for step in payment_steps(paid(stripe_simulator, stripe_deliver))]
    assert told.index("Paid") < told.index("Receipt issued")


def test_the_desk_shows_what_kinds_of_events_change_nothing(client: Client) -> None:
    now = clock.now()
    for number, days in enumerate((0, 1, 40)):
        event = Event(
            id=f"evt_{number}", type="customer.created", created_at=now, object_type="customer", object_id="cus_1",
            intent_id=None, session_id=None, livemode=False,
        )  # fmt: skip
        event_receive(event=event, now=now - timedelta(days=days))
    assert StripeEvent.objects.filter(state="ignored").count() == 3
    client.force_login(officer())
    answer = client.get(reverse("billing_desk"))
    assert [(one["type"], one["count"]) for one in answer.context["desk"].unused] == [("customer.created", 2)]
    assert "customer.created" in answer.content.decode()


def test_codes_of_stripes_are_told_in_words() -> None:
    dispute = DisputeFactory.create(reason="product_not_received")
    assert "product not received" in [step.detail for step in payment_steps(dispute.payment)]


def test_within_a_second_causes_are_told_before_what_comes_of_them() -> None:
    now = clock.now().replace(microsecond=0)
    payment = PaymentFactory.create(paid=True, amount_minor=50_000, created_at=now, paid_at=now)
    first, second = officer(), officer()
    asked = {"actor": first, "payment_id": payment.public_id, "amount_minor": 20_001, "note": "Late", "now": now}
    refund = refund_request(**asked)
    refund_second(actor=second, refund_id=refund.public_id, now=now)
    for number, told in enumerate(("refund.created", "charge.refunded")):
        StripeEvent.objects.create(
            stripe_id=f"evt_{number}", type=told, payment=payment, occurred_at=now, received_at=now, due_at=now
        )
    refund.refresh_from_db()
    refund.payment = payment
    refund_move(refund=refund, status=RefundStatus.SUCCEEDED, now=now)
    steps = [step.what for step in sorted(payment_steps(payment), key=lambda step: step.turn)]
    assert steps == [
        "Payment begun",
        "Refund of £200.01 asked for",
        "Agreed to a refund as the second person",
        "Stripe told: refund.created",
        "Stripe told: charge.refunded",
        "Refund of £200.01: refunded",
        "Credit note issued",
    ]


def test_stripes_name_keeps_its_capital() -> None:
    payment = PaymentFactory.create(paid=True)
    event_record("payment.fetched", payment, actor=officer(), patient=payment.appointment.patient)
    assert "Asked Stripe again about a payment" in [step.what for step in payment_steps(payment)]
