"""What the adapter promises, whatever Stripe does."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
import stripe
from django.db import transaction
from pytest_django import Settings

from common import clock
from integrations.stripe import addresses, gateway
from integrations.stripe.errors import KeyRefused, Refused, Unavailable
from integrations.stripe.gateway import Gateway
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.faults import Fault, Kind
from integrations.stripe.simulator.shapes import PAYER
from integrations.tests.stripe.asking import METADATA, new_session, paid


def test_the_pinned_version_is_the_one_that_the_sdk_was_made_for() -> None:
    """Where this fails, read what the new version has changed, and look at `shapes` and `reading`."""
    assert stripe.api_version == addresses.API_VERSION


def test_both_tries_end_before_a_page_would_be_ended() -> None:
    """Gunicorn ends a page after 30 s (docker/gunicorn.conf.py)."""
    longest = (gateway.RETRIES + 1) * (gateway.CONNECT_SECONDS + gateway.READ_SECONDS) + stripe.HTTPClient.MAX_DELAY
    assert longest < 30


@pytest.mark.parametrize(
    ("kind", "times", "code"),
    [
        (Kind.DOWN, gateway.RETRIES + 1, "connection"),
        (Kind.ERROR_BEFORE, gateway.RETRIES + 1, "server_error"),
        (Kind.IN_USE, gateway.RETRIES + 1, "in_use"),
        # The SDK does not ask again at once.
        (Kind.BUSY, 1, "rate_limit"),
    ],
)
def test_trouble_is_told_apart_and_the_same_key_may_try_again(
    stripe_simulator: Simulator, asked: Gateway, kind: Kind, times: int, code: str
) -> None:
    until = clock.now() + timedelta(minutes=31)
    stripe_simulator.faults.add(Fault(kind, times=times))
    with pytest.raises(Unavailable) as trouble:
        new_session(asked, expires_at=until)
    assert trouble.value.code == code
    assert stripe_simulator.all("checkout.session") == []
    assert new_session(asked, expires_at=until).status == "open"


def test_a_short_trouble_is_not_noticed(stripe_simulator: Simulator, asked: Gateway) -> None:
    stripe_simulator.faults.add(Fault(Kind.DOWN))
    stripe_simulator.faults.add(Fault(Kind.ERROR_BEFORE, method="GET"))
    session = new_session(asked)
    assert asked.session_retrieve(session.id) == session


def test_a_key_that_is_refused_is_somebodys_to_mend(stripe_simulator: Simulator) -> None:
    stranger = Gateway("sk_simulator_somebody-else", stripe_simulator.base)
    with pytest.raises(KeyRefused, match="key_refused"):
        stranger.intent_retrieve("pi_1")


def test_errors_carry_nothing_of_what_stripe_said(stripe_simulator: Simulator, asked: Gateway) -> None:
    intent = paid(stripe_simulator, asked)
    with pytest.raises(Refused) as refusal:
        asked.refund_create(key="r1", intent_id=intent.id, amount_minor=9900, metadata={})
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
    assert str(refusal.value).split() == ["invalid_request_error", "[amount]", refusal.value.request_id]


def test_what_stripe_knows_of_people_stays_there(stripe_simulator: Simulator, asked: Gateway) -> None:
    intent = paid(stripe_simulator, asked, "no_money")
    session = asked.session_retrieve(stripe_simulator.all("checkout.session")[0]["id"])
    stripe_simulator.pay(session.id)
    intent = asked.intent_retrieve(intent.id)
    refund = asked.refund_create(key="r1", intent_id=intent.id, amount_minor=1, metadata={})
    dispute = asked.dispute_retrieve(stripe_simulator.open_dispute(intent.id)["id"])
    charge = asked.charge_retrieve(str(intent.charge_id))
    ours: list[Any] = [asked.session_retrieve(session.id), intent, charge, refund, dispute]
    ours += list(asked.events(session.created_at))
    kept = repr([dataclasses.asdict(one) for one in ours])
    sent = repr(stripe_simulator.all("charge") + stripe_simulator.all("checkout.session"))
    assert all(words in sent and words not in kept for words in PAYER.values())


def test_stripe_is_told_ids_alone(stripe_simulator: Simulator, asked: Gateway) -> None:
    with pytest.raises(ValueError, match="ids alone"):
        new_session(asked, metadata={"reason": "A rash on the left arm"})
    with pytest.raises(ValueError, match="ids alone"):
        asked.refund_create(key="r1", intent_id="pi_1", amount_minor=1, metadata={"for": "Grace Tomlinson"})
    assert stripe_simulator.all("checkout.session") == []


def test_trouble_is_logged_by_its_code_alone(
    stripe_simulator: Simulator, asked: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Refused):
        asked.session_retrieve("cs_test_nothing")
    with pytest.raises(KeyRefused):
        Gateway("sk_simulator_somebody-else", stripe_simulator.base).intent_retrieve("pi_1")
    said = [(line.levelname, re.sub("req_[0-9a-f]+", "req_", line.getMessage())) for line in caplog.records]
    assert said == [
        ("WARNING", "Stripe: resource_missing [session] req_"),
        ("ERROR", "Stripe: key_refused (req_)"),
    ]


def test_a_declined_card_leaves_its_reason_and_the_session_open(stripe_simulator: Simulator, asked: Gateway) -> None:
    intent = paid(stripe_simulator, asked, "no_money")
    assert (intent.status, intent.failure_code, intent.received_minor) == (
        "requires_payment_method",
        "insufficient_funds",
        0,
    )
    session = asked.session_retrieve(stripe_simulator.all("checkout.session")[0]["id"])
    assert (session.status, session.intent_id) == ("open", intent.id)
    stripe_simulator.pay(session.id)
    assert asked.session_retrieve(session.id).payment_status == "paid"
    again = asked.intent_retrieve(intent.id)
    assert (again.status, again.failure_code, again.received_minor) == ("succeeded", None, 4500)


def test_a_session_that_was_paid_in_time_is_not_ended(stripe_simulator: Simulator, asked: Gateway) -> None:
    session = new_session(asked)
    stripe_simulator.pay(session.id)
    assert asked.session_expire(session.id).status == "complete"


def test_the_intent_of_an_open_session_is_not_cancelled_behind_its_back(
    stripe_simulator: Simulator, asked: Gateway
) -> None:
    intent = paid(stripe_simulator, asked, "declined")
    with pytest.raises(Refused):
        asked.intent_cancel(intent.id, "c1")
    session_id = stripe_simulator.all("checkout.session")[0]["id"]
    asked.session_expire(session_id)
    assert asked.intent_cancel(intent.id, "c2").status == "canceled"


def test_disputes_are_answered_once_and_block_refunds(stripe_simulator: Simulator, asked: Gateway) -> None:
    intent = paid(stripe_simulator, asked)
    opened = stripe_simulator.open_dispute(intent.id)
    dispute = asked.dispute_retrieve(opened["id"])
    assert (dispute.status, dispute.reason, dispute.has_evidence) == ("needs_response", "fraudulent", False)
    assert (dispute.intent_id, dispute.amount_minor) == (intent.id, 4500)
    assert dispute.due_by is not None
    assert dispute.due_by > clock.now()
    assert dispute.due_by.tzinfo == UTC
    with pytest.raises(Refused, match="charge_disputed"):
        asked.refund_create(key="r1", intent_id=intent.id, amount_minor=1, metadata={})
    answered = asked.dispute_submit(
        key="d1", dispute_id=dispute.id, evidence={"service_date": "2026-11-28", "uncategorized_text": "Attended."}
    )
    assert (answered.status, answered.has_evidence) == ("under_review", True)
    with pytest.raises(Refused):
        asked.dispute_submit(key="d2", dispute_id=dispute.id, evidence={"service_date": "2026-11-29"})
    stripe_simulator.close_dispute(dispute.id, won=True)
    assert [one.status for one in asked.disputes_of(intent.id)] == ["won"]
    assert asked.refund_create(key="r2", intent_id=intent.id, amount_minor=1, metadata={}).status == "succeeded"


def test_a_list_is_read_to_its_end(
    stripe_simulator: Simulator, asked: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "PAGE", 2)
    since = clock.now() - timedelta(minutes=1)
    intents = [stripe_simulator.stray_payment(100 + number)["id"] for number in range(5)]
    refunds = [stripe_simulator.refund_in_dashboard(intents[0], 10)["id"] for _ in range(5)]
    disputes = [stripe_simulator.open_dispute(intent)["id"] for intent in intents]
    assert [one.id for one in asked.intents(since)] == intents[::-1]
    assert [one.id for one in asked.refunds(since)] == refunds[::-1]
    assert [one.id for one in asked.refunds_of(intents[0])] == refunds[::-1]
    assert [one.id for one in asked.disputes(since)] == disputes[::-1]
    assert len(list(asked.sessions(since))) == 5
    assert len(list(asked.events(since))) == len(stripe_simulator.all("event"))
    assert list(asked.intents(clock.now() + timedelta(minutes=1))) == []


def every_question(asked: Gateway) -> dict[str, Callable[[], Any]]:
    since = clock.now()
    return {
        "session_create": lambda: new_session(asked),
        "session_retrieve": lambda: asked.session_retrieve("cs_test_1"),
        "session_expire": lambda: asked.session_expire("cs_test_1"),
        "intent_retrieve": lambda: asked.intent_retrieve("pi_1"),
        "intent_cancel": lambda: asked.intent_cancel("pi_1", "k"),
        "charge_retrieve": lambda: asked.charge_retrieve("ch_1"),
        "refund_create": lambda: asked.refund_create(key="k", intent_id="pi_1", amount_minor=1, metadata=METADATA),
        "refund_retrieve": lambda: asked.refund_retrieve("re_1"),
        "refunds_of": lambda: asked.refunds_of("pi_1"),
        "disputes_of": lambda: asked.disputes_of("pi_1"),
        "dispute_retrieve": lambda: asked.dispute_retrieve("dp_1"),
        "dispute_submit": lambda: asked.dispute_submit(key="k", dispute_id="dp_1", evidence={}),
        "events": lambda: next(asked.events(since)),
        "sessions": lambda: next(asked.sessions(since)),
        "intents": lambda: next(asked.intents(since)),
        "refunds": lambda: next(asked.refunds(since)),
        "disputes": lambda: next(asked.disputes(since)),
    }


@pytest.mark.django_db
def test_stripe_is_never_asked_inside_a_transaction_of_ours(stripe_simulator: Simulator, asked: Gateway) -> None:
    questions = every_question(asked)
    assert questions.keys() == {name for name in vars(Gateway) if not name.startswith("_")} - {"close"}
    # The transaction that the test itself stands in does not count.
    new_session(asked)
    for question in questions.values():
        with transaction.atomic(), pytest.raises(RuntimeError, match="inside a database transaction"):
            question()
    assert len(stripe_simulator.all("checkout.session")) == 1


def test_between_two_pages_of_a_list_the_database_may_be_used(
    stripe_simulator: Simulator, asked: Gateway, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    monkeypatch.setattr(gateway, "PAGE", 1)
    for _ in range(2):
        stripe_simulator.stray_payment()
    seen = 0
    for _ in asked.intents(clock.now() - timedelta(minutes=1)):
        with transaction.atomic():
            seen += 1
    assert seen == 2


def test_without_a_key_there_is_no_gateway(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(RuntimeError, match="takes no payments online"):
        gateway.gateway()


def test_one_gateway_is_kept_for_one_key(stripe_simulator: Simulator) -> None:
    assert gateway.gateway() is gateway.gateway()


def test_a_proxy_is_not_asked_the_way_to_this_machine(
    stripe_simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert new_session(gateway.gateway()).status == "open"
