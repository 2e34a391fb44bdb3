"""The whole simulator, as a test or its own server holds it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from integrations.stripe.addresses import SIMULATOR_KEY
from integrations.stripe.simulator import api, checkout, disputes, refunds
from integrations.stripe.simulator.api import Answer, Question
from integrations.stripe.simulator.deliveries import Deliveries, Send
from integrations.stripe.simulator.faults import Faults, Kind
from integrations.stripe.simulator.problems import ApiProblem, Json, missing, server_error
from integrations.stripe.simulator.store import Store
from integrations.stripe.simulator.world import World


def new_key() -> str:
    return SIMULATOR_KEY + secrets.token_hex(12)


def new_secret() -> str:
    return f"whsec_{secrets.token_hex(16)}"


@dataclass(frozen=True)
class Reply:
    """What goes back to whoever asked: an answer, and whether it arrives."""

    answer: Answer | None
    """None: the connection ends."""
    held: bool = False
    """Whether it waits until the other side has given up."""


class Simulator:
    """State, faults and deliveries. Its methods may be called from any thread.

    What people and banks do: `pay`, `open_dispute`, `close_dispute`, `refund_in_dashboard`, `fail_refund`,
    `settle_refund`, `advance`. Where nobody listens (`listen`), events wait until `deliver` hands them over.
    """

    def __init__(
        self,
        *,
        key: str = "",
        secret: str = "",
        data: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key, self.secret = key or new_key(), secret or new_secret()
        self.world = World(Store(data), clock=clock)
        self.deliveries = Deliveries(self.world, self.secret)
        self.faults = Faults()
        self.world.told = self._told
        self._listeners: list[Callable[[], None]] = []

    @property
    def base(self) -> str:
        """The address of the API, and of the page to pay on."""
        return self.world.base

    def stands_at(self, base: str) -> None:
        """Our address from now on; yesterday's open sessions are found there too."""
        with self.world.lock:
            self.world.base = base
            for session in self.world.store.all("checkout.session"):
                if session["url"]:
                    session["url"] = checkout.page_address(self.world, session["id"])
                    self.world.save(session)
            self.world.store.save()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever there is something to be told; it must not wait."""
        self._listeners.append(listener)

    def _told(self, event: Json) -> None:
        self.deliveries.add(event)
        for listener in self._listeners:
            listener()

    def ask(self, question: Question) -> Reply:
        with self.world.lock:
            self.tick()
            kind = self.faults.strike(question)
            if kind == Kind.DOWN:
                return Reply(None)
            if kind in _REFUSALS:
                return Reply(_REFUSALS[kind])
            given = api.answer(self.world, question, key=self.key, fails_afterwards=kind == Kind.ERROR_AFTER)
            self.world.store.save()
            return Reply(None if kind == Kind.LOST else given, held=kind == Kind.SLOW)

    def tick(self) -> None:
        """Do whatever time has brought."""
        with self.world.lock:
            checkout.end_overdue(self.world)
            disputes.give_up_overdue(self.world)
            for what, identity in self.world.due():
                _BY_ITSELF[what](self.world, identity)
            self.world.store.save()

    def advance(self, seconds: float) -> None:
        """Put the simulator's clock forward."""
        with self.world.lock:
            self.world.ahead += seconds
            self.tick()

    # What people do on the page, officers in Stripe's dashboard, and banks.

    def pay(self, session_id: str, card: str = "pays") -> Json:
        """Try to pay a session with one of `cards.CARDS`; the intent as it is afterwards."""
        return self._do(lambda world: checkout.pay(world, session_id, card))

    def refuse_at_bank(self, session_id: str) -> Json:
        return self._do(lambda world: checkout.refuse_at_bank(world, session_id))

    def expire(self, session_id: str) -> Json:
        return self._do(lambda world: checkout.expire(world, session_id, {}))

    def open_dispute(
        self,
        charge_or_intent: str,
        reason: str = "fraudulent",
        *,
        inquiry: bool = False,
        amount: int | None = None,
    ) -> Json:
        def do(world: World) -> Json:
            charge_id = self._charge_id(charge_or_intent)
            return disputes.open_dispute(world, charge_id, reason, inquiry=inquiry, amount=amount)

        return self._do(do)

    def close_dispute(self, dispute_id: str, *, won: bool) -> Json:
        return self._do(lambda world: disputes.close(world, dispute_id, won=won))

    def refund_in_dashboard(self, charge_or_intent: str, amount: int | None = None) -> Json:
        """A refund that our own site knows nothing of; all that is left unless an amount is given."""

        def do(world: World) -> Json:
            asked = {"charge": self._charge_id(charge_or_intent), "reason": "requested_by_customer"}
            return refunds.create(world, asked if amount is None else {**asked, "amount": amount})

        return self._do(do)

    def settle_refund(self, refund_id: str) -> Json:
        return self._do(lambda world: refunds.settle(world, refund_id))

    def fail_refund(self, refund_id: str, reason: str = "lost_or_stolen_card") -> Json:
        return self._do(lambda world: refunds.fail(world, refund_id, reason))

    def stray_payment(
        self, amount: int = 4500, currency: str = "gbp", metadata: Mapping[str, str] | None = None
    ) -> Json:
        """A payment through our account that our site did not ask for: the intent."""

        def do(world: World) -> Json:
            asked = _stray(amount, currency, dict(metadata or {}), world.now() + checkout.LONGEST)
            return checkout.pay(world, checkout.create(world, asked)["id"])

        return self._do(do)

    def change(self, kind: str, identity: str, **fields: Any) -> Json:
        """Make an object say something that does not add up, such as another amount. No event tells of it."""

        def do(world: World) -> Json:
            found = world.find(kind, identity)
            if unknown := fields.keys() - found.keys():
                raise KeyError(*unknown)
            found |= fields
            world.save(found)
            return found

        return self._do(do)

    def find(self, kind: str, identity: str) -> Json:
        with self.world.lock:
            return self.world.find(kind, identity)

    def all(self, kind: str) -> list[Json]:
        """The oldest first."""
        with self.world.lock:
            return self.world.store.all(kind)

    def balance(self) -> int:
        with self.world.lock:
            return self.world.balance()

    def _do(self, work: Callable[[World], Json]) -> Json:
        with self.world.lock:
            self.world.request = None
            done = work(self.world)
            self.world.store.save()
            return done

    def _charge_id(self, charge_or_intent: str) -> str:
        if not charge_or_intent.startswith("pi_"):
            return charge_or_intent
        charge = self.world.find("payment_intent", charge_or_intent)["latest_charge"]
        if charge is None:
            raise missing("charge", charge_or_intent)
        return str(charge)

    # Telling our site.

    def deliver(self, send: Send) -> list[int]:
        """Hand over what is due, once each; the statuses of the answers. What was refused is due again later."""
        return [self.deliver_one(delivery, send) for delivery in self._due()]

    def deliver_one(self, delivery: Json, send: Send) -> int:
        with self.world.lock:
            payload, header = self.deliveries.signed(delivery)
        status = send(payload, header)
        with self.world.lock:
            self.deliveries.settle(delivery, status)
            self.world.store.save()
        return status

    def _due(self) -> list[Json]:
        with self.world.lock:
            self.tick()
            return self.deliveries.due()

    def hold(self) -> None:
        """Tell nothing until `release`."""
        self.deliveries.held = True

    def release(self, *, reverse: bool = False) -> None:
        with self.world.lock:
            if reverse:
                self.deliveries.reverse()
            self.deliveries.held = False
        for listener in self._listeners:
            listener()

    def close(self) -> None:
        with self.world.lock:
            self.world.store.close()


_BY_ITSELF: dict[str, Callable[[World, str], Json]] = {
    disputes.OPEN: disputes.open_dispute,
    refunds.SETTLE: refunds.settle,
    refunds.FAIL: refunds.fail,
}


_REFUSALS = {
    Kind.ERROR_BEFORE: Answer(HTTPStatus.INTERNAL_SERVER_ERROR, server_error().body),
    Kind.BUSY: Answer(
        HTTPStatus.TOO_MANY_REQUESTS,
        ApiProblem("Too many requests", code="rate_limit").body,
        {"Stripe-Should-Retry": "false"},
    ),
    Kind.IN_USE: Answer(
        HTTPStatus.CONFLICT,
        ApiProblem("Another request with this key is going on.", code="idempotency_key_in_use").body,
    ),
}


def _stray(amount: int, currency: str, metadata: dict[str, str], expires_at: int) -> Json:
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Something else"}}
    return {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": "https://elsewhere.example/",
        "expires_at": expires_at,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
    }
