"""The same scenarios against the simulator always, and against Stripe's test mode where STRIPE_TEST_KEY is set.

    STRIPE_TEST_KEY=sk_test_… .venv/bin/python -m pytest integrations/tests/stripe/test_contract.py

Stripe's page cannot be paid by a program, so there a payment is an intent that is confirmed with a test card.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import stripe

from common import clock
from integrations.stripe import addresses
from integrations.stripe.errors import KeyRefused, Refused
from integrations.stripe.gateway import Gateway
from integrations.stripe.simulator.engine import Simulator
from integrations.tests.stripe.asking import METADATA, new_session, paid

SIDES = ["simulator"]
if "STRIPE_TEST_KEY" in os.environ:
    SIDES.append(pytest.param("stripe", marks=pytest.mark.enable_socket))  # type: ignore[arg-type]


@dataclass
class Side:
    gateway: Gateway
    pay: Callable[[], str]
    """Pay 4500 pence with a card that works: the intent's id."""
    base: str
    key: str


@pytest.fixture(params=SIDES)
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "stripe":
        key = os.environ["STRIPE_TEST_KEY"]
        assert not addresses.is_live(key)
        return Side(Gateway(key), lambda: paid_at_stripe(key), addresses.API_BASE, key)
    simulator: Simulator = request.getfixturevalue("stripe_simulator")
    gateway = Gateway(simulator.key, simulator.base)
    return Side(gateway, lambda: paid(simulator, gateway, key=fresh()).id, simulator.base, simulator.key)


def paid_at_stripe(key: str) -> str:
    made = stripe.StripeClient(key).v1.payment_intents.create(
        {
            "amount": 4500,
            "currency": "gbp",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": METADATA,
        }
    )
    return made.id


def fresh() -> str:
    return f"test-{uuid.uuid4()}"


def test_session_is_an_invitation_to_pay_what_was_asked(side: Side) -> None:
    until = clock.now().replace(microsecond=0) + timedelta(minutes=31)
    session = new_session(side.gateway, key=fresh(), expires_at=until)
    assert (session.status, session.payment_status, session.intent_id) == ("open", "unpaid", None)
    assert (session.amount_minor, session.currency) == (4500, "gbp")
    assert (session.reference, session.metadata, session.expires_at) == (METADATA["payment"], METADATA, until)
    assert session.url is not None
    assert not session.livemode
    assert side.gateway.session_retrieve(session.id) == session
    assert session in list(side.gateway.sessions(session.created_at))


def test_session_ends_once(side: Side) -> None:
    session = new_session(side.gateway, key=fresh())
    ended = side.gateway.session_expire(session.id)
    assert (ended.status, ended.url) == ("expired", None)
    assert side.gateway.session_expire(session.id).status == "expired"


@pytest.mark.parametrize("minutes", [5, 25 * 60])
def test_session_lives_from_half_an_hour_to_a_day(side: Side, minutes: int) -> None:
    with pytest.raises(Refused) as refusal:
        new_session(side.gateway, key=fresh(), expires_at=clock.now() + timedelta(minutes=minutes))
    assert refusal.value.parameter == "expires_at"


def test_same_key_gives_the_same_session_and_refuses_other_words(side: Side) -> None:
    key, until = fresh(), clock.now() + timedelta(minutes=31)
    first = new_session(side.gateway, key=key, expires_at=until)
    assert new_session(side.gateway, key=key, expires_at=until).id == first.id
    with pytest.raises(Refused, match="idempotency_error"):
        new_session(side.gateway, key=key, expires_at=until, amount_minor=4600)


def test_payment_is_an_intent_with_a_charge(side: Side) -> None:
    intent = side.gateway.intent_retrieve(side.pay())
    assert (intent.status, intent.amount_minor, intent.received_minor) == ("succeeded", 4500, 4500)
    assert (intent.currency, intent.metadata, intent.failure_code) == ("gbp", METADATA, None)
    assert intent.charge_id is not None
    charge = side.gateway.charge_retrieve(intent.charge_id)
    assert (charge.status, charge.captured_minor, charge.refunded_minor) == ("succeeded", 4500, 0)
    assert (charge.intent_id, charge.disputed) == (intent.id, False)
    assert intent in list(side.gateway.intents(intent.created_at))
    kinds = {event.type for event in side.gateway.events(intent.created_at) if event.intent_id == intent.id}
    assert {"payment_intent.succeeded", "charge.succeeded"} <= kinds


def test_paid_intent_cannot_be_cancelled_and_says_so_by_what_it_is(side: Side) -> None:
    assert side.gateway.intent_cancel(side.pay(), fresh()).status == "succeeded"


def test_refunds_never_exceed_what_was_paid(side: Side) -> None:
    intent_id = side.pay()

    def refund(amount: int, key: str | None = None) -> str:
        made = side.gateway.refund_create(
            key=key or fresh(), intent_id=intent_id, amount_minor=amount, metadata={"refund": "1"}
        )
        assert (made.amount_minor, made.intent_id, made.metadata) == (amount, intent_id, {"refund": "1"})
        assert made.status in {"pending", "succeeded"}
        return made.id

    key = fresh()
    first = refund(4000, key)
    assert refund(4000, key) == first
    with pytest.raises(Refused) as more_than_left:
        refund(501)
    assert more_than_left.value.code in {"invalid_request_error", "amount_too_large"}
    second = refund(500)
    with pytest.raises(Refused, match="charge_already_refunded"):
        refund(1)
    assert [one.id for one in side.gateway.refunds_of(intent_id)] == [second, first]
    assert side.gateway.refund_retrieve(first).amount_minor == 4000
    charge_id = side.gateway.intent_retrieve(intent_id).charge_id
    assert charge_id is not None
    assert side.gateway.charge_retrieve(charge_id).refunded_minor == 4500


def test_what_does_not_exist_is_said_to_be_missing(side: Side) -> None:
    calls: list[Callable[[], object]] = [
        lambda: side.gateway.session_retrieve("cs_test_nothing"),
        lambda: side.gateway.session_expire("cs_test_nothing"),
        lambda: side.gateway.intent_retrieve("pi_nothing"),
        lambda: side.gateway.intent_cancel("pi_nothing", fresh()),
        lambda: side.gateway.charge_retrieve("ch_nothing"),
        lambda: side.gateway.refund_retrieve("re_nothing"),
        lambda: side.gateway.dispute_retrieve("dp_nothing"),
        lambda: side.gateway.refund_create(key=fresh(), intent_id="pi_nothing", amount_minor=1, metadata={}),
        lambda: side.gateway.dispute_submit(key=fresh(), dispute_id="dp_nothing", evidence={"service_date": "x"}),
    ]
    for call in calls:
        with pytest.raises(Refused) as refusal:
            call()
        assert refusal.value.is_missing


def test_nothing_is_told_to_a_key_that_is_not_known(side: Side) -> None:
    stranger = Gateway(side.key[:-4] + "0000", side.base)
    with pytest.raises(KeyRefused):
        stranger.session_retrieve("cs_test_nothing")
    stranger.close()
