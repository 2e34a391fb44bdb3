"""Refunds that a bank sends back: seen until each is replaced or settled, and promised anew as what they were."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from billing.models import Payment, Refund
from billing.selectors import refunds_of
from billing.services import (
    attention_settle,
    payment_take_back,
    refund_drop,
    refund_let_go,
    refund_request,
    refund_retry,
)
from billing.services.promises import promises_top_up
from billing.services.refund_news import refund_take_over
from billing.states import Attention, Method
from billing.tests.factories import PaymentFactory
from billing.tests.services.test_promises import cancel, heard, live
from billing.tests.services.test_refunds import made_in_dashboard, officer
from billing.words import refund_words
from booking.models import Appointment
from booking.states import CancelReason
from booking.tests.steps import at_the_desk_of, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid

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


def test_a_note_that_cannot_be_read_is_promised_anew_as_none_and_stays_as_it_is() -> None:
    refund = failed(gift(paid_online(), 1000))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_refund SET note = overlay(note placing '!' from 60 for 1) RETURNING note")
        spoilt = cursor.fetchone()
        new = refund_retry(actor=officer(), refund_id=refund.public_id)
        assert new.note == ""
        cursor.execute("SELECT note FROM billing_refund WHERE id = %s", [refund.pk])
        assert cursor.fetchone() == spoilt
        cursor.execute("UPDATE billing_refund SET note = %s WHERE id = %s", [*spoilt, new.pk])
    assert refund_drop(actor=officer(), refund_id=new.public_id, note="Not so").note == "Taken back: Not so"


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


def test_one_that_failed_is_let_go_of_alone() -> None:
    payment, policy = cancelled_late()
    beside = failed(gift(payment, 1000))
    failed(policy)
    own = user_of(payment.appointment.patient)
    own.groups.add(Group.objects.get(name=Role.BILLING_OFFICER.value))
    own = User.objects.get(pk=own.pk)
    for nobody, why in ((at_the_desk_of(payment.appointment.location), "billing officers"), (own, "your own money")):
        with pytest.raises(Forbidden, match=why):
            refund_let_go(actor=nobody, refund_id=beside.public_id, note="In cash.")
    with pytest.raises(Invalid):
        refund_let_go(actor=officer(), refund_id=beside.public_id, note=" ")
    for _ in range(2):
        refund_let_go(actor=officer(), refund_id=beside.public_id, note="In cash.")
    policy.refresh_from_db()
    told = {one.pk: refund_words(one) for one in refunds_of(payment.appointment)}
    assert ("We have looked at it" in told[beside.pk], "we are looking at it" in told[policy.pk]) == (True, True)
    assert (policy.let_go_minor, attention(payment)) == (None, Attention.REFUND_FAILED)
    assert again(policy) == 2250
    assert (live(payment), attention(payment)) == (
        [("officer", 1000), ("policy", 2250), ("policy", 2250)],
        Attention.NONE,
    )
    assert again(beside) == 1000
    # A colleague has sent it again, whether or not somebody let go of it before that.
    for one in (policy, beside):
        with pytest.raises(Conflict) as refused:
            refund_let_go(actor=officer(), refund_id=one.public_id, note="In cash.")
        assert refused.value.code == "not_failed"


def settle(payment: Payment) -> None:
    attention_settle(actor=officer(), payment_id=payment.public_id, note="It was given in cash.")


@pytest.mark.parametrize("amount_minor", [1000, 3000])
def test_a_gift_that_was_let_go_of_takes_nothing_of_what_the_rules_promise(amount_minor: int) -> None:
    before = paid_online()
    failed(gift(before, amount_minor))
    settle(before)
    cancel(before, is_free=False)
    between = paid_online()
    failed(gift(between, amount_minor))
    cancel(between, is_free=False)
    settle(between)
    for payment in (before, between):
        assert again(failed(Refund.objects.get(payment=payment, reason="policy"))) == 2250


def test_the_rules_speak_of_what_was_let_go_once_they_speak_anew() -> None:
    payment, policy = cancelled_late()
    failed(policy)
    settle(payment)
    Appointment.objects.filter(pk=payment.appointment_id).update(cancel_reason=CancelReason.CLINIC)
    promises_top_up(appointment=payment.appointment, now=clock.now())
    assert again(failed(Refund.objects.get(payment=payment, status="pending"))) == 4500


def test_one_that_fails_beside_another_reason_is_seen_once_that_is_settled() -> None:
    payment, policy = cancelled_late()
    Payment.objects.update(attention=Attention.LOSS_UNDONE)
    failed(policy)
    for reason in (Attention.LOSS_UNDONE, Attention.REFUND_FAILED):
        assert attention(payment) == reason
        attention_settle(actor=officer(), payment_id=payment.public_id, note="Seen.")
    assert attention(payment) == Attention.NONE


@pytest.mark.parametrize("is_given_first", [True, False])
@pytest.mark.parametrize("amount_minor", [1000, 2250])
def test_what_is_given_beside_the_rules_takes_nothing_of_what_is_sent_again(
    amount_minor: int, *, is_given_first: bool
) -> None:
    payment, policy = cancelled_late()
    for is_now in (is_given_first, not is_given_first):
        if is_now:
            said(gift(payment, amount_minor), "succeeded")
        else:
            failed(policy)
    assert again(policy) == 2250


def test_what_a_bank_or_the_dashboard_has_given_meanwhile_is_taken_off_and_no_gift() -> None:
    for gone in ({"lost_minor": 500}, {"refunded_minor": 500}):
        payment, policy = cancelled_late()
        said(gift(payment, 1000), "succeeded")
        failed(policy)
        heard(payment, **gone)
        assert again(policy) == 1750


def test_what_was_given_before_the_visit_was_cancelled_is_a_part_of_the_share_whenever_it_fails() -> None:
    """As the second fails before the visit is cancelled, the rules have promised its part by then."""
    payment = paid_online()
    before = said(gift(payment, 1000), "succeeded")
    cancel(payment, is_free=False)
    assert again(failed(Refund.objects.get(payment=payment, reason="policy"))) == 1250
    assert again(said(before, "failed")) == 1000

    other = paid_online()
    small, large = gift(other, 1000), failed(gift(other, 2500))
    failed(small)
    cancel(other, is_free=False)
    assert live(other) == [("officer", 1000), ("officer", 2500), ("policy", 2250)]
    assert again(large) == 1250, "what they were above the share together"
    with pytest.raises(Conflict) as refused:
        again(small)
    assert (refused.value.code, attention(other)) == ("nothing_owed", Attention.REFUND_FAILED)


def test_a_gift_that_is_dropped_leaves_what_failed_to_be_sent_again() -> None:
    payment, policy = cancelled_late()
    beside = gift(payment, 1000)
    failed(policy)
    refund_drop(actor=officer(), refund_id=beside.public_id, note="Not so")
    assert live(payment) == [("policy", 2250)], "it failed, and nothing else is promised"
    assert again(policy) == 2250

    other = paid_online()
    towards = gift(other, 1500)
    cancel(other, is_free=False)
    policy = failed(Refund.objects.get(payment=other, reason="policy"))
    refund_drop(actor=officer(), refund_id=towards.public_id, note="Not so")
    assert again(policy) == 750
    assert live(other) == [("policy", 750), ("policy", 1500), ("rest", 750)]


def test_a_mistake_found_while_a_refund_stands_failed_leaves_gifts_beside_the_share() -> None:
    terms = {"appointment__price_minor": 6000, "appointment__policy": {"late_refund_percent": 50}}
    payment = PaymentFactory.create(paid=True, **terms)
    wrong = PaymentFactory.create(desk=True, appointment=payment.appointment, amount_minor=1500, method=Method.CASH)
    cancel(payment, is_free=False)
    policy = failed(Refund.objects.get(payment=payment))
    gift(payment, 1000)
    payment_take_back(actor=officer(), payment_id=wrong.public_id, note="It was another's.")
    assert live(payment) == [("officer", 1000), ("policy", 1500), ("policy", 2250)]
    with pytest.raises(Conflict, match="promised otherwise"):
        again(policy)
