"""What goes wrong between us and Stripe, and what the adapter makes of it: exactly one refund, whatever happens."""

from __future__ import annotations

import pytest

from integrations.stripe import gateway
from integrations.stripe.errors import Refused, Unavailable
from integrations.stripe.gateway import Gateway
from integrations.stripe.objects import Refund
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.faults import Fault, Kind
from integrations.tests.stripe.asking import new_session, paid

TRIES = gateway.RETRIES + 1


@pytest.fixture
def intent_id(stripe_simulator: Simulator, asked: Gateway) -> str:
    return paid(stripe_simulator, asked).id


def refund(asked: Gateway, intent_id: str, key: str = "refund-1") -> Refund:
    return asked.refund_create(key=key, intent_id=intent_id, amount_minor=1000, metadata={"refund": "1"})


def refunded(simulator: Simulator) -> int:
    return sum(one["amount"] for one in simulator.all("refund"))


def test_answer_that_is_lost_is_given_again(stripe_simulator: Simulator, asked: Gateway, intent_id: str) -> None:
    """By the SDK's own second try, which carries the same key."""
    stripe_simulator.faults.add(Fault(Kind.LOST, "/v1/refunds"))
    assert refund(asked, intent_id).status == "succeeded"
    assert refunded(stripe_simulator) == 1000


def test_answers_that_are_all_lost_are_given_to_the_next_try(
    stripe_simulator: Simulator, asked: Gateway, intent_id: str
) -> None:
    stripe_simulator.faults.add(Fault(Kind.LOST, "/v1/refunds", times=TRIES))
    with pytest.raises(Unavailable, match="connection"):
        refund(asked, intent_id)
    assert refunded(stripe_simulator) == 1000
    assert refund(asked, intent_id).id == stripe_simulator.all("refund")[0]["id"]
    assert refunded(stripe_simulator) == 1000


def test_another_key_after_a_lost_answer_refunds_twice(
    stripe_simulator: Simulator, asked: Gateway, intent_id: str
) -> None:
    """The control: it is the key that protects."""
    stripe_simulator.faults.add(Fault(Kind.LOST, "/v1/refunds", times=TRIES))
    with pytest.raises(Unavailable):
        refund(asked, intent_id)
    refund(asked, intent_id, key="refund-2")
    assert refunded(stripe_simulator) == 2000


def test_error_after_it_was_done_stays_and_what_was_done_can_be_found(
    stripe_simulator: Simulator, asked: Gateway, intent_id: str
) -> None:
    stripe_simulator.faults.add(Fault(Kind.ERROR_AFTER, "/v1/refunds"))
    for code in ("server_error", "key_spent", "key_spent"):
        with pytest.raises(Unavailable, match=code):
            refund(asked, intent_id)
    assert [(one.status, one.metadata) for one in asked.refunds_of(intent_id)] == [("succeeded", {"refund": "1"})]
    assert refunded(stripe_simulator) == 1000


def test_error_before_it_was_done_leaves_nothing_behind(
    stripe_simulator: Simulator, asked: Gateway, intent_id: str
) -> None:
    stripe_simulator.faults.add(Fault(Kind.ERROR_BEFORE, "/v1/refunds", times=TRIES))
    with pytest.raises(Unavailable, match="server_error"):
        refund(asked, intent_id)
    assert asked.refunds_of(intent_id) == []
    assert refund(asked, intent_id).status == "succeeded"


def test_stripe_that_is_too_slow_is_given_up_and_did_it_all_the_same(
    stripe_simulator: Simulator, intent_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "READ_SECONDS", 0.05)
    impatient = Gateway(stripe_simulator.key, stripe_simulator.base)
    stripe_simulator.faults.add(Fault(Kind.SLOW, "/v1/refunds", times=TRIES))
    with pytest.raises(Unavailable, match="connection"):
        refund(impatient, intent_id)
    assert refunded(stripe_simulator) == 1000
    monkeypatch.undo()
    patient = Gateway(stripe_simulator.key, stripe_simulator.base)
    assert refund(patient, intent_id).status == "succeeded"
    assert refunded(stripe_simulator) == 1000


def test_stripe_that_is_down_is_down_for_every_question(stripe_simulator: Simulator, asked: Gateway) -> None:
    session = new_session(asked)
    stripe_simulator.faults.add(Fault(Kind.DOWN, method="", times=100))
    with pytest.raises(Unavailable, match="connection"):
        asked.session_retrieve(session.id)
    with pytest.raises(Unavailable, match="connection"):
        asked.session_expire(session.id)
    stripe_simulator.faults.clear()
    assert asked.session_retrieve(session.id).status == "open"


def test_session_is_made_once_however_often_its_answer_is_lost(stripe_simulator: Simulator, asked: Gateway) -> None:
    stripe_simulator.faults.add(Fault(Kind.LOST, "/v1/checkout/sessions"))
    session = new_session(asked)
    assert [one["id"] for one in stripe_simulator.all("checkout.session")] == [session.id]


def test_refund_that_was_begun_under_a_dispute_is_refused_and_stays_refused(
    stripe_simulator: Simulator, asked: Gateway, intent_id: str
) -> None:
    """Stripe remembers its refusal with the key: a refund that waits for a dispute needs another key afterwards."""
    dispute = stripe_simulator.open_dispute(intent_id)
    with pytest.raises(Refused, match="charge_disputed"):
        refund(asked, intent_id)
    stripe_simulator.close_dispute(dispute["id"], won=True)
    with pytest.raises(Refused, match="charge_disputed"):
        refund(asked, intent_id)
    assert refund(asked, intent_id, key="refund-1-again").status == "succeeded"
