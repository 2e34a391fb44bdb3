from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError

from accounts.models import Patient, User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from billing.errors import TooMuch
from billing.models import Dispute, Payment, Receipt, Refund
from billing.selectors.payments import gone_of
from billing.services import (
    attention_settle,
    complaint_decide,
    drop_is_told,
    receipt_draw,
    refund_drop,
    refund_request,
    refund_retry,
    refund_second,
    sync,
)
from billing.services.refund_news import refund_take_over
from billing.states import BY_THE_BANK, Attention, DisputeStatus, EventState, RefundReason, RefundStatus
from billing.tests.factories import ComplaintFactory, PaymentFactory, RefundFactory
from billing.tests.steps import Deliver, hold, paid, told_and_done, work
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.tests.steps import at_the_desk_of, told, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from integrations.stripe.objects import Refund as StripeRefund
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.faults import Fault, Kind

pytestmark = pytest.mark.django_db

REFUNDS = "/v1/refunds"


def officer() -> User:
    user: User = UserFactory.create(roles=[Role.BILLING_OFFICER])
    return user


def told_of_refunds(patient: Patient) -> list[str]:
    return [kind for kind in told(patient) if kind.startswith("refund")]


def within_policy(appointment: Appointment, *, is_free: bool) -> None:
    until = clock.now() + (timedelta(hours=1) if is_free else -timedelta(hours=1))
    policy = {**appointment.policy, "free_until": until.isoformat()}
    Appointment.objects.filter(pk=appointment.pk).update(policy=policy)


@pytest.mark.parametrize(("is_free", "expected"), [(True, 4500), (False, 2250)])
def test_cancelling_gives_back_what_the_frozen_policy_says(
    stripe_simulator: Simulator, stripe_deliver: Deliver, *, is_free: bool, expected: int
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    within_policy(appointment, is_free=is_free)
    for _ in range(2):
        appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
        told_and_done(stripe_deliver)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason, refund.status) == (
        expected,
        RefundReason.POLICY,
        RefundStatus.SUCCEEDED,
    )
    assert stripe_simulator.balance() == 4500 - expected
    assert Receipt.objects.get(refund=refund).kind == Receipt.Kind.CREDIT_NOTE
    assert {"refund_promised", "refund_made"} <= set(told(appointment.patient))


def test_the_practice_gives_all_of_it_back(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    within_policy(appointment, is_free=False)
    appointment_cancel(actor=at_the_desk_of(appointment.location), appointment_id=appointment.public_id)
    told_and_done(stripe_deliver)
    assert Refund.objects.get().reason == RefundReason.PRACTICE
    assert stripe_simulator.balance() == 0


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.ERROR_BEFORE, Kind.DOWN, Kind.IN_USE])
def test_whatever_stripe_does_it_goes_back_once(
    stripe_simulator: Simulator, stripe_deliver: Deliver, kind: Kind
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    stripe_simulator.faults.add(Fault(kind=kind, path=REFUNDS, times=2))
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    for _ in range(3):
        told_and_done(stripe_deliver)
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert len(stripe_simulator.all("refund")) == 1
    assert stripe_simulator.balance() == 0


def test_a_refund_in_the_dashboard_is_recognised(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    stripe_simulator.refund_in_dashboard(payment.intent_id or "", 1000)
    told_and_done(stripe_deliver)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_minor, refund.status) == (RefundReason.EXTERNAL, 1000, RefundStatus.SUCCEEDED)


def test_what_the_database_refuses_of_one_payment_stops_nobody_elses_news(
    stripe_simulator: Simulator, stripe_deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)

    def refused(**_: object) -> None:
        raise IntegrityError("as the database says it")

    monkeypatch.setattr(sync, "refund_take_over", refused)
    assert payment.intent_id
    stripe_simulator.refund_in_dashboard(payment.intent_id, 500)
    told_and_done(stripe_deliver)
    assert set(payment.events.filter(problem="ledger").values_list("state", flat=True)) == {EventState.FAILED}
    with pytest.raises(Conflict):
        sync.payment_sync(payment_id=payment.pk)


def made_in_dashboard(payment: Payment, amount_minor: int) -> StripeRefund:
    return StripeRefund(
        id=f"re_dashboard_{payment.pk}",
        status="succeeded",
        amount_minor=amount_minor,
        currency="gbp",
        intent_id=payment.intent_id,
        charge_id=payment.charge_id,
        reason=None,
        failure_reason=None,
        metadata={},
        created_at=clock.now(),
    )


def test_one_in_the_dashboard_of_what_a_transfer_gave_back_stops_nobody_and_is_seen() -> None:
    payment = PaymentFactory.create(paid=True)
    RefundFactory.create(
        payment=payment, amount_minor=4500, by_hand=True, given_reference="BACS 1", status=RefundStatus.SUCCEEDED
    )
    news = made_in_dashboard(payment, 3000)
    refund_take_over(payment=payment, refund=news, now=clock.now())
    payment.refresh_from_db()
    kept = payment.refunds.get(reason=RefundReason.EXTERNAL)
    assert (payment.attention, kept.status, kept.has_left) == (Attention.GONE_TWICE, RefundStatus.CANCELED, True)
    assert gone_of(payment) == 7500
    attention_settle(actor=officer(), payment_id=payment.public_id, note="Asked for.")
    for status, is_still_gone in (("succeeded", True), ("failed", False), ("failed", False)):
        payment.refresh_from_db()
        refund_take_over(payment=payment, refund=replace(news, status=status), now=clock.now())
        kept.refresh_from_db()
        payment.refresh_from_db()
        assert (payment.attention, kept.has_left) == (Attention.NONE, is_still_gone), "an officer has dealt with it"
    assert (gone_of(payment), payment.refunds.count()) == (4500, 2)


def test_one_in_the_dashboard_takes_the_place_of_what_was_never_asked_for() -> None:
    """Stripe may have made the other, and its list of them be a moment older."""
    payment = PaymentFactory.create(paid=True)
    asked_for = RefundFactory.create(payment=payment, amount_minor=2000, attempts=1)
    waiting = RefundFactory.create(payment=payment, amount_minor=2000)
    made = made_in_dashboard(payment, 1000)
    refund_take_over(payment=payment, refund=made, now=clock.now())
    asked_for.refresh_from_db()
    waiting.refresh_from_db()
    assert (asked_for.status, waiting.status) == (RefundStatus.PENDING, RefundStatus.CANCELED)
    assert Refund.objects.get(replaces=waiting).amount_minor == 1500


def test_a_failed_refund_waits_for_an_officer_and_is_sent_again(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    asked = refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=1000, note="Late start")
    told_and_done(stripe_deliver)
    stripe_simulator.fail_refund(Refund.objects.get().stripe_id or "")
    told_and_done(stripe_deliver)
    asked.refresh_from_db()
    payment.refresh_from_db()
    assert (asked.status, payment.attention) == (RefundStatus.FAILED, Attention.REFUND_FAILED)
    assert told(payment.appointment.patient)[-2:] == ["refund_made", "refund_failed"]
    again = refund_retry(actor=officer(), refund_id=asked.public_id)
    assert refund_retry(actor=officer(), refund_id=asked.public_id) == again
    told_and_done(stripe_deliver)
    again.refresh_from_db()
    payment.refresh_from_db()
    assert (again.status, payment.attention) == (RefundStatus.SUCCEEDED, Attention.NONE)
    assert stripe_simulator.balance() == 3500
    # The first credit note stays as it was sent out, and another document takes it back.
    first, second = Receipt.objects.filter(kind=Receipt.Kind.CREDIT_NOTE).order_by("sequence")
    counter = Receipt.objects.get(kind=Receipt.Kind.CANCELLATION)
    assert (counter.cancels, counter.number[:3], counter.amount_minor) == (first, "CC-", 1000)
    assert (first.refund, second.refund) == (asked, again)
    with receipt_draw(receipt_id=counter.pk).file.open() as drawn:
        assert drawn.read().startswith(b"%PDF")


def test_officers_give_back_no_more_than_is_left_and_say_why(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    one = officer()
    with pytest.raises(Invalid):
        refund_request(actor=one, payment_id=payment.public_id, amount_minor=100, note=" ")
    refund_request(actor=one, payment_id=payment.public_id, amount_minor=4000, note="Late start")
    with pytest.raises(TooMuch) as refused:
        refund_request(actor=one, payment_id=payment.public_id, amount_minor=501, note="Late start")
    assert refused.value.data == {"left_minor": 500}
    with pytest.raises(Forbidden):
        refund_request(
            actor=user_of(payment.appointment.patient), payment_id=payment.public_id, amount_minor=1, note="x"
        )


def test_nobody_gives_back_their_own_money(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    patient = user_of(payment.appointment.patient)
    patient.groups.add(Group.objects.get(name=Role.BILLING_OFFICER.value))
    with pytest.raises(Forbidden, match="your own money"):
        refund_request(
            actor=User.objects.get(pk=patient.pk), payment_id=payment.public_id, amount_minor=100, note="Please"
        )


def test_a_large_refund_needs_a_second_person(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = paid(stripe_simulator, stripe_deliver, hold(price_minor=50_000))
    first = officer()
    refund = refund_request(actor=first, payment_id=payment.public_id, amount_minor=20_001, note="Goodwill")
    work()
    assert stripe_simulator.all("refund") == []
    assert "refund_promised" not in told(payment.appointment.patient)
    with pytest.raises(Conflict, match="colleague"):
        refund_second(actor=first, refund_id=refund.public_id)
    refund_second(actor=officer(), refund_id=refund.public_id)
    told_and_done(stripe_deliver)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert told(payment.appointment.patient)[-2:] == ["refund_promised", "refund_made"]


@pytest.mark.parametrize("reason", [RefundReason.POLICY, RefundReason.PRACTICE, RefundReason.DIFFERENCE])
def test_no_officer_takes_back_what_the_patient_is_owed(reason: RefundReason) -> None:
    refund = RefundFactory.create(payment=PaymentFactory.create(desk=True), reason=reason)
    with pytest.raises(Conflict, match="owed to the patient"):
        refund_drop(actor=officer(), refund_id=refund.public_id, note="They will not mind")


def test_nobody_is_told_of_what_a_second_officer_does_not_want() -> None:
    payment = PaymentFactory.create(paid=True, amount_minor=50_000, appointment__price_minor=50_000)
    refund = refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=20_001, note="Goodwill")
    refund_drop(actor=officer(), refund_id=refund.public_id, note="No")
    assert told(payment.appointment.patient) == []


def test_whoever_read_of_a_refund_in_the_answer_to_a_complaint_hears_that_it_is_dropped() -> None:
    payment = PaymentFactory.create(paid=True, amount_minor=50_000, appointment__price_minor=50_000)
    complaint = ComplaintFactory.create(appointment=payment.appointment)
    complaint_decide(
        actor=officer(),
        complaint_id=complaint.public_id,
        is_upheld=True,
        answer="You are right: £210 goes back.",
        payment_id=payment.public_id,
        amount_minor=21_000,
    )
    dropped = refund_drop(actor=officer(), refund_id=Refund.objects.get().public_id, note="Too much")
    assert told(payment.appointment.patient) == ["complaint_decided", "refund_dropped"]
    assert drop_is_told(refund=dropped)


@pytest.mark.parametrize(("is_free", "expected"), [(True, 4500), (False, 2250)])
def test_what_officers_promised_gives_way_to_what_a_cancellation_owes(*, is_free: bool, expected: int) -> None:
    """Else the patient would lose it where a colleague refuses the promise."""
    payment = PaymentFactory.create(paid=True)
    appointment = payment.appointment
    appointment.policy = {"late_refund_percent": 50}
    appointment.save(update_fields=["policy"])
    within_policy(appointment, is_free=is_free)
    asked = RefundFactory.create(payment=payment, amount_minor=1500, needs_second=True)
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    by_rule = Refund.objects.get(reason=RefundReason.POLICY)
    asked.refresh_from_db()
    assert (by_rule.amount_minor, asked.status) == (expected, "canceled" if is_free else "pending")


def test_what_was_asked_for_already_does_not_give_way() -> None:
    payment = PaymentFactory.create(paid=True)
    appointment = payment.appointment
    within_policy(appointment, is_free=True)
    asked = RefundFactory.create(payment=payment, amount_minor=1500, attempts=1)
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    asked.refresh_from_db()
    assert (Refund.objects.get(reason=RefundReason.POLICY).amount_minor, asked.status) == (3000, "pending")


def test_what_something_else_has_cancelled_no_officer_takes_back() -> None:
    refund = RefundFactory.create(status=RefundStatus.CANCELED, failure=BY_THE_BANK)
    with pytest.raises(Conflict, match="by no officer"):
        refund_drop(actor=officer(), refund_id=refund.public_id, note="Too much")


def test_a_promise_that_was_not_sent_can_be_taken_back(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    one = officer()
    refund = refund_request(actor=one, payment_id=payment.public_id, amount_minor=100, note="Oops")
    with pytest.raises(Invalid, match="Say why"):
        refund_drop(actor=one, refund_id=refund.public_id, note=" ")
    assert refund_drop(actor=one, refund_id=refund.public_id, note="Meant for another").note == (
        "Oops\nTaken back: Meant for another"
    )
    assert told(payment.appointment.patient)[-2:] == ["refund_promised", "refund_dropped"]
    sent = refund_request(actor=one, payment_id=payment.public_id, amount_minor=100, note="Right")
    told_and_done(stripe_deliver)
    with pytest.raises(Conflict, match="on its way"):
        refund_drop(actor=one, refund_id=sent.public_id, note="No")
    assert stripe_simulator.balance() == 4400


@pytest.mark.parametrize(("won", "status"), [(True, "succeeded"), (False, "canceled")])
def test_a_refund_waits_behind_a_dispute(
    stripe_simulator: Simulator, stripe_deliver: Deliver, *, won: bool, status: str
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    dispute = stripe_simulator.open_dispute(payment.charge_id)
    told_and_done(stripe_deliver)
    assert Dispute.objects.get().status == DisputeStatus.NEEDS_RESPONSE
    appointment = payment.appointment
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    told_and_done(stripe_deliver)
    assert (stripe_simulator.all("refund"), Refund.objects.get().status) == ([], RefundStatus.PENDING)
    assert told_of_refunds(appointment.patient) == ["refund_waits"]
    stripe_simulator.close_dispute(dispute["id"], won=won)
    told_and_done(stripe_deliver)
    assert Refund.objects.get().status == status
    taken = sum(one["amount"] for one in stripe_simulator.all("refund"))
    assert taken == (4500 if won else 0)
    ending = ["refund_promised", "refund_made"] if won else ["refund_dropped"]
    assert told_of_refunds(appointment.patient) == ["refund_waits", *ending]


def test_whoever_was_promised_money_hears_that_a_bank_has_it_now(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=100, note="Late start")
    stripe_simulator.open_dispute(payment.charge_id)
    told_and_done(stripe_deliver)
    assert told(payment.appointment.patient)[-2:] == ["refund_promised", "refund_waits"]
