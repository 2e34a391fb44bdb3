"""Forms that move money, sent again: by "back" and another press, or by two presses at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from billing.models import Complaint, Dispute, Payment, Refund
from billing.states import Attention, PaymentStatus, RefundStatus
from billing.tests.factories import ComplaintFactory, PaymentFactory, RefundFactory
from billing.tests.steps import Deliver, paid, told_and_done
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import at_the_desk_of, user_of
from common import idempotency
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db

Case = tuple[str, Any, dict[str, Any], dict[str, Any], Callable[[], object]]


def an_officer() -> Any:
    return UserFactory.create(roles=[Role.BILLING_OFFICER])


def page_of(payment: Payment) -> str:
    return reverse("billing_payment", args=[payment.public_id])


def a_refund() -> Case:
    body = {"do": "refund", "amount": "10", "note": "Late start"}
    return page_of(PaymentFactory.create(paid=True)), an_officer(), body, {"amount": "20"}, Refund.objects.count


def money_at_the_desk() -> Case:
    appointment = AppointmentFactory.create(price_minor=9000)
    body, page = {"method": "cash", "amount": "40"}, reverse("billing:take", args=[appointment.public_id])
    return page, at_the_desk_of(appointment.location), body, {"amount": "50"}, Payment.objects.count


def a_decision() -> Case:
    payment = PaymentFactory.create(paid=True)
    complaint = ComplaintFactory.create(appointment=payment.appointment)
    page = reverse("billing_complaint", args=[complaint.public_id])
    body = {"is_upheld": "yes", "payment": str(payment.public_id), "amount": "10", "answer": "Sorry."}
    return page, an_officer(), body, {"amount": "20"}, Refund.objects.count


def a_complaint() -> Case:
    appointment = PaymentFactory.create(paid=True).appointment
    page = reverse("billing:complain", args=[appointment.public_id])
    return page, user_of(appointment.patient), {"reason": "not-seen"}, {"text": "Other"}, Complaint.objects.count


def a_settlement() -> Case:
    payment = PaymentFactory.create(
        status=PaymentStatus.REVIEW, attention=Attention.AMOUNT, captured_minor=4400, paid_at="2026-01-01T00:00Z"
    )
    body = {"do": "settle", "note": "The difference was paid in cash."}
    decided = Event.objects.filter(action="payment.decided").count
    return page_of(payment), an_officer(), body, {"note": "Something else."}, decided


def money_given() -> Case:
    refund, other = (RefundFactory.create(payment=PaymentFactory.create(desk=True)) for _ in range(2))
    body = {"do": "given", "refund": str(refund.public_id)}
    given = Refund.objects.filter(status=RefundStatus.SUCCEEDED).count
    return page_of(refund.payment), an_officer(), body, {"refund": str(other.public_id)}, given


CASES = [a_refund, money_at_the_desk, a_decision, a_complaint, a_settlement, money_given]


@pytest.mark.parametrize("case", CASES)
def test_what_is_sent_again_is_done_once_and_answered_alike(client: Client, case: Callable[[], Case]) -> None:
    page, user, body, _, count = case()
    client.force_login(user)
    body["idempotency_key"] = idempotency.new_key()
    answers = [client.post(page, body) for _ in range(2)]
    assert {(one.status_code, one.headers.get("Location")) for one in answers} == {
        (302, answers[0].headers["Location"])
    }
    assert count() == 1


@pytest.mark.parametrize("case", CASES)
def test_something_else_with_the_same_key_is_refused(client: Client, case: Callable[[], Case]) -> None:
    page, user, body, other, count = case()
    client.force_login(user)
    body["idempotency_key"] = idempotency.new_key()
    assert client.post(page, body).status_code == 302
    refused = client.post(page, body | other)
    assert refused.status_code == 422
    assert "You sent this form before" in refused.content.decode()
    assert count() == 1


def test_evidence_is_sent_once_and_other_evidence_with_its_key_is_refused(
    client: Client, stripe_simulator: Simulator, stripe_deliver: Deliver
) -> None:
    payment = paid(stripe_simulator, stripe_deliver)
    stripe_simulator.open_dispute(payment.charge_id)
    told_and_done(stripe_deliver)
    client.force_login(an_officer())
    page, dispute = page_of(payment), Dispute.objects.get()
    body = {"do": "evidence", "dispute": str(dispute.public_id), "idempotency_key": idempotency.new_key()}
    for nothing in ({"is_final": "on"}, {"is_final": "on", "service_date": "  "}, {"service_date": "2027-03-01"}):
        assert client.post(page, body | nothing).status_code == 422
    assert stripe_simulator.all("dispute")[0]["evidence"].get("service_date") is None
    sent = body | {"is_final": "on", "service_date": "2027-03-01"}
    assert [client.post(page, sent).status_code for _ in range(2)] == [302, 302]
    # What was sent stands, whatever the key.
    assert client.post(page, sent | {"service_date": "2027-03-02"}).status_code == 409
    assert stripe_simulator.all("dispute")[0]["evidence"]["service_date"] == "2027-03-01"


def test_whoever_means_it_sends_the_refused_form_once_more(client: Client) -> None:
    page, user, body, other, count = a_refund()
    client.force_login(user)
    body["idempotency_key"] = idempotency.new_key()
    client.post(page, body)
    renewed = client.post(page, body | other).context["refund_form"]["idempotency_key"].value()
    assert client.post(page, body | other | {"idempotency_key": renewed}).status_code == 302
    assert count() == 2
