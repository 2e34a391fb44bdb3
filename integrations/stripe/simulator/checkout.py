"""Checkout sessions, and what happens on their page."""

from __future__ import annotations

from typing import Any

from integrations.stripe.simulator import disputes, shapes
from integrations.stripe.simulator.cards import CARDS, Card
from integrations.stripe.simulator.problems import ApiProblem, Json, ParameterProblem
from integrations.stripe.simulator.world import World

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
LEAST_MINOR = 30  # Stripe's least charge in GBP
PLACEHOLDER = "{CHECKOUT_SESSION_ID}"
DISPUTED_AFTER = 20


def create(world: World, asked: Json) -> Json:
    """A session of mode "payment": nothing else is played here."""
    if asked.get("mode") != "payment" or asked.get("ui_mode", "hosted_page") != "hosted_page":
        raise ParameterProblem("This simulator plays hosted pages of mode `payment` only.", parameter="mode")
    for name in ("line_items", "success_url"):
        if not asked.get(name):
            raise ParameterProblem(f"Missing required param: {name}.", code="parameter_missing", parameter=name)
    asked.setdefault("expires_at", world.now() + LONGEST)
    _check_expiry(world, asked["expires_at"])
    items = [shapes.line_item(world.new_id("item"), _priced(item)) for item in asked["line_items"]]
    total, currency = sum(item["amount_total"] for item in items), items[0]["currency"]
    if any(item["currency"] != currency for item in items):
        raise ParameterProblem("All line items must have the same currency.", parameter="line_items")
    if total < LEAST_MINOR:
        raise ParameterProblem("The total amount due must be more.", code="amount_too_small", parameter="line_items")
    identity = world.new_id("checkout.session")
    address = page_address(world, identity)
    session = shapes.session(identity, asked, now=world.now(), total=total, currency=currency, url=address)
    world.store.put("session_private", identity, {"items": items, "intent": asked.get("payment_intent_data") or {}})
    world.save(session)
    return session


def _check_expiry(world: World, expires_at: int) -> None:
    # Stripe allows for the time that a request takes.
    if not SHORTEST - 60 <= expires_at - world.now() <= LONGEST + 60:
        raise ParameterProblem(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            parameter="expires_at",
        )


def _priced(item: Json) -> Json:
    price = item.get("price_data") or {}
    for name, held in (("price_data", item), ("quantity", item), ("unit_amount", price), ("product_data", price)):
        if held.get(name) is None:
            raise ParameterProblem(f"Missing required param: {name}.", code="parameter_missing", parameter="line_items")
    return item


def line_items(world: World, session_id: str) -> list[Json]:
    private = world.store.get("session_private", session_id) or {}
    return list(private.get("items", []))


def expire(world: World, session_id: str, _asked: Json) -> Json:
    session = world.find("checkout.session", session_id, "session")
    if session["status"] != "open":
        raise ApiProblem(
            'Only Checkout Sessions with a status in ["open"] can be expired.'
            f" This Checkout Session has a status of `{session['status']}`."
        )
    return end(world, session)


def end(world: World, session: Json) -> Json:
    """Nobody can pay it any more; the intent of somebody who had tried goes with it."""
    session |= {"status": "expired", "url": None}
    world.save(session)
    if session["payment_intent"]:
        intent = world.find("payment_intent", session["payment_intent"])
        intent |= {"status": "canceled", "canceled_at": world.now(), "cancellation_reason": "automatic"}
        world.save(intent)
        world.tell("payment_intent.canceled", intent)
    world.tell("checkout.session.expired", session)
    return session


def end_overdue(world: World) -> None:
    for session in world.store.all("checkout.session"):
        if session["status"] == "open" and session["expires_at"] <= world.now():
            end(world, session)


# What people do on the page.


def pay(world: World, session_id: str, card_name: str = "pays") -> Json:
    """Try to pay with a test card: the intent as it is afterwards. Refused where the session is not open."""
    end_overdue(world)
    session, card = world.find("checkout.session", session_id), CARDS[card_name]
    if session["status"] != "open":
        raise ApiProblem(f"This session is {session['status']}.", code="checkout_session_not_open")
    intent = _intent(world, session)
    intent["payment_method"] = world.new_id("payment_method")
    if card.asks_bank and intent["status"] != "requires_action":
        return _ask_bank(world, intent)
    return _settle(world, session, intent, card)


def refuse_at_bank(world: World, session_id: str) -> Json:
    """Whoever was asked by their bank said no."""
    session = world.find("checkout.session", session_id)
    card = Card("refused", CARDS["asks_bank"].number, "", decline_code="authentication_required")
    return _settle(world, session, _intent(world, session), card)


def _intent(world: World, session: Json) -> Json:
    """Of the session: made when somebody tries to pay for the first time, and the same ever after."""
    if session["payment_intent"]:
        return world.find("payment_intent", session["payment_intent"])
    private: dict[str, Any] = world.store.get("session_private", session["id"]) or {}
    made = shapes.intent(
        world.new_id("payment_intent"),
        now=world.now(),
        amount=session["amount_total"],
        currency=session["currency"],
        asked=private.get("intent", {}),
        types=session["payment_method_types"],
    )
    session["payment_intent"] = made["id"]
    world.save(made, session)
    world.tell("payment_intent.created", made)
    return made


def _ask_bank(world: World, intent: Json) -> Json:
    intent |= {
        "status": "requires_action",
        "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}},
    }
    world.save(intent)
    world.tell("payment_intent.requires_action", intent)
    return intent


def _settle(world: World, session: Json, intent: Json, card: Card) -> Json:
    paid = card.decline_code is None
    known_card = {"last4": card.last4, "decline_code": card.decline_code}
    charge = shapes.charge(
        world.new_id("charge"), intent, now=world.now(), paid=paid, card=known_card, transaction=None
    )
    if paid:
        charge["balance_transaction"] = world.book(charge, charge["amount"], "charge")["id"]
    world.store.put("charge_private", charge["id"], {"refund": card.refund})
    intent |= {"latest_charge": charge["id"], "next_action": None}
    if not paid:
        return _fail(world, intent, charge, str(card.decline_code))
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
    session |= {"status": "complete", "payment_status": "paid", "url": None, "customer_details": shapes.customer()}
    world.save(charge, intent, session)
    world.tell("charge.succeeded", charge)
    world.tell("payment_intent.succeeded", intent)
    world.tell("checkout.session.completed", session)
    if card.disputed:
        world.later(disputes.OPEN, charge["id"], DISPUTED_AFTER)
    return intent


def _fail(world: World, intent: Json, charge: Json, decline_code: str) -> Json:
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": shapes.payment_error(charge, decline_code),
        "payment_method": None,
    }
    world.save(charge, intent)
    world.tell("charge.failed", charge)
    world.tell("payment_intent.payment_failed", intent)
    return intent


def page_address(world: World, session_id: str) -> str:
    return f"{world.base}/c/pay/{session_id}"


def return_address(session: Json) -> str:
    return str(session["success_url"]).replace(PLACEHOLDER, session["id"])
