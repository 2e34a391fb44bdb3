"""What officers decide about a payment that does not add up, and about a dispute."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from billing.models import Dispute, Payment, Refund
from billing.selectors import payment_steps
from billing.services import attention_settle, dispute_answer
from billing.services.disputes import dispute_take_over
from billing.states import Attention, Outcome, PaymentStatus
from billing.tests.factories import DisputeFactory, PaymentFactory
from billing.tests.services.test_refunds import officer, within_policy
from billing.tests.steps import Deliver, begin, hold, paid, told_and_done, work
from booking.models import Appointment
from booking.services import appointment_cancel, pending_expire
from booking.tests.steps import user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from integrations.stripe.objects import Dispute as StripeDispute
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


def in_review(simulator: Simulator, deliver: Deliver) -> Payment:
    """£45 that came where £44 was asked for: it has booked nothing."""
    payment = begin(hold())
    Payment.objects.filter(pk=payment.pk).update(amount_minor=4400)
    simulator.pay(payment.session_id or "")
    told_and_done(deliver)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.REVIEW
    return payment


def settled(payment: Payment) -> Payment:
    return attention_settle(actor=officer(), payment_id=payment.public_id, note="Asked for £44, got £45.")


def test_what_was_found_is_kept_for_officers_and_not_in_the_audit_log(
    stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = settled(in_review(stripe_simulator, stripe_deliver))
    payment.refresh_from_db()
    assert payment.settled_note == "Asked for £44, got £45."
    assert "Asked for £44, got £45." in [step.detail for step in payment_steps(payment)]
    assert "£44" not in str(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize("is_settled_first", [True, False])
@pytest.mark.parametrize("ending", ["given up", "run out"])
def test_what_has_booked_nothing_goes_back_whole(
    stripe_simulator: Simulator, stripe_deliver: Deliver, ending: str, *, is_settled_first: bool
) -> None:
    payment = in_review(stripe_simulator, stripe_deliver)
    appointment = payment.appointment
    within_policy(appointment, is_free=False)
    if is_settled_first:
        settled(payment)
    if ending == "given up":
        appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    else:
        Appointment.objects.filter(pk=appointment.pk).update(expires_at=clock.now() - timedelta(seconds=1))
        pending_expire(now=clock.now())
    work()
    if not is_settled_first:
        assert settled(payment).outcome == Outcome.REVIEW
    told_and_done(stripe_deliver)
    assert Refund.objects.get().amount_minor == 4500
    assert stripe_simulator.balance() == 0


def test_evidence_says_something_and_is_of_others_disputes() -> None:
    dispute = DisputeFactory.create()
    with pytest.raises(Invalid, match="at least one fact"):
        dispute_answer(actor=officer(), dispute_id=dispute.public_id, evidence={"service_date": " "})
    with pytest.raises(NotFound):
        dispute_answer(actor=officer(), dispute_id=dispute.payment.public_id, evidence={"service_date": "2027-03-01"})
    patient = user_of(dispute.payment.appointment.patient)
    patient.groups.add(Group.objects.get(name=Role.BILLING_OFFICER.value))
    with pytest.raises(Forbidden, match="your own money"):
        dispute_answer(
            actor=User.objects.get(pk=patient.pk),
            dispute_id=dispute.public_id,
            evidence={"uncategorized_text": "The patient is right."},
        )


def test_other_evidence_behind_what_was_sent_is_refused(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    stripe_simulator.open_dispute(payment.charge_id)
    told_and_done(stripe_deliver)
    first, second, dispute = officer(), officer(), Dispute.objects.get()
    words, others = {"uncategorized_text": "It took place."}, {"uncategorized_text": "They came."}
    for one in (first, first, second):
        dispute_answer(actor=one, dispute_id=dispute.public_id, evidence=words)
    with pytest.raises(Conflict, match="A colleague has sent other evidence"):
        dispute_answer(actor=second, dispute_id=dispute.public_id, evidence=others)
    with pytest.raises(Conflict, match="You have sent other evidence"):
        dispute_answer(actor=first, dispute_id=dispute.public_id, evidence=others)
    assert stripe_simulator.all("dispute")[0]["evidence"]["uncategorized_text"] == "It took place."


def lost(dispute: Dispute) -> StripeDispute:
    """What Stripe says of it when the bank has decided for the patient."""
    return StripeDispute(
        id=dispute.stripe_id,
        status="lost",
        amount_minor=dispute.amount_minor,
        currency="gbp",
        reason="",
        due_by=None,
        charge_id=dispute.payment.charge_id,
        intent_id=dispute.payment.intent_id,
        created_at=clock.now(),
        has_evidence=False,
        is_charge_refundable=False,
        livemode=False,
    )


def test_a_lost_payment_that_was_one_too_many_leaves_the_visit_paid() -> None:
    for outcome, attention in ((Outcome.REFUNDED, Attention.NONE), (Outcome.BOOKED, Attention.DISPUTE_LOST)):
        dispute = DisputeFactory.create(payment__outcome=outcome)
        payment, now = dispute.payment, clock.now()
        if outcome == Outcome.REFUNDED:
            price = payment.appointment.price_minor
            PaymentFactory.create(paid=True, appointment=payment.appointment, amount_minor=price)
        dispute_take_over(payment=payment, dispute=lost(dispute), now=now)
        payment.refresh_from_db()
        assert payment.attention == attention
