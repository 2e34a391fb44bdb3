"""Whatever order Stripe's events come in, and however often each: one final state (quality.md, webhooks)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import permutations

import pytest
from django.db import transaction

from billing.models import Dispute, Payment, Receipt, Refund, StripeEvent
from billing.services import event_apply, event_receive, refund_request, sync
from billing.states import EventState
from billing.tests.services.test_refunds import officer
from billing.tests.steps import begin, hold, work
from booking.models import Appointment
from common import clock
from integrations.stripe.gateway import gateway
from integrations.stripe.objects import Event
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db

# Of 4, 5 and 6 events there are 24 + 120 + 720 orders; `make test-long` takes them all.
ORDERS = int(os.environ.get("PAYMENT_ORDERS", "120"))


@contextmanager
def undone() -> Iterator[None]:
    """What is done in the block does not stay. Stripe may be asked inside, as the transaction is the test's own."""
    with transaction.atomic():
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        yield
        transaction.set_rollback(True)


def final_state() -> dict[str, object]:
    """What people and the clinic see, without instants and keys."""
    return {
        "visit": list(Appointment.objects.values_list("status", "cancel_reason")),
        "payments": list(Payment.objects.values_list("status", "outcome", "captured_minor", "attention")),
        "refunds": sorted(Refund.objects.values_list("amount_minor", "status", "reason")),
        "disputes": list(Dispute.objects.values_list("status", "amount_minor")),
        "receipts": sorted(Receipt.objects.values_list("kind", "number", "amount_minor")),
        "waiting": StripeEvent.objects.filter(state=EventState.RECEIVED).count(),
    }


def deliver(event: Event, *, times: int = 1) -> None:
    for _ in range(times):
        event_receive(event=event)
    for row in StripeEvent.objects.filter(stripe_id=event.id, state=EventState.RECEIVED):
        event_apply(event_id=row.pk)


def after(events: Sequence[Event], *, times: int = 1) -> dict[str, object]:
    """The state that these deliveries lead to from here; nothing of it stays."""
    with undone():
        for event in events:
            deliver(event, times=times)
        return final_state()


def told(simulator: Simulator) -> list[Event]:
    """What Stripe has told so far that may change something, the oldest first."""
    since = clock.now().replace(year=2020)
    families = ("checkout.session.completed", "payment_intent.succeeded", "charge.", "refund.")
    found = [event for event in gateway().events(since) if event.type.startswith(families)]
    return sorted(found, key=lambda event: (event.created_at, event.id))


@pytest.fixture
def scenario(stripe_simulator: Simulator) -> list[Event]:
    """Paid, a part given back by an officer, a part in the dashboard, and disputed: one event of each kind."""
    payment = begin(hold())
    stripe_simulator.pay(payment.session_id or "")
    with undone():
        for event in told(stripe_simulator):
            event_receive(event=event)
        work()
        payment.refresh_from_db()
        refund_request(actor=officer(), payment_id=payment.public_id, amount_minor=500, note="Late start")
        work()
    intent = next(iter(stripe_simulator.all("payment_intent")))
    stripe_simulator.refund_in_dashboard(intent["id"], 700)
    stripe_simulator.open_dispute(intent["id"])
    by_kind = {event.type: event for event in told(stripe_simulator)}
    return list(by_kind.values())


def orders(events: Sequence[Event]) -> list[tuple[Event, ...]]:
    """All orders of four, five and six of them, evenly thinned to as many as there is time for.

    By pairs, of which each begins alike and ends differently.
    """
    every = [order for size in (4, 5, 6) for order in permutations(events[:size])]
    step = max(len(every) // ORDERS, 1)
    return [order for number, order in enumerate(every) if number // 2 % step == 0]


def different(
    rest: Sequence[tuple[Event, ...]], expected: dict[str, object], before: tuple[Event, ...] = ()
) -> Iterator[list[str]]:
    """The orders that lead elsewhere, by their types. What several begin with is delivered once."""
    if () in rest and final_state() != expected:
        yield [event.type for event in before]
    for event in dict.fromkeys(order[0] for order in rest if order):
        with undone():
            deliver(event)
            yield from different([order[1:] for order in rest if order[:1] == (event,)], expected, (*before, event))


def test_every_order_of_events_ends_in_one_state(scenario: list[Event]) -> None:
    assert len(scenario) >= 6
    expected = after(scenario)
    assert expected["payments"] == [("succeeded", "booked", 4500, "")]
    assert expected["waiting"] == 0
    every = orders(scenario)
    assert len(every) >= ORDERS
    assert list(different(every, expected)) == []


def test_each_event_ten_times_is_as_once(scenario: list[Event]) -> None:
    assert after(scenario, times=10) == after(scenario)


@pytest.mark.parametrize("lost", range(6))
def test_any_one_event_may_be_lost_when_another_arrives(scenario: list[Event], lost: int) -> None:
    assert after([event for number, event in enumerate(scenario) if number != lost]) == after(scenario)


def test_orders_would_differ_if_events_were_believed(scenario: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with refunds and disputes taken from what was heard last, and nothing fetched whole."""
    fetch = sync._fetched

    def believed(session_id: str) -> sync.Facts:
        facts = fetch(session_id)
        heard = StripeEvent.objects.order_by("-pk").values_list("type", flat=True).first() or ""
        is_dispute = heard.startswith("charge.dispute")
        return replace(
            facts, refunds=() if is_dispute else facts.refunds, disputes=facts.disputes if is_dispute else ()
        )

    monkeypatch.setattr(sync, "_fetched", believed)
    only_payment = [event for event in scenario if event.type == "payment_intent.succeeded"]
    only_dispute = [event for event in scenario if event.type == "charge.dispute.created"]
    assert after(only_payment) != after(only_dispute)
