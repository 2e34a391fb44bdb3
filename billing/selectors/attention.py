"""Why a payment waits for an officer."""

from __future__ import annotations

from django.db.models import Q, Sum

from billing.models import HAD_LEFT, Payment, Refund
from billing.selectors.owed import failures_waiting
from billing.selectors.payments import left_to_pay, taken_of
from billing.states import Attention, RefundStatus
from booking.states import STANDING


def is_gone_twice(payment: Payment) -> bool:
    """Whether a bank transfer of ours and a bank have together given back more than was paid by a payment."""
    given = Refund.objects.filter(Q(status=RefundStatus.SUCCEEDED) | HAD_LEFT, payment=payment)
    total = given.aggregate(total=Sum("amount_minor"))["total"] or 0
    return given.filter(by_hand=True).exists() and total + taken_of(payment) > payment.captured_minor


def attention_left(payment: Payment) -> Attention:
    """Why a payment waits for an officer: a reason of before that only a person settles, or a refund that failed, or
    that a bank took back what a visit that stands is not paid without. Nobody at the clinic would hear of that."""
    if payment.attention not in (Attention.NONE, Attention.REFUND_FAILED, Attention.DISPUTE_LOST):
        return Attention(payment.attention)
    if failures_waiting(payment):
        return Attention.REFUND_FAILED
    visit, took = payment.appointment, taken_of(payment)
    is_unpaid = visit.status in STANDING and left_to_pay(visit) > 0
    return Attention.DISPUTE_LOST if took and is_unpaid else Attention.NONE
