"""Of one life's acts each order ends with as much given back, as long as nothing is sent in between."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from itertools import islice, permutations

import pytest
from django.db.models import Sum

from billing.models import Payment, Refund
from billing.services import payment_take_back, refund_drop, refund_request
from billing.states import REFUND_LIVE, Method, RefundStatus
from billing.tests.factories import PaymentFactory
from billing.tests.services.test_promises import cancel, heard, live
from billing.tests.services.test_refunds import officer
from common.errors import Conflict

pytestmark = pytest.mark.django_db

# `make test-long` takes them all.
MOST = int(os.environ.get("PAYMENT_ORDERS", "120")) // 30

Act = Callable[[], object]


def cancelled_late(*, is_sent: bool = False) -> tuple[Payment, Payment]:
    """Of £60 half goes back: £15 of what was paid online, sent or not, and £15 of the desk's entry, a mistake."""
    terms = {"appointment__price_minor": 6000, "appointment__policy": {"late_refund_percent": 50}}
    online = PaymentFactory.create(paid=True, **terms)
    wrong = PaymentFactory.create(desk=True, appointment=online.appointment, amount_minor=1500, method=Method.CASH)
    cancel(online, is_free=False)
    assert back(online) == 3000
    if is_sent:
        Refund.objects.filter(payment=online).update(status=RefundStatus.SUCCEEDED, stripe_id=f"re_{online.pk}")
    return online, wrong


def back(payment: Payment) -> int:
    refunds = Refund.objects.filter(payment__appointment=payment.appointment, status__in=sorted(REFUND_LIVE))
    return refunds.aggregate(total=Sum("amount_minor"))["total"] or 0


def gift(payment: Payment, amount_minor: int) -> Refund:
    return refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=amount_minor, note="Sorry")


def mistake(wrong: Payment) -> None:
    payment_take_back(actor=officer(), payment_id=wrong.public_id, note="It was another's.")


def drop(refund: Refund) -> None:
    refund.refresh_from_db()
    replaced = Refund.objects.filter(replaces=refund).first()
    refund_drop(actor=officer(), refund_id=(replaced or refund).public_id, note="Not so")


def test_a_gift_above_the_share_of_what_was_paid_in_truth_can_be_taken_back() -> None:
    online, wrong = cancelled_late(is_sent=True)
    given = gift(online, 3000)
    mistake(wrong)
    assert live(online) == [("officer", 3000), ("policy", 1500)]
    drop(given)
    assert live(online) == [("policy", 1500), ("rest", 750)]


def test_one_of_two_gifts_taken_back_leaves_the_other_beside_the_share_in_either_order() -> None:
    for order in permutations(range(2)):
        online, wrong = cancelled_late(is_sent=True)
        _, second = gift(online, 1500), gift(online, 1500)
        acts: list[Act] = [partial(mistake, wrong), partial(drop, second)]
        for number in order:
            acts[number]()
        assert live(online) == [("officer", 1500), ("policy", 1500), ("rest", 750)]


def test_a_gift_towards_the_rules_share_is_not_taken_from_one_beside_it() -> None:
    """£20 were promised before the visit was cancelled, £20 after; the policy's rest has gone, and goes once."""
    payment = PaymentFactory.create(desk=True, appointment__policy={"late_refund_percent": 50})
    towards = gift(payment, 2000)
    cancel(payment, is_free=False)
    Refund.objects.filter(payment=payment, reason="policy").update(status=RefundStatus.SUCCEEDED)
    beside = gift(payment, 2000)
    with pytest.raises(Conflict, match="owed to the patient"):
        drop(towards)
    drop(beside)
    assert live(payment) == [("officer", 2000), ("policy", 250)]


def test_a_loss_a_mistake_and_a_gift_taken_back_end_the_same_in_any_order() -> None:
    """The rules owe half of the £45 that were paid in truth, less what the bank gave; £5 are beside it."""
    lost_minor, ends = 100, 2150 + 500
    for order in islice(permutations(range(4)), 0, None, max(24 // MOST, 1)):
        online, wrong = cancelled_late()
        dropped = gift(online, 400)
        acts: list[Act] = [
            partial(heard, online, lost_minor=lost_minor),
            partial(mistake, wrong),
            partial(drop, dropped),
            partial(gift, online, 500),
        ]
        for number in order:
            acts[number]()
        assert back(online) == ends, order
