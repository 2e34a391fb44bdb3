"""Money goes that we have not sent, or the visit changes: what was promised is the money's end, not only a row."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.errors import TooMuch
from billing.models import Dispute, Payment, Receipt, Refund
from billing.selectors import billing_desk, left_to_pay, waiting_queues
from billing.services import (
    complaint_decide,
    payment_fetch,
    refund_drop,
    refund_record_given,
    refund_request,
    refund_retry,
    visit_change,
)
from billing.services.disputes import dispute_take_over
from billing.services.refund_news import refund_take_over
from billing.states import Attention, RefundStatus
from billing.tests.factories import ComplaintFactory, DisputeFactory, PaymentFactory, RefundFactory
from billing.tests.services.test_change import kind
from billing.tests.services.test_officers import lost
from billing.tests.services.test_refunds import made_in_dashboard, officer, told_of_refunds, within_policy
from billing.tests.steps import Deliver, difference, hold, paid, paid_and_asked, told_and_done, work
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.tests.steps import at_the_desk_of, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from integrations.stripe.simulator.engine import Simulator
from notifications.models import Message

pytestmark = pytest.mark.django_db


def cancel(payment: Payment, *, is_free: bool) -> None:
    within_policy(payment.appointment, is_free=is_free)
    appointment_cancel(actor=user_of(payment.appointment.patient), appointment_id=payment.appointment.public_id)


def becomes(payment: Payment, price_minor: int) -> None:
    visit = Appointment.objects.get(pk=payment.appointment_id)
    visit_change(
        actor=user_of(visit.patient),
        appointment_id=visit.public_id,
        visit_type_id=kind(visit, price_minor).public_id,
        start=visit.start,
    )


def live(payment: Payment) -> list[tuple[str, int]]:
    rows = Refund.objects.filter(payment=payment).exclude(status=RefundStatus.CANCELED)
    return sorted((one.reason, one.amount_minor) for one in rows)


def last_told(payment: Payment) -> dict[str, Any]:
    facts: dict[str, Any] = Message.objects.filter(user=payment.appointment.patient.user).latest("pk").facts
    return {name: facts.get(name) for name in ("amount", "rest", "why", "by_hand")}


def test_what_stripe_will_not_send_after_a_lost_part_is_given_by_bank_transfer(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    dispute = stripe_simulator.open_dispute(payment.charge_id, amount=1500)
    told_and_done(stripe_deliver)
    cancel(payment, is_free=True)
    stripe_simulator.close_dispute(dispute["id"], won=False)
    told_and_done(stripe_deliver)
    told_and_done(stripe_deliver)
    rest = Refund.objects.get(status=RefundStatus.PENDING)
    assert (rest.amount_minor, rest.by_hand, rest.attempts) == (3000, True, 0)
    assert told_of_refunds(payment.appointment.patient) == ["refund_waits", "refund_dropped"]
    assert last_told(payment) == {"amount": 4500, "rest": 3000, "why": "bank", "by_hand": True}
    assert (billing_desk().refunds, waiting_queues()["refunds"].count) == ([rest], 1)
    with pytest.raises(Invalid, match="reference"):
        refund_record_given(actor=officer(), refund_id=rest.public_id, reference=" ")
    with pytest.raises(Forbidden):
        clerk = at_the_desk_of(payment.appointment.location)
        refund_record_given(actor=clerk, refund_id=rest.public_id, reference="FP 1")
    for _ in range(2):
        given = refund_record_given(actor=officer(), refund_id=rest.public_id, reference="FP 20261129 0042")
    assert (given.status, given.given_reference) == (RefundStatus.SUCCEEDED, "FP 20261129 0042")
    assert Receipt.objects.get(refund=given).amount_minor == 3000
    assert last_told(payment) == {"amount": 3000, "rest": None, "why": None, "by_hand": True}
    assert (stripe_simulator.all("refund"), difference(stripe_simulator)) == ([], 0)


def test_what_stripe_refuses_unforeseen_is_left_to_people_and_does_not_fail(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    dispute = stripe_simulator.open_dispute(payment.charge_id, amount=1500)
    stripe_simulator.close_dispute(dispute["id"], won=False)
    told_and_done(stripe_deliver)
    # As a row from before we asked for Stripe's word on it.
    Dispute.objects.update(is_refundable=True)
    promised = refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=1000, note="Late start")
    Dispute.objects.update(is_refundable=True)
    told_and_done(stripe_deliver)
    promised.refresh_from_db()
    payment.refresh_from_db()
    assert (promised.status, promised.by_hand, promised.lease_until) == (RefundStatus.PENDING, True, None)
    assert payment.attention == Attention.DISPUTE_LOST
    assert last_told(payment)["by_hand"]


def test_nothing_is_given_by_hand_while_another_dispute_is_open(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    lost_one = stripe_simulator.open_dispute(payment.charge_id, amount=1500)
    stripe_simulator.close_dispute(lost_one["id"], won=False)
    open_one = stripe_simulator.open_dispute(payment.charge_id, amount=1000)
    told_and_done(stripe_deliver)
    refund = refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=3000, note="Late start")
    assert refund.by_hand
    with pytest.raises(Conflict) as refused:
        refund_record_given(actor=officer(), refund_id=refund.public_id, reference="FP 7")
    assert refused.value.code == "dispute_open"
    stripe_simulator.close_dispute(open_one["id"], won=False)
    told_and_done(stripe_deliver)
    [rest] = Refund.objects.exclude(status=RefundStatus.CANCELED)
    refund_record_given(actor=officer(), refund_id=rest.public_id, reference="FP 7")
    payment.refresh_from_db()
    assert rest.amount_minor == payment.captured_minor - 1500 - 1000, "no more goes back than came"


def test_what_an_officer_gives_by_transfer_is_not_sent_when_a_dispute_ends(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=1000, note="Late start")
    told_and_done(stripe_deliver)
    failed = Refund.objects.get()
    stripe_simulator.fail_refund(failed.stripe_id or "")
    told_and_done(stripe_deliver)
    by_transfer = refund_retry(actor=officer(), refund_id=failed.public_id, by_hand=True)
    dispute = stripe_simulator.open_dispute(payment.charge_id, amount=1500)
    stripe_simulator.close_dispute(dispute["id"], won=True)
    told_and_done(stripe_deliver)
    by_transfer.refresh_from_db()
    assert (by_transfer.by_hand, by_transfer.status) == (True, RefundStatus.PENDING)
    assert len(stripe_simulator.all("refund")) == 1


def test_a_card_that_takes_no_more_is_given_up(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=1000, note="Late start")
    told_and_done(stripe_deliver)
    failed = Refund.objects.get()
    stripe_simulator.fail_refund(failed.stripe_id or "")
    told_and_done(stripe_deliver)
    anew = refund_retry(actor=officer(), refund_id=failed.public_id, by_hand=True)
    work()
    assert (anew.by_hand, len(stripe_simulator.all("refund"))) == (True, 1)
    refund_record_given(actor=officer(), refund_id=anew.public_id, reference="FP 7")
    assert difference(stripe_simulator) == 0


@pytest.mark.parametrize("is_lost_first", [True, False])
@pytest.mark.parametrize(("price", "sent"), [(3000, 0), (1000, 1000)])
def test_of_a_difference_no_more_goes_back_than_the_bank_has_left_above_the_price(
    stripe_simulator: Simulator, stripe_deliver: Deliver, price: int, sent: int, *, is_lost_first: bool
) -> None:
    payment = paid(stripe_simulator, stripe_deliver, hold(6000))
    dispute = stripe_simulator.open_dispute(payment.charge_id, amount=4000)
    told_and_done(stripe_deliver)
    if not is_lost_first:
        becomes(payment, price)
    stripe_simulator.close_dispute(dispute["id"], won=False)
    # Where Stripe would still send some of it.
    stripe_simulator.change("dispute", dispute["id"], is_charge_refundable=True)
    told_and_done(stripe_deliver)
    if is_lost_first:
        becomes(payment, price)
    told_and_done(stripe_deliver)
    assert stripe_simulator.balance() == 2000 - sent
    assert left_to_pay(Appointment.objects.get(pk=payment.appointment_id)) == max(price - 2000 + sent, 0)


def test_an_agreed_promise_stands_when_the_visit_is_cancelled_late() -> None:
    for promised, by_rule in ((4500, []), (3000, []), (1500, [("policy", 750)])):
        payment = PaymentFactory.create(desk=True, appointment__policy={"late_refund_percent": 50})
        refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=promised, note="Sorry")
        cancel(payment, is_free=False)
        assert live(payment) == [("officer", promised), *by_rule]


def test_an_officer_takes_back_no_more_than_the_rules_leave() -> None:
    payment = PaymentFactory.create(desk=True, appointment__policy={"late_refund_percent": 50})
    promised = refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=4000, note="Sorry")
    cancel(payment, is_free=False)
    refund_drop(actor=officer(), refund_id=promised.public_id, note="Not so")
    assert live(payment) == [("policy", 2250)]
    with pytest.raises(Conflict, match="owed to the patient"):
        refund_drop(actor=officer(), refund_id=Refund.objects.get(reason="policy").public_id, note="Nor this")


def test_what_the_rules_have_given_beside_a_promise_keeps_that_promise() -> None:
    payment = PaymentFactory.create(desk=True, appointment__policy={"late_refund_percent": 50})
    promised = refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=1500, note="Sorry")
    cancel(payment, is_free=False)
    refund_record_given(actor=officer(), refund_id=Refund.objects.get(reason="policy").public_id)
    with pytest.raises(Conflict, match="owed to the patient"):
        refund_drop(actor=officer(), refund_id=promised.public_id, note="Not so")
    promised.refresh_from_db()
    assert promised.status == RefundStatus.PENDING


def test_a_part_from_the_dashboard_leaves_the_rest_of_what_is_owed(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    cancel(payment, is_free=True)
    stripe_simulator.refund_in_dashboard(payment.charge_id, 2000)
    payment_fetch(actor=officer(), payment_id=payment.public_id)
    assert live(payment) == [("external", 2000), ("policy", 2500)]
    told_and_done(stripe_deliver)
    assert (stripe_simulator.balance(), difference(stripe_simulator)) == (0, 0)
    dropped = Message.objects.get(kind="refund_dropped").facts
    assert (dropped["amount"], dropped["rest"], dropped["why"]) == (4500, 2500, "elsewhere")


def heard(payment: Payment, *, refunded_minor: int = 0, lost_minor: int = 0) -> None:
    """What Stripe says of a payment, made ours."""
    payment.refresh_from_db()
    if lost_minor:
        dispute = DisputeFactory.build(payment=payment, amount_minor=lost_minor)
        dispute_take_over(payment=payment, dispute=lost(dispute), now=clock.now())
    else:
        refund_take_over(payment=payment, refund=made_in_dashboard(payment, refunded_minor), now=clock.now())


def test_in_whatever_order_it_is_heard_of_as_much_goes_back() -> None:
    """An officer's promise first; then a bank takes 10 of 45, the dashboard gives 5, and the patient cancels late."""
    promised, end = 100, [("external", 500), ("officer", 100), ("policy", 650)]
    for order in permutations(range(3)):
        payment = PaymentFactory.create(paid=True, appointment__policy={"late_refund_percent": 50})
        RefundFactory.create(payment=payment, amount_minor=promised)
        for number in order:
            if number == 2:
                cancel(payment, is_free=False)
            else:
                heard(payment, **({"lost_minor": 1000} if number else {"refunded_minor": 500}))
        assert live(payment) == end


def test_what_an_officer_has_given_on_top_of_the_policys_share_takes_nothing_of_it(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    Appointment.objects.update(policy={"late_refund_percent": 50})
    payment = Payment.objects.get()
    cancel(payment, is_free=False)
    refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=2250, note="Sorry")
    Refund.objects.filter(reason="policy").update(by_hand=True)
    told_and_done(stripe_deliver)
    assert Refund.objects.get(reason="officer").status == RefundStatus.SUCCEEDED
    stripe_simulator.refund_in_dashboard(payment.charge_id, 100)
    payment_fetch(actor=officer(), payment_id=payment.public_id)
    assert live(payment) == [("external", 100), ("officer", 2250), ("policy", 2150)]


def test_a_complaints_answer_leads_to_what_became_of_its_refund(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    dispute = stripe_simulator.open_dispute(payment.charge_id, amount=3500)
    told_and_done(stripe_deliver)
    complaint = ComplaintFactory.create(appointment=payment.appointment)
    asked: dict[str, Any] = {
        "is_upheld": True,
        "answer": "You are right.",
        "payment_id": payment.public_id,
        "amount_minor": 2000,
    }
    complaint_decide(actor=officer(), complaint_id=complaint.public_id, **asked)
    stripe_simulator.close_dispute(dispute["id"], won=False)
    told_and_done(stripe_deliver)
    complaint.refresh_from_db()
    assert complaint.refund
    assert (complaint.refund.amount_minor, complaint.refund.status) == (1000, RefundStatus.PENDING)
    # A colleague who pressed at the same moment hears of the same decision.
    assert complaint_decide(actor=officer(), complaint_id=complaint.public_id, **asked).refund == complaint.refund


def test_what_waited_behind_a_dispute_and_fits_is_not_told_of_as_dropped(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    dispute = stripe_simulator.open_dispute(payment.charge_id, amount=1000)
    told_and_done(stripe_deliver)
    promised = refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=2000, note="Late start")
    stripe_simulator.close_dispute(dispute["id"], won=False)
    stripe_simulator.change("dispute", dispute["id"], is_charge_refundable=True)
    told_and_done(stripe_deliver)
    told_and_done(stripe_deliver)
    assert told_of_refunds(payment.appointment.patient) == ["refund_waits", "refund_promised", "refund_made"]
    assert (Refund.objects.get(), stripe_simulator.balance()) == (promised, 1500)


@pytest.mark.parametrize("is_dashboard", [True, False])
def test_what_the_visit_costs_again_was_not_given_back_by_the_bank(
    client: Client, stripe_simulator: Simulator, *, is_dashboard: bool
) -> None:
    payment = paid_and_asked(stripe_simulator)
    for price in (3000, 4500):
        becomes(payment, price)
    assert live(payment) == [("difference", 1500)]
    heard(payment, **({"refunded_minor": 500} if is_dashboard else {"lost_minor": 500}))
    assert live(payment) == ([("external", 500)] if is_dashboard else [])
    dropped = Message.objects.get(kind="refund_dropped").facts
    assert (dropped["amount"], dropped.get("rest"), dropped["why"]) == (1500, None, "not-owed")
    client.force_login(user_of(payment.appointment.patient))
    shown = client.get(reverse("billing:payments")).content.decode()
    assert "was not given back: the visit now costs all that is left of what you paid." in shown
    assert "given back to you by your bank" not in shown


def test_what_became_less_for_two_reasons_is_said_to_be_by_none_alone(stripe_simulator: Simulator) -> None:
    payment = paid_and_asked(stripe_simulator)
    for price in (3000, 4000):
        becomes(payment, price)
    heard(payment, lost_minor=200)
    assert live(payment) == [("difference", 300)]
    assert last_told(payment) == {"amount": 1500, "rest": 300, "why": "not-owed", "by_hand": True}


def test_nothing_is_sent_again_that_a_bank_has_taken() -> None:
    payment = PaymentFactory.create(paid=True)
    failed = RefundFactory.create(payment=payment, status=RefundStatus.FAILED, amount_minor=4500)
    Dispute.objects.create(
        payment=payment,
        stripe_id="dp_1",
        status="lost",
        amount_minor=4500,
        currency="gbp",
        opened_at=payment.created_at,
    )
    with pytest.raises(TooMuch):
        refund_retry(actor=officer(), refund_id=failed.public_id)
    Dispute.objects.update(amount_minor=1500)
    assert refund_retry(actor=officer(), refund_id=failed.public_id).amount_minor == 3000
