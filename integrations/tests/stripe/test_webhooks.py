"""Deliveries: what is Stripe's is read, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from common import clock
from integrations.stripe import webhooks
from integrations.stripe.errors import SignatureInvalid
from integrations.stripe.gateway import Gateway
from integrations.stripe.simulator.deliveries import signature
from integrations.stripe.simulator.engine import Simulator
from integrations.tests.stripe.asking import new_session, paid

NOW = clock.now().replace(microsecond=0)
AT = int(NOW.timestamp())
SECRET, OTHER = "whsec_ours-0123456789", "whsec_somebody-elses"
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": AT,
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "amount": 4500}},
}
PAYLOAD = json.dumps(EVENT).encode()


@pytest.fixture(autouse=True)
def our_secrets(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_0123456789"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]


def changed(**fields: Any) -> bytes:
    return json.dumps({**EVENT, **fields}).encode()


def test_the_event_says_what_happened_to_which_object() -> None:
    event = webhooks.event_from(PAYLOAD, signature(PAYLOAD, SECRET, AT), now=NOW)
    assert (event.id, event.type, event.created_at, event.livemode) == ("evt_1", "payment_intent.succeeded", NOW, False)
    assert (event.object_type, event.object_id) == ("payment_intent", "pi_1")
    assert (event.intent_id, event.session_id) == ("pi_1", None)


@pytest.mark.parametrize(
    ("about", "intent_id", "session_id"),
    [
        ({"object": "checkout.session", "id": "cs_1", "payment_intent": None}, None, "cs_1"),
        ({"object": "checkout.session", "id": "cs_1", "payment_intent": "pi_1"}, "pi_1", "cs_1"),
        (
            {"object": "charge", "id": "ch_1", "payment_intent": {"id": "pi_1", "object": "payment_intent"}},
            "pi_1",
            None,
        ),
        ({"object": "balance"}, None, None),
    ],
)
def test_the_event_names_the_intent_and_the_session(
    about: dict[str, Any], intent_id: str | None, session_id: str | None
) -> None:
    payload = changed(data={"object": about})
    event = webhooks.event_from(payload, signature(payload, SECRET, AT), now=NOW)
    assert (event.object_id, event.intent_id, event.session_id) == (about.get("id"), intent_id, session_id)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_way_are_in_time(seconds: int) -> None:
    assert webhooks.event_from(PAYLOAD, signature(PAYLOAD, SECRET, AT + seconds), now=NOW).id == "evt_1"


def test_either_secret_will_do_while_they_are_changed(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_the-new-one", SECRET]
    new = signature(PAYLOAD, "whsec_the-new-one", AT)
    # Stripe signs with both for a day, in one header.
    both = f"{new},{signature(PAYLOAD, SECRET, AT).partition(',')[2]}"
    for header in (new, signature(PAYLOAD, SECRET, AT), both, f"{both},v0=whatever"):
        assert webhooks.event_from(PAYLOAD, header, now=NOW).id == "evt_1"


def signed(payload: bytes, *, secret: str = SECRET, at: int = AT) -> tuple[bytes, str]:
    return payload, signature(payload, secret, at)


ONLY = signature(PAYLOAD, SECRET, AT)
FORGED: dict[str, tuple[bytes, str, str]] = {
    "without a signature": (PAYLOAD, "", "no signature"),
    "signed with another secret": (*signed(PAYLOAD, secret=OTHER), "wrong signature"),
    "changed after it was signed": (changed(type="charge.succeeded"), ONLY, "wrong signature"),
    "longer by a line": (PAYLOAD + b"\n", ONLY, "wrong signature"),
    "signed by the scheme of Stripe's own tests": (PAYLOAD, ONLY.replace("v1=", "v0="), "no signature"),
    "with another time than was signed": (PAYLOAD, ONLY.replace(f"t={AT}", f"t={AT + 1}"), "wrong signature"),
    "with two times": (PAYLOAD, f"t={AT - 9},{ONLY}", "no signature"),
    "with a time that is no number": (PAYLOAD, ONLY.replace(f"t={AT}", "t=now"), "no signature"),
    "too old": (*signed(PAYLOAD, at=AT - 301), "too old"),
    "from the future": (*signed(PAYLOAD, at=AT + 301), "from the future"),
    "cut off": (*signed(PAYLOAD[:-2]), "no event"),
    "no JSON at all": (*signed(b"\xff\xfe"), "no event"),
    "JSON, but no object": (*signed(b'["evt_1"]'), "no event"),
    "JSON, but no event": (*signed(changed(object="charge")), "no event"),
    "an event without an object": (*signed(changed(data={})), "no event"),
    "nested without end": (*signed(b"[" * 100_000), "no event"),
    "of a time outside the calendar": (*signed(changed(created=10**15)), "no event"),
    "with an id longer than any": (*signed(changed(id="evt_" + "1" * 200)), "no event"),
    "without an id": (*signed(changed(id="")), "no event"),
    "with a number for an id": (*signed(changed(id=1)), "no event"),
    "with an object for an id": (*signed(changed(id={"id": "evt_1"})), "no event"),
    "with a NUL in its id": (*signed(changed(id="evt_\0")), "no event"),
    "with half a letter in its type": (*signed(changed(type="charge.\ud800")), "no event"),
    "about an object with an id longer than any": (
        *signed(changed(data={"object": {"object": "charge", "id": "c" * 200}})),
        "no event",
    ),
    "about an object of a kind with a NUL": (*signed(changed(data={"object": {"object": "a\0"}})), "no event"),
    "of real money, to a test key": (*signed(changed(livemode=True)), "other mode"),
    "too large": (*signed(changed(pad="x" * webhooks.MAX_BYTES)), "too large"),
    "with a header too large": (PAYLOAD, f"{ONLY},{'v1=0,' * 2000}", "too large"),
}


@pytest.mark.parametrize("name", FORGED)
def test_delivery_that_is_not_certainly_stripes_is_refused(name: str) -> None:
    payload, header, said = FORGED[name]
    with pytest.raises(SignatureInvalid, match=said) as refusal:
        webhooks.event_from(payload, header, now=NOW)
    # Nothing of it goes into a log.
    assert refusal.value.__cause__ is None
    assert "evt_1" not in str(refusal.value)


def test_delivery_of_played_money_to_a_live_key_is_refused(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_live_0123456789"
    with pytest.raises(SignatureInvalid, match="other mode"):
        webhooks.event_from(*signed(PAYLOAD), now=NOW)


def test_without_secrets_nothing_is_stripes(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = []
    with pytest.raises(SignatureInvalid, match="wrong signature"):
        webhooks.event_from(*signed(PAYLOAD, secret=""), now=NOW)


@pytest.fixture
def hears(stripe_simulator: Simulator) -> Callable[[], list[str]]:
    """Hand over what is due to the adapter: the types that it took, and "refused"."""

    def hear() -> list[str]:
        heard = []

        def take(payload: bytes, header: str) -> int:
            try:
                heard.append(webhooks.event_from(payload, header, now=clock.now()).type)
            except SignatureInvalid:
                heard.append("refused")
                return 400
            return 200

        stripe_simulator.deliver(take)
        return heard

    return hear


def test_what_the_simulator_tells_is_understood(
    stripe_simulator: Simulator, asked: Gateway, hears: Callable[[], list[str]]
) -> None:
    paid(stripe_simulator, asked)
    assert hears() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert hears() == []
    new_session(asked, key="another")
    stripe_simulator.advance(timedelta(hours=2).total_seconds())
    assert hears() == ["checkout.session.expired"]
