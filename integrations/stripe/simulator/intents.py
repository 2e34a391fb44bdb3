from __future__ import annotations

from integrations.stripe.simulator.problems import ApiProblem, Json
from integrations.stripe.simulator.world import World

CANCELLABLE = {"requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing"}


def cancel(world: World, intent_id: str, asked: Json) -> Json:
    intent = world.find("payment_intent", intent_id, "intent")
    if intent["status"] not in CANCELLABLE:
        raise ApiProblem(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    if any(
        one["payment_intent"] == intent_id and one["status"] == "open" for one in world.store.all("checkout.session")
    ):
        raise ApiProblem("You cannot cancel PaymentIntents created by Checkout: expire the session instead.")
    intent |= {
        "status": "canceled",
        "canceled_at": world.now(),
        "cancellation_reason": asked.get("cancellation_reason"),
    }
    world.save(intent)
    world.tell("payment_intent.canceled", intent)
    return intent
