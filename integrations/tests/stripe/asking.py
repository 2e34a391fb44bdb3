"""What the tests ask of Stripe, in one line each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common import clock
from integrations.stripe.gateway import Gateway
from integrations.stripe.objects import CheckoutSession, PaymentIntent
from integrations.stripe.simulator.engine import Simulator

METADATA = {"payment": "0b0c7a52-0000-4000-8000-000000000001", "appointment": "0b0c7a52-0000-4000-8000-000000000002"}


def new_session(gateway: Gateway, **changes: Any) -> CheckoutSession:
    asked: dict[str, Any] = {
        "key": "checkout-1",
        "amount_minor": 4500,
        "currency": "gbp",
        "reference": METADATA["payment"],
        "description": "Appointment MC-1234",
        "success_url": "https://www.clinic.example/paid/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://www.clinic.example/not-paid/",
        "expires_at": clock.now() + timedelta(minutes=31),
        "metadata": METADATA,
    }
    return gateway.session_create(**(asked | changes))


def paid(simulator: Simulator, gateway: Gateway, card: str = "pays", **changes: Any) -> PaymentIntent:
    """A session that was paid: its intent."""
    session = new_session(gateway, **changes)
    return gateway.intent_retrieve(simulator.pay(session.id, card)["id"])
