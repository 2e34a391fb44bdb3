from __future__ import annotations

import pytest

from integrations.stripe.gateway import Gateway, gateway
from integrations.stripe.simulator.engine import Simulator


@pytest.fixture
def asked(stripe_simulator: Simulator) -> Gateway:
    """The product's own way to Stripe, which leads to this test's simulator."""
    return gateway()
