"""Fixtures with Stripe's simulator: a test's own, on a port of loopback, with the product pointed at it.

What people and banks do is a method of it (`stripe_simulator.pay(session_id)`); what goes wrong is set on
`stripe_simulator.faults` and `.deliveries.rules`. Nothing sleeps: `advance` puts the simulator's clock forward.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from integrations.stripe.simulator.engine import Simulator


@pytest.fixture(scope="session")
def payment_rounds() -> int:
    """How often each race and fault of money is run: RACE_ROUNDS, for a longer look than a build has time for."""
    return int(os.environ.get("RACE_ROUNDS", "20"))


@pytest.fixture
def stripe_simulator(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """A simulator with nothing in it. Its events wait until `stripe_deliver` or `stripe_tells` hands them over."""
    from common import clock
    from integrations.stripe import gateway
    from integrations.stripe.simulator.engine import Simulator
    from integrations.stripe.simulator.server import serve
    from medconsult.settings.base import content_security_policy

    # The SDK waits before it tries again.
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0)
    simulator = Simulator(clock=lambda: clock.now().timestamp())
    with serve(simulator) as base:
        settings.STRIPE_SECRET_KEY = simulator.key
        settings.STRIPE_WEBHOOK_SECRETS = [simulator.secret]
        settings.STRIPE_API_BASE = base
        settings.PAYMENT_PROVIDER = "stripe"
        settings.CONTENT_SECURITY_POLICY = content_security_policy(base)
        yield simulator
        gateway.forget()


@pytest.fixture
def stripe_deliver(stripe_simulator: Simulator, client: Client) -> Callable[[], list[int]]:
    """`stripe_deliver()`: tell our site, through the test's client, of every event that is due; the statuses."""
    from integrations.stripe.addresses import WEBHOOK_PATH

    def send(payload: bytes, signature: str) -> int:
        answer = client.post(
            WEBHOOK_PATH, payload, content_type="application/json", headers={"Stripe-Signature": signature}
        )
        return answer.status_code

    return lambda: stripe_simulator.deliver(send)


@pytest.fixture
def stripe_tells(stripe_simulator: Simulator, live_server: Any) -> Iterator[Simulator]:
    """The simulator, telling the live server of events as they happen, until 2xx, like Stripe."""
    from integrations.stripe.addresses import WEBHOOK_PATH
    from integrations.stripe.simulator.server import telling

    with telling(stripe_simulator, f"{live_server.url}{WEBHOOK_PATH}"):
        yield stripe_simulator


@pytest.fixture
def stripe_environment(stripe_simulator: Simulator) -> dict[str, str]:
    """The variables under which another process of ours uses this test's simulator."""
    return {
        "STRIPE_SECRET_KEY": stripe_simulator.key,
        "STRIPE_WEBHOOK_SECRETS": stripe_simulator.secret,
        "STRIPE_API_BASE": stripe_simulator.base,
    }
