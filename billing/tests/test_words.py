"""What whoever paid reads of a refund: true of each way that it may end."""

from __future__ import annotations

import pytest

from billing.models import Refund
from billing.selectors import refunds_of
from billing.states import BY_MISTAKE, BY_THE_BANK, DROPPED_FOR, LESS_PAID, RefundStatus
from billing.tests.factories import DisputeFactory, PaymentFactory, RefundFactory
from billing.words import refund_words

pytestmark = pytest.mark.django_db


def said(refund: Refund) -> str:
    return refund_words(refunds_of(refund.payment.appointment).get(pk=refund.pk))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "on its way"),
        ({"by_hand": True}, "by bank transfer"),
        ({"needs_second": True}, "second person"),
        ({"status": RefundStatus.SUCCEEDED, "by_hand": True, "given_reference": "FP 1"}, "was sent to you by bank"),
        ({"status": RefundStatus.SUCCEEDED}, "5 to 10 days"),
        ({"status": RefundStatus.FAILED}, "We have looked at it"),
        ({"status": RefundStatus.REQUIRES_ACTION}, "asked you by email"),
        ({"status": RefundStatus.CANCELED, "failure": BY_THE_BANK}, "by your bank"),
        ({"status": RefundStatus.CANCELED, "failure": BY_MISTAKE}, "written down by mistake"),
        ({"status": RefundStatus.CANCELED, "failure": LESS_PAID}, "less was paid"),
        ({"status": RefundStatus.CANCELED}, "was not given back."),
    ],
)
def test_of_each_end_it_says_what_is_true(facts: dict[str, object], words: str) -> None:
    assert words in said(RefundFactory.create(**facts))


def test_every_reason_to_drop_one_has_words() -> None:
    payment = PaymentFactory.create(desk=True)
    for failure in DROPPED_FOR:
        said(RefundFactory.create(payment=payment, status=RefundStatus.CANCELED, failure=failure))
    waiting = RefundFactory.create(payment=PaymentFactory.create(paid=True))
    DisputeFactory.create(payment=waiting.payment)
    assert "until your bank has decided" in said(waiting)
    replaced = RefundFactory.create(payment=payment, status=RefundStatus.CANCELED, failure=BY_THE_BANK)
    RefundFactory.create(payment=payment, replaces=replaced)
    assert said(replaced) == "became what is shown beside it."
