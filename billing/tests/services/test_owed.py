"""What is owed is reckoned of all that is known together: no order loses a penny of it, and whatever of it nobody has
promised is on somebody's list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from billing.errors import TooMuch
from billing.models import Dispute, Payment, Refund
from billing.selectors import due_online, sums_of
from billing.services import attention_settle, payment_fetch, refund_record_left, refund_request, refund_retry
from billing.states import REFUND_LIVE, Attention, Method, PaymentStatus, RefundReason, RefundStatus
from billing.tests.factories import PaymentFactory
from billing.tests.services.test_failed import again, attention, cancelled_late, failed, paid_online, said
from billing.tests.services.test_losses import undone
from billing.tests.services.test_orders import back, drop, gift, mistake
from billing.tests.services.test_promises import becomes, cancel, heard, live
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, begin, hold, paid, told_and_done
from booking.models import Appointment
from common.errors import Conflict
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


def of(payment: Payment) -> Refund:
    return Refund.objects.get(payment=payment, reason="policy", status=RefundStatus.PENDING)


def again_if_owed(refund: Refund) -> None:
    try:
        refund_retry(actor=officer(), refund_id=refund.public_id)
    except Conflict as refused:
        if refused.code != "nothing_owed":
            raise


@pytest.mark.parametrize("order", ["fail cancel again", "cancel fail again", "fail again cancel"])
def test_of_two_gifts_of_before_that_fail_the_larger_of_both_and_the_share_goes_back(order: str) -> None:
    payment = paid_online()
    gifts = [gift(payment, one) for one in (2500, 1500)]
    acts: dict[str, Callable[[], object]] = {
        "fail": lambda: [failed(one) for one in gifts],
        "cancel": lambda: cancel(payment, is_free=False),
        "again": lambda: list(map(again_if_owed, gifts)),
    }
    for act in order.split():
        acts[act]()
    assert back(payment) == 4000


@pytest.mark.parametrize(
    "order", ["fail cancel again mistake", "fail cancel mistake again", "cancel fail again mistake"]
)
def test_a_gift_sent_again_as_what_it_was_above_the_share_counts_as_all_that_it_was(order: str) -> None:
    """The share becomes less behind it, as some of what was paid was a mistake."""
    terms = {"appointment__price_minor": 6000, "appointment__policy": {"late_refund_percent": 50}}
    online = PaymentFactory.create(paid=True, **terms)
    wrong = PaymentFactory.create(desk=True, appointment=online.appointment, amount_minor=1500, method=Method.CASH)
    given = gift(online, 3200)
    acts: dict[str, Callable[[], object]] = {
        "fail": lambda: failed(given),
        "cancel": lambda: cancel(online, is_free=False),
        "again": lambda: again_if_owed(given),
        "mistake": lambda: mistake(wrong),
    }
    for act in order.split():
        acts[act]()
    assert back(online) == 3200


def test_what_nobody_has_agreed_to_gives_way_to_what_is_sent_again() -> None:
    payment, policy = cancelled_late()
    failed(policy)
    asked = gift(payment, 4000)
    Refund.objects.filter(pk=asked.pk).update(needs_second=True)
    assert again(policy) == 2250
    assert live(payment) == [("officer", 1750), ("policy", 2250), ("policy", 2250)]
    drop(asked)
    assert (back(payment), attention(payment)) == (2250, Attention.NONE)


@pytest.mark.parametrize("is_agreed", [True, False])
def test_what_failed_stays_on_the_list_beside_a_gift_of_all_that_is_left_until_that_is_sent(*, is_agreed: bool) -> None:
    payment, policy = cancelled_late()
    failed(policy)
    rest = gift(payment, 4500)
    Refund.objects.filter(pk=rest.pk).update(needs_second=not is_agreed)
    heard(payment, lost_minor=100)
    assert attention(payment) == Attention.REFUND_FAILED
    drop(rest)
    assert attention(payment) == Attention.REFUND_FAILED
    assert again(policy) == 2150
    assert attention(payment) == Attention.NONE


def test_a_refusal_of_what_was_sent_again_leaves_what_the_rules_owe_of_it() -> None:
    payment = paid_online()
    before = said(gift(payment, 1000), "succeeded")
    cancel(payment, is_free=False)
    said(before, "failed")
    Refund.objects.filter(pk=before.pk).update(needs_second=True)
    assert again(before) == 1000
    assert attention(payment) == Attention.NONE, "a colleague is asked"
    drop(before)
    assert live(payment) == [("officer", 1000), ("policy", 2250)]


def test_what_its_own_payment_has_no_room_for_goes_back_of_the_visits_others() -> None:
    terms = {"appointment__price_minor": 4500, "appointment__policy": {"late_refund_percent": 50}}
    cash = PaymentFactory.create(desk=True, amount_minor=1500, method=Method.CASH, **terms)
    online = PaymentFactory.create(paid=True, amount_minor=3000, appointment=cash.appointment)
    cancel(online, is_free=False)
    policy = failed(of(online))
    gift(online, 2000)
    assert again(policy) == 1000
    assert (live(cash), attention(online)) == ([("policy", 1250)], Attention.NONE)
    assert back(online) == 4250


def test_what_its_own_payment_has_no_room_for_at_all_goes_back_of_the_visits_others() -> None:
    terms = {"appointment__price_minor": 4500, "appointment__policy": {"late_refund_percent": 50}}
    cash = PaymentFactory.create(desk=True, amount_minor=1500, method=Method.CASH, **terms)
    online = PaymentFactory.create(paid=True, amount_minor=3000, appointment=cash.appointment)
    cancel(online, is_free=False)
    policy = failed(of(online))
    gift(online, 3000)
    assert again(policy) == 1500
    assert (live(cash), attention(online), back(online)) == ([("policy", 1500)], Attention.NONE, 4500)
    assert sums_of(online.appointment, None).going_back == 4500, "what failed is given otherwise"
    with pytest.raises(TooMuch):
        again(policy)


def kept_beside(payment: Payment, promised: Refund) -> Refund:
    """A transfer had left, a bank took all and gave it back, what took its place has gone too."""
    Refund.objects.filter(pk=promised.pk).update(by_hand=True)
    heard(payment, lost_minor=4500)
    undone(payment, Dispute.objects.get(payment=payment))
    anew = Refund.objects.filter(payment=payment, status=RefundStatus.PENDING).first() or gift(payment, 2000)
    said(anew, "succeeded")
    refund_record_left(actor=officer(), refund_id=promised.public_id, reference="BACS 77")
    return anew


def test_a_transfer_that_is_kept_with_a_cancelled_promise_has_gone_all_the_same() -> None:
    payment = PaymentFactory.create(paid=True)
    cancel(payment, is_free=True)
    promised = of(payment)
    anew = said(kept_beside(payment, promised), "failed")
    for reason in (Attention.GONE_TWICE, Attention.REFUND_FAILED):
        assert attention(payment) == reason
        with pytest.raises(Conflict, match="promised otherwise"):
            again(anew)
        attention_settle(actor=officer(), payment_id=payment.public_id, note="The transfer has come.")
    with pytest.raises(Conflict, match="Only a refund that failed"):
        again(promised)

    other = PaymentFactory.create(paid=True)
    kept_beside(other, gift(other, 3000))
    attention_settle(actor=officer(), payment_id=other.public_id, note="Asked for.")
    cancel(other, is_free=True)
    assert (live(other), attention(other)) == ([("officer", 2000)], Attention.NONE), "£50 of £45 have gone"


def test_a_refund_that_failed_while_a_payment_did_not_add_up_is_seen_once_it_does(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = begin(hold())
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4400)
    stripe_simulator.pay(payment.session_id or "")
    told_and_done(stripe_deliver)
    refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=100, note="Late start")
    told_and_done(stripe_deliver)
    stripe_simulator.fail_refund(Refund.objects.get().stripe_id or "")
    told_and_done(stripe_deliver)
    assert attention(payment) == Attention.AMOUNT
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4500)
    payment_fetch(actor=officer(), payment_id=payment.public_id)
    assert (attention(payment), payment.status) == (Attention.REFUND_FAILED, PaymentStatus.SUCCEEDED)


@pytest.mark.parametrize("order", ["fail cancel again", "cancel fail again", "fail again cancel"])
def test_a_gift_of_after_the_price_fell_stays_on_top_of_that_when_the_visit_is_cancelled(
    stripe_simulator: Simulator, stripe_deliver: Deliver, order: str
) -> None:
    """Of £45 the clinic keeps £30, also of who cancels late, and an officer gives £20 beside the £15 that go back."""
    payment = paid(stripe_simulator, stripe_deliver)
    becomes(payment, 3000)
    beside = gift(payment, 2000)
    difference = Refund.objects.get(payment=payment, reason=RefundReason.DIFFERENCE)
    acts: dict[str, Callable[[], object]] = {
        "fail": lambda: list(map(failed, (difference, beside))),
        "again": lambda: list(map(again_if_owed, (beside, difference))),
        "cancel": lambda: cancelled_without_a_share(payment),
    }
    for name in order.split():
        acts[name]()
    assert back(payment) == 3500


def cancelled_without_a_share(payment: Payment) -> None:
    Appointment.objects.filter(pk=payment.appointment_id).update(policy={"late_refund_percent": 0})
    payment.appointment.refresh_from_db()
    cancel(payment, is_free=False)


def test_one_that_failed_does_not_stand_in_the_way_of_another_that_goes_back_of_another_payment() -> None:
    """Both failed where nothing is left by now; what is given in their place is no difference in price."""
    payment = PaymentFactory.create(paid=True, appointment__price_minor=6000)
    other = PaymentFactory.create(paid=True, appointment=payment.appointment, amount_minor=1500)
    one, two = failed(gift(payment, 1000)), failed(gift(payment, 1000))
    heard(payment, refunded_minor=4500)
    assert [again(one), again(two)] == [1000, 500]
    given = Refund.objects.filter(payment=other, status__in=sorted(REFUND_LIVE))
    assert {reason for reason, _ in live(other)} == {RefundReason.REST}
    assert (sum(one.amount_minor for one in given), due_online(payment.appointment)) == (1500, 0)
    assert attention(payment) == Attention.NONE
