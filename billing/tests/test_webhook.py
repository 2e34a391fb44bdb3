from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from billing import services
from billing.models import Payment, StripeEvent
from billing.services import event_apply
from billing.states import EventState
from billing.tests.steps import Deliver, begin, hold
from integrations.stripe.addresses import WEBHOOK_PATH
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


def test_a_forged_delivery_is_refused_and_kept_nowhere(client: Client, stripe_simulator: Simulator) -> None:
    answer = client.post(WEBHOOK_PATH, b"{}", content_type="application/json", headers={"Stripe-Signature": "t=1,v1=0"})
    assert (answer.status_code, StripeEvent.objects.count()) == (400, 0)
    assert client.get(WEBHOOK_PATH).status_code == 405


def test_a_body_that_is_far_too_large_is_refused_without_an_error(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post(WEBHOOK_PATH, b"x" * 3_000_000, content_type="application/json")
    assert answer.status_code == 400
    assert [record.levelname for record in caplog.records if record.levelname == "ERROR"] == []
    assert "too large" in caplog.text


def test_a_delivery_is_kept_once_however_often_it_comes(stripe_simulator: Simulator, client: Client) -> None:
    payment = begin(hold())
    stripe_simulator.pay(payment.session_id or "")
    sent: list[tuple[bytes, str]] = []

    def twice(payload: bytes, signature: str) -> int:
        sent.append((payload, signature))
        answers = [
            client.post(WEBHOOK_PATH, payload, content_type="application/json", headers={"Stripe-Signature": signature})
            for _ in range(2)
        ]
        return answers[-1].status_code

    assert set(stripe_simulator.deliver(twice)) == {200}
    assert StripeEvent.objects.count() == len(sent)
    assert set(StripeEvent.objects.exclude(state="ignored").values_list("payment", flat=True)) <= {payment.pk, None}


def test_what_cannot_be_kept_is_asked_for_again(
    stripe_simulator: Simulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = begin(hold())
    stripe_simulator.pay(payment.session_id or "")
    client.raise_request_exception = False

    def fail(**_: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr("billing.views.webhook.event_receive", fail)

    def send(payload: bytes, signature: str) -> int:
        return client.post(
            WEBHOOK_PATH, payload, content_type="application/json", headers={"Stripe-Signature": signature}
        ).status_code

    assert {status // 100 for status in stripe_simulator.deliver(send)} == {5}
    assert StripeEvent.objects.count() == 0


def test_a_payment_of_nobodys_is_kept_where_people_see_it(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    stripe_simulator.stray_payment(4500)
    stripe_deliver()
    for event_id in StripeEvent.objects.filter(state=EventState.RECEIVED).values_list("pk", flat=True):
        event_apply(event_id=event_id)
    assert StripeEvent.objects.filter(state=EventState.UNMATCHED).exists()
    assert not Payment.objects.exists()
    assert services.payments_sweep() == 0
