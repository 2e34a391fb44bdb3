from __future__ import annotations

from integrations.stripe.simulator import disputes, shapes
from integrations.stripe.simulator.problems import ApiProblem, Json, ParameterProblem
from integrations.stripe.simulator.world import World

SETTLE, FAIL = "refund.settle", "refund.fail"
SETTLES_AFTER, FAILS_AFTER = 10, 20


def create(world: World, asked: Json) -> Json:
    charge = _charge(world, asked)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = asked.get("amount", left)
    _check(world, charge, amount, left)
    ending = (world.store.get("charge_private", charge["id"]) or {}).get("refund", "succeeded")
    refund = shapes.refund(world.new_id("refund"), charge, asked, now=world.now(), amount=amount, transaction=None)
    refund["balance_transaction"] = world.book({**refund, "currency": charge["currency"]}, -amount, "refund")["id"]
    if ending == "pending":
        refund |= {"status": "pending", "pending_reason": "processing"}
        world.later(SETTLE, refund["id"], SETTLES_AFTER)
    elif ending == "failed":
        world.later(FAIL, refund["id"], FAILS_AFTER)
    _count(charge, amount)
    world.save(refund, charge)
    world.tell("refund.created", refund)
    world.tell("charge.refunded", charge)
    return refund


def _charge(world: World, asked: Json) -> Json:
    if asked.get("payment_intent"):
        intent = world.find("payment_intent", asked["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise ApiProblem(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                code="payment_intent_unexpected_state",
                parameter="payment_intent",
            )
        return world.find("charge", intent["latest_charge"])
    if asked.get("charge"):
        return world.find("charge", asked["charge"], "charge")
    raise ParameterProblem("One of the following params should be provided for this request: payment_intent or charge.")


def _check(world: World, charge: Json, amount: int, left: int) -> None:
    if disputes.blocks_refunds(world, charge):
        raise ApiProblem(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if charge["amount_captured"] and not left:
        raise ApiProblem(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount < 1:
        raise ApiProblem("Invalid positive integer", code="parameter_invalid_integer", parameter="amount")
    if amount > left:
        raise ApiProblem("Refund amount is greater than unrefunded amount on charge", parameter="amount")


def _count(charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def cancel(world: World, refund_id: str, _asked: Json) -> Json:
    """Stripe takes this of refunds that wait for the customer alone."""
    refund = world.find("refund", refund_id, "refund")
    if refund["status"] != "requires_action":
        raise ApiProblem(f"Refund {refund_id} cannot be canceled because its status is {refund['status']}.")
    return _undo(world, refund, "canceled")


def settle(world: World, refund_id: str) -> Json:
    """A refund that was pending arrives."""
    refund = world.find("refund", refund_id)
    if refund["status"] == "pending":
        refund |= {"status": "succeeded", "pending_reason": None}
        world.save(refund)
        _told(world, refund)
    return refund


def fail(world: World, refund_id: str, reason: str = "lost_or_stolen_card") -> Json:
    """The card's bank sends the money back, even of a refund that had succeeded."""
    refund = world.find("refund", refund_id)
    if refund["status"] in {"failed", "canceled"}:
        return refund
    refund["failure_reason"] = reason
    failed = _undo(world, refund, "failed")
    world.tell("refund.failed", failed)
    return failed


def _undo(world: World, refund: Json, status: str) -> Json:
    charge = world.find("charge", refund["charge"])
    booked = world.book(refund, refund["amount"], "refund_failure")
    refund |= {"status": status, "pending_reason": None, "failure_balance_transaction": booked["id"]}
    _count(charge, -refund["amount"])
    world.save(refund, charge)
    _told(world, refund)
    return refund


def _told(world: World, refund: Json) -> None:
    world.tell("refund.updated", refund)
    world.tell("charge.refund.updated", refund)
