"""What pages say of a payment: never that a visit is booked where none is, nor that nothing is left where some is."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Payment
from billing.selectors import Sums, evidence_of, sums_of
from billing.services import attention_settle, payment_record
from billing.standing import standing_of
from billing.states import Attention, Method, Outcome, PaymentStatus, RefundStatus
from billing.tests.factories import PaymentFactory, RefundFactory
from billing.tests.services.test_change import change, kind
from billing.tests.services.test_officers import in_review
from billing.tests.services.test_refunds import officer
from billing.tests.steps import Deliver, begin, paid, told_and_done
from booking.models import Appointment
from booking.services import appointment_cancel
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import at_the_desk_of, book, decide, mails_to, user_of
from common import clock
from common.money import Money
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


def pages_of(client: Client, appointment: Appointment) -> list[str]:
    client.force_login(user_of(appointment.patient))
    paths = [reverse(f"billing:{name}", args=[appointment.public_id]) for name in ("pay", "returned")]
    return [client.get(path).content.decode() for path in paths]


def test_a_payment_in_review_is_being_checked_and_not_asked_for_again(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = in_review(stripe_simulator, stripe_deliver)
    for shown in pages_of(client, payment.appointment):
        assert "We are checking your payment" in shown
        assert "You do not need to pay again" in shown
        assert "by card" not in shown
        assert "is booked" not in shown


def test_what_is_booked_is_said_large_and_in_the_title_also_where_it_came_to_be_while_the_page_stood(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    _, whole = pages_of(client, payment.appointment)
    part = client.get(
        reverse("billing:returned", args=[payment.appointment.public_id]), headers={"HX-Request": "true"}
    ).content.decode()
    assert whole.count("<title>") == part.count("<title>") == 1
    for shown in (whole, part):
        assert re.search(r"<h1[^>]*>\s*Your appointment is booked", shown)


def test_one_that_was_settled_and_books_nothing_says_so_to_both(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = in_review(stripe_simulator, stripe_deliver)
    attention_settle(actor=officer(), payment_id=payment.public_id, note="Asked for £44, got £45.")
    for shown in pages_of(client, payment.appointment):
        assert "has not booked this appointment" in shown
        assert "all of it goes back to you" in shown
        assert "is booked" not in shown
    client.force_login(officer())
    shown = client.get(reverse("billing_payment", args=[payment.public_id])).content.decode()
    assert "It has not booked the appointment" in shown
    assert "Asked for £44, got £45." in shown


def test_after_a_deposit_the_rest_is_told(client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    decide(pay_at_clinic=False, free_cancellation_hours=1)
    appointment = book(bookable_doctor(price_minor=29_500, deposit_minor=5_000))
    paid(stripe_simulator, stripe_deliver, appointment)
    rest = str(Money(24_500))
    assert all(f"{rest} is still to be paid, at the clinic" in shown for shown in pages_of(client, appointment))
    shown = client.get(reverse("booking:appointment_detail", args=[appointment.public_id])).content.decode()
    assert f"{rest} at the clinic" in shown
    [told] = [one.body for one in mails_to(appointment.patient) if "received" in one.subject]
    assert f"{rest} is still to be paid" in told
    assert "There is nothing more to pay" not in told


def test_a_request_that_waits_for_the_doctor_is_not_asked_for_money(client: Client) -> None:
    appointment = AppointmentFactory.create(requested=True, price_minor=4500, amount_due_minor=4500)
    for shown in pages_of(client, appointment):
        assert "There is nothing to pay yet" in shown
        assert "Pay now" not in shown


def test_a_refund_that_failed_is_looked_at_until_an_officer_has(client: Client) -> None:
    payment = PaymentFactory.create(paid=True, attention=Attention.REFUND_FAILED)
    RefundFactory.create(payment=payment, status=RefundStatus.FAILED)
    _, shown = pages_of(client, payment.appointment)
    assert "and we are looking at it" in shown
    attention_settle(actor=officer(), payment_id=payment.public_id, note="Paid by bank transfer.")
    _, shown = pages_of(client, payment.appointment)
    assert "We have looked at it" in shown


def test_a_bank_is_told_what_is_kept_after_a_late_cancellation() -> None:
    payment = PaymentFactory.create(paid=True)
    payment.appointment.policy["late_refund_percent"] = 50
    assert "after that 50 % of what was paid goes back" in evidence_of(payment)["cancellation_policy_disclosure"]


def test_after_paying_the_page_says_where_and_gives_a_file_for_the_calendar(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    client.force_login(user_of(appointment.patient))
    shown = client.get(reverse("billing:returned", args=[appointment.public_id])).content.decode()
    assert appointment.location.name in shown
    assert reverse("booking:calendar_file", args=[appointment.public_id]) in shown
    assert "change or cancel" in shown


def test_a_session_that_ended_unpaid_does_not_hide_what_was_paid(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    appointment = paid(stripe_simulator, stripe_deliver).appointment
    begin(change(appointment, kind(appointment, 6000)))
    change(appointment, kind(appointment, 4000))
    told_and_done(stripe_deliver)
    shown = pages_of(client, Appointment.objects.get(pk=appointment.pk))
    assert Payment.objects.filter(status=PaymentStatus.CANCELED).count() == 1
    assert all("We have received your payment of £45" in one for one in shown)
    assert all("There is nothing more to pay" in one for one in shown)


def test_what_a_bank_took_is_to_be_paid_and_somebody_is_told(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    appointment = payment.appointment
    dispute = stripe_simulator.open_dispute(payment.charge_id)
    told_and_done(stripe_deliver)
    stripe_simulator.close_dispute(dispute["id"], won=False)
    told_and_done(stripe_deliver)
    for shown in pages_of(client, appointment):
        assert "Your bank has given £45 of your payment back to you" in shown
        assert "£45 is still to be paid, at the clinic" in shown
        assert "We have received" not in shown
    clerk = at_the_desk_of(appointment.location)
    client.force_login(clerk)
    asked = client.get(reverse("billing:take", args=[appointment.public_id]))
    assert asked.context["left_minor"] == 4500
    client.force_login(officer())
    assert Attention.DISPUTE_LOST.label in client.get(reverse("billing_desk")).content.decode()
    payment_record(actor=clerk, appointment_id=appointment.public_id, method=Method.CASH, amount_minor=4500)
    attention_settle(actor=officer(), payment_id=payment.public_id, note="Paid in cash since.")
    payment.refresh_from_db()
    assert payment.attention == Attention.NONE
    assert all("There is nothing more to pay" in shown for shown in pages_of(client, appointment))


def test_a_cancelled_visit_that_a_bank_gave_back_promises_nothing(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    dispute = stripe_simulator.open_dispute(payment.charge_id)
    told_and_done(stripe_deliver)
    stripe_simulator.close_dispute(dispute["id"], won=False)
    told_and_done(stripe_deliver)
    appointment = payment.appointment
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    appointment.refresh_from_db()
    for shown in pages_of(client, appointment):
        assert "Your bank has given £45 of what you paid back to you already" in shown
        assert "shown below" not in shown


@pytest.mark.parametrize(
    ("status", "reason", "title"),
    [
        (Status.CANCELLED, CancelReason.WITHDRAWN, "This time was given up"),
        (Status.CANCELLED, CancelReason.HOLD_EXPIRED, "We could not keep this time any longer"),
        (Status.BOOKED, "", "You had paid already"),
    ],
)
def test_money_that_came_for_nothing_says_why_and_whether_it_has_gone(status: str, reason: str, title: str) -> None:
    appointment = Appointment(status=status, cancel_reason=reason, pending_reason="payment", currency="gbp")
    payment = Payment(
        status=PaymentStatus.SUCCEEDED, outcome=Outcome.REFUNDED, captured_minor=4500, currency="gbp", method="online"
    )
    for going, gone, by_banks, words in (
        (4500, 0, 0, "goes back to your card"),
        (0, 4500, 0, "has gone back to your card"),
        (0, 0, 4500, "has been given back to you by your bank"),
    ):
        sums = Sums(due=0, left=0, by_banks=by_banks, going_back=going, gone_back=gone)
        told = standing_of(appointment, payment, sums=sums, now=clock.now())
        assert (told.title, words in told.text) == (title, True)


def test_of_a_payment_too_many_its_own_refund_tells() -> None:
    appointment = AppointmentFactory.create(price_minor=4500)
    for outcome, status in ((Outcome.BOOKED, RefundStatus.PENDING), (Outcome.REFUNDED, RefundStatus.SUCCEEDED)):
        payment = PaymentFactory.create(paid=True, appointment=appointment, outcome=outcome)
        RefundFactory.create(payment=payment, status=status)
    sums = sums_of(appointment, payment)
    assert (sums.going_back, sums.gone_back) == (0, 1000)
