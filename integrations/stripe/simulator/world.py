"""What every part of the simulator shares: the objects, the clock, and the events that tell of them."""

from __future__ import annotations

import copy
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock

from integrations.stripe.addresses import API_VERSION
from integrations.stripe.simulator import shapes
from integrations.stripe.simulator.problems import Json, missing
from integrations.stripe.simulator.store import Store

PREFIXES = {
    "checkout.session": "cs_test_",
    "payment_intent": "pi_",
    "charge": "ch_",
    "refund": "re_",
    "dispute": "dp_",
    "balance_transaction": "txn_",
    "event": "evt_",
    "payment_method": "pm_",
    "item": "li_",
    "request": "req_",
}


@dataclass
class World:
    """`told` is called with each new event."""

    store: Store
    clock: Callable[[], float] = time.time
    base: str = ""
    """Where people reach us, for the address of a session's page."""
    told: Callable[[Json], None] = lambda _event: None
    lock: RLock = field(default_factory=RLock)
    request: Json | None = None
    """The request that is dealt with, as its events name it; None where Stripe itself does something."""
    ahead: float = 0
    """By how much our clock has been put forward."""

    def now(self) -> int:
        return int(self.clock() + self.ahead)

    def new_id(self, kind: str) -> str:
        return PREFIXES[kind] + secrets.token_hex(12)

    def find(self, kind: str, identity: str, parameter: str = "id") -> Json:
        found = self.store.get(kind, identity)
        if found is None:
            raise missing(kind, identity, parameter)
        return found

    def save(self, *objects: Json) -> None:
        for one in objects:
            self.store.put(one["object"], one["id"], one)

    def tell(self, kind: str, about: Json) -> None:
        """An event: how the object is at this moment."""
        event = shapes.event(
            self.new_id("event"),
            kind,
            copy.deepcopy(about),
            now=self.now(),
            version=API_VERSION,
            request=self.request,
        )
        self.save(event)
        self.told(event)

    def book(self, source: Json, amount: int, kind: str) -> Json:
        """Add to the balance."""
        booked = shapes.transaction(
            self.new_id("balance_transaction"),
            now=self.now(),
            amount=amount,
            currency=source["currency"],
            kind=kind,
            source=source["id"],
        )
        self.save(booked)
        return booked

    def balance(self) -> int:
        """What would be paid out, in minor units: every penny taken less every penny given back."""
        return sum(one["net"] for one in self.store.all("balance_transaction"))

    # What is to happen by itself, some time later.

    def later(self, what: str, identity: str, seconds: float) -> None:
        at = self.now() + seconds
        self.store.put("later", f"{what} {identity}", {"what": what, "id": identity, "at": at})

    def due(self) -> list[tuple[str, str]]:
        """What is to happen now, the earliest first; it is handed out once."""
        found = [one for one in self.store.all("later") if one["at"] <= self.now()]
        for one in found:
            self.store.drop("later", f"{one['what']} {one['id']}")
        return [(one["what"], one["id"]) for one in sorted(found, key=lambda one: one["at"])]
