"""Refunds that a bank sends back: seen until each is replaced or settled, and promised anew as what they were."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.models import Payment, Refund
from billing.services import attention_settle, refund_request, refund_retry
from billing.services.refund_news import refund_take_over
from billing.states import Attention
from billing.tests.factories import PaymentFactory
from billing.tests.services.test_promises import cancel
from billing.tests.services.test_refunds import made_in_dashboard, officer
from common import clock

pytestmark = pytest.mark.django_db


def said(refund: Refund, status: str) -> Refund:
    """What Stripe says of a refund of ours, made ours."""
    payment = Payment.objects.get(pk=refund.payment_id)
    news = replace(made_in_dashboard(payment, refund.amount_minor), id=f"re_{refund.pk}", status=status)
    refund_take_over(payment=payment, refund=replace(news, metadata={"refund": str(refund.public_id)}), now=clock.now())
    refund.refresh_from_db()
    return refund


def failed(refund: Refund) -> Refund:
    """It had gone, and days later the bank has sent it back."""
    said(refund, "succeeded")
    return said(refund, "failed")


def again(refund: Refund, *, by_hand: bool = False) -> int:
    return refund_retry(actor=officer(), refund_id=refund.public_id, by_hand=by_hand).amount_minor


def gift(payment: Payment, amount_minor: int) -> Refund:
    return refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=amount_minor, note="Sorry")


def attention(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.attention


def paid_online() -> Payment:
    """£45, of which half goes back where it is cancelled late."""
    payment: Payment = PaymentFactory.create(paid=True, appointment__policy={"late_refund_percent": 50})
    return payment


def cancelled_late() -> tuple[Payment, Refund]:
    payment = paid_online()
    cancel(payment, is_free=False)
    return payment, Refund.objects.get(payment=payment)


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("first", [0, 1])
def test_of_two_that_failed_the_other_is_still_listed(first: int, *, by_hand: bool) -> None:
    payment, policy = cancelled_late()
    both = [policy, gift(payment, 1000)]
    for one in both:
        failed(one)
    again(both[first], by_hand=by_hand)
    assert attention(payment) == Attention.REFUND_FAILED
    again(both[1 - first])
    assert attention(payment) == Attention.NONE


def test_what_an_officer_has_settled_does_not_come_back_with_another_that_fails() -> None:
    payment, policy = cancelled_late()
    beside = gift(payment, 1000)
    failed(policy)
    attention_settle(actor=officer(), payment_id=payment.public_id, note="It was given in cash.")
    assert attention(payment) == Attention.NONE
    failed(beside)
    assert attention(payment) == Attention.REFUND_FAILED
    again(beside)
    assert attention(payment) == Attention.NONE


def test_one_that_fails_beside_another_reason_is_seen_once_that_is_settled() -> None:
    payment, policy = cancelled_late()
    Payment.objects.update(attention=Attention.LOSS_UNDONE)
    failed(policy)
    for reason in (Attention.LOSS_UNDONE, Attention.REFUND_FAILED):
        assert attention(payment) == reason
        attention_settle(actor=officer(), payment_id=payment.public_id, note="Seen.")
    assert attention(payment) == Attention.NONE
