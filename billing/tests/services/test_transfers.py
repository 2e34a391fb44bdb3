"""A transfer that had left the clinic's bank before its dispute was heard of is seen as gone, and as gone twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from billing.models import Dispute, Payment, Receipt, Refund
from billing.selectors import left_of
from billing.services import refund_record_given, refund_record_left
from billing.services.disputes import dispute_take_over
from billing.states import Attention, RefundStatus
from billing.tests.factories import DisputeFactory, PaymentFactory, RefundFactory
from billing.tests.services.test_officers import lost
from billing.tests.services.test_promises import cancel, heard, live
from billing.tests.services.test_refunds import officer
from booking.tests.steps import at_the_desk_of
from common import clock, idempotency
from common.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db


def by_transfer(amount_minor: int = 3000) -> Refund:
    return RefundFactory.create(by_hand=True, amount_minor=amount_minor)


def left(refund: Refund, reference: str = "BACS 77") -> Refund:
    return refund_record_left(actor=officer(), refund_id=refund.public_id, reference=reference)


def stands(payment: Payment) -> tuple[str, list[tuple[str, int]], int]:
    payment.refresh_from_db()
    return payment.attention, live(payment), left_of(payment)


def test_written_down_before_the_loss_or_after_it_has_gone_twice_and_is_listed() -> None:
    for is_lost_first in (False, True):
        promised = by_transfer()
        payment = promised.payment
        if is_lost_first:
            heard(payment, lost_minor=4500)
            assert live(payment) == []
        for _ in range(2):
            gone = left(promised)
        if not is_lost_first:
            heard(payment, lost_minor=4500)
        gone.refresh_from_db()
        assert (gone.status, gone.given_reference) == (RefundStatus.SUCCEEDED, "BACS 77")
        assert stands(payment) == (Attention.GONE_TWICE, [("officer", 3000)], 0)
        assert Receipt.objects.filter(refund=gone).count() == 1
        with pytest.raises(Conflict, match="BACS 77"):
            left(promised, "BACS 78")


def test_of_what_has_gone_twice_the_page_says_how_much_it_is_over_all_that_was_paid_for_the_visit(
    client: Client,
) -> None:
    """£45 twice of £55: the £10 of the desk are not given for it, and are not to be asked back as well."""
    payment = PaymentFactory.create(paid=True)
    at_desk = PaymentFactory.create(desk=True, appointment=payment.appointment, amount_minor=1000)
    cancel(payment, is_free=True)
    Refund.objects.filter(payment=payment).update(by_hand=True)
    refund_record_given(actor=officer(), refund_id=payment.refunds.get().public_id, reference="BACS 77")
    heard(payment, lost_minor=4500)
    assert stands(payment) == (Attention.GONE_TWICE, [("policy", 4500)], 0)
    assert live(at_desk) == []
    client.force_login(officer())
    page = client.get(reverse("billing_payment", args=[payment.public_id])).content.decode()
    assert "£35 more has gone back for the visit than was paid for it." in page


def test_of_a_part_that_was_lost_what_had_left_takes_the_place_of_what_was_left_to_send() -> None:
    promised = by_transfer()
    payment = promised.payment
    heard(payment, lost_minor=2500)
    assert live(payment) == [("officer", 2000)]
    left(promised)
    assert stands(payment) == (Attention.GONE_TWICE, [("officer", 3000)], 0)


def undone(payment: Payment) -> None:
    """The bank has given back what it took."""
    news = replace(lost(Dispute.objects.get(payment=payment)), status="won", is_charge_refundable=True)
    payment.refresh_from_db()
    dispute_take_over(payment=payment, dispute=news, now=clock.now())


def test_one_whose_place_something_else_has_taken_that_was_sent_too_keeps_its_reference_and_is_listed() -> None:
    payment = PaymentFactory.create(paid=True)
    cancel(payment, is_free=True)
    Refund.objects.update(by_hand=True)
    promised = Refund.objects.get()
    heard(payment, lost_minor=4500)
    undone(payment)
    Refund.objects.filter(status="pending").update(status=RefundStatus.SUCCEEDED, stripe_id="re_1", by_hand=False)
    for _ in range(2):
        kept = left(promised)
    assert (kept.status, kept.given_reference) == (RefundStatus.CANCELED, "BACS 77")
    assert stands(payment) == (Attention.GONE_TWICE, [("policy", 4500)], 0)
    event = Event.objects.get(action="refund.left")
    assert event.data["amount"] == 4500
    with pytest.raises(Conflict, match="BACS 77"):
        left(promised, "BACS 78")


def test_one_of_which_a_part_was_promised_anew_and_sent_too_is_listed() -> None:
    promised = by_transfer()
    payment = promised.payment
    heard(payment, lost_minor=2500)
    refund_record_given(actor=officer(), refund_id=Refund.objects.get(status="pending").public_id, reference="BACS 1")
    assert left(promised).given_reference == "BACS 77"
    assert stands(payment) == (Attention.GONE_TWICE, [("officer", 2000)], 0)


def test_what_stripe_may_have_been_asked_for_is_not_cancelled_by_it() -> None:
    promised = by_transfer(4500)
    payment = promised.payment
    heard(payment, lost_minor=4500)
    undone(payment)
    anew = RefundFactory.create(payment=payment, amount_minor=4500, attempts=1)
    left(promised)
    anew.refresh_from_db()
    assert (anew.status, stands(payment)[0]) == (RefundStatus.PENDING, Attention.GONE_TWICE)


def test_what_has_gone_twice_for_two_losses_is_listed_still_when_one_of_them_is_undone() -> None:
    promised = by_transfer(4500)
    payment = promised.payment
    heard(payment, lost_minor=1500)
    left(promised)
    heard(payment, lost_minor=2000)
    payment.refresh_from_db()
    news = replace(lost(Dispute.objects.latest("pk")), status="won", is_charge_refundable=True)
    dispute_take_over(payment=payment, dispute=news, now=clock.now())
    assert stands(payment)[0] == Attention.GONE_TWICE


def test_while_the_dispute_is_open_it_is_gone_and_nothing_more_is_owed_when_that_is_won() -> None:
    payment = PaymentFactory.create(paid=True)
    cancel(payment, is_free=True)
    promised = Refund.objects.get()
    Refund.objects.update(by_hand=True)
    DisputeFactory.create(payment=payment)
    left(promised)
    assert stands(payment) == (Attention.NONE, [("policy", 4500)], 0)


def test_nobody_else_writes_it_down_and_nothing_else_is_written_so() -> None:
    promised = by_transfer()
    with pytest.raises(Forbidden):
        clerk = at_the_desk_of(promised.payment.appointment.location)
        refund_record_left(actor=clerk, refund_id=promised.public_id, reference="BACS 77")
    with pytest.raises(Invalid, match="reference"):
        left(promised, " ")
    with pytest.raises(Conflict, match="not given by bank transfer"):
        left(RefundFactory.create())
    with pytest.raises(Conflict, match="not cancelled for a bank"):
        left(RefundFactory.create(by_hand=True, status=RefundStatus.CANCELED))


def test_what_was_typed_on_an_older_page_is_kept_where_it_can_be_said(client: Client) -> None:
    promised = by_transfer()
    heard(promised.payment, lost_minor=4500)
    client.force_login(officer())
    page = reverse("billing_payment", args=[promised.payment.public_id])
    body = {"refund": promised.public_id, "reference": "BACS 77"}
    refused = client.post(page, {**body, "do": "given", "idempotency_key": idempotency.new_key()})
    assert (refused.status_code, 'value="BACS 77"' in refused.content.decode()) == (409, True)
    done = client.post(page, {**body, "do": "left", "idempotency_key": idempotency.new_key()}, follow=True)
    shown = done.content.decode()
    assert "it has gone twice: ask for the money back" in shown
    assert "By bank transfer, BACS 77" in shown
