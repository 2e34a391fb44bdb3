"""Telling our own site of events: signed, again and again until it says 2xx, and wrongly where a test wants it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus

from integrations.stripe.simulator.problems import Json
from integrations.stripe.simulator.world import World

KIND = "delivery"
LONGEST_WAIT = 300
GIVES_UP_AFTER = 3 * 24 * 60 * 60
WRONG_SECRET = "whsec_somebody-elses-secret"  # noqa: S105 — wrong on purpose

Send = Callable[[bytes, str], int]
"""Hand over a body and its signature; the status of the answer, or 0 where there was none."""


class Kind(StrEnum):
    DROP = "drop"
    """Never told, though Stripe's list of events has it."""
    DUPLICATE = "duplicate"
    """Told twice."""
    WRONG_SECRET = "wrong_secret"  # noqa: S105
    """Signed by somebody else."""
    DELAY = "delay"
    """Told `seconds` later."""


@dataclass
class Rule:
    """What is done to the next `times` events whose type begins with `types`."""

    kind: Kind
    types: str = ""
    times: int = 1
    seconds: float = 0
    every: int = 1
    """Of those that fit, every so many-th alone."""
    seen: int = 0

    def meets(self, kind: str) -> bool:
        if self.times < 1 or not kind.startswith(self.types):
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        self.times -= 1
        return True


def signature(payload: bytes, secret: str, at: int) -> str:
    """The header Stripe-Signature."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + payload, sha256).hexdigest()
    return f"t={at},v1={digest}"


@dataclass
class Deliveries:
    world: World
    secret: str
    rules: list[Rule] = field(default_factory=list)
    held: bool = False
    """While it is set nothing is told; it is kept."""

    def add(self, event: Json) -> None:
        """To be told, as the rules say."""
        struck = [rule for rule in self.rules if rule.meets(event["type"])]
        kinds = {rule.kind for rule in struck}
        if Kind.DROP in kinds:
            return
        at = self.world.now() + sum(rule.seconds for rule in struck if rule.kind == Kind.DELAY)
        wrong = Kind.WRONG_SECRET in kinds
        for number in range(2 if Kind.DUPLICATE in kinds else 1):
            identity = f"{event['id']} {number}"
            delivery = {"id": identity, "event": event["id"], "at": at, "attempts": 0, "wrong": wrong}
            self.world.store.put(KIND, identity, delivery)

    def waiting(self) -> list[Json]:
        """What has not been told yet, in the order in which it happened."""
        return self.world.store.all(KIND)

    def due(self) -> list[Json]:
        if self.held:
            return []
        return sorted(
            (one for one in self.waiting() if one["at"] <= self.world.now()), key=lambda one: float(one["at"])
        )

    def signed(self, delivery: Json) -> tuple[bytes, str]:
        """The body and its header, signed now."""
        payload = json.dumps(self.world.find("event", delivery["event"])).encode()
        # By the true clock: however far ours was put forward, a delivery is of this moment.
        return payload, signature(payload, WRONG_SECRET if delivery["wrong"] else self.secret, int(self.world.clock()))

    def settle(self, delivery: Json, status: int) -> None:
        """Done where the site said 2xx; else once more, later each time."""
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            self.world.store.drop(KIND, delivery["id"])
            self.world.find("event", delivery["event"])["pending_webhooks"] = 0
            return
        age = self.world.now() - self.world.find("event", delivery["event"])["created"]
        if age > GIVES_UP_AFTER:
            self.world.store.drop(KIND, delivery["id"])
            return
        delivery["attempts"] += 1
        delivery["at"] = self.world.now() + min(2 ** delivery["attempts"], LONGEST_WAIT)
        self.world.store.put(KIND, delivery["id"], delivery)

    def reverse(self) -> None:
        """Tell what waits in the opposite order."""
        for delivery in reversed(self.waiting()):
            self.world.store.drop(KIND, delivery["id"])
            self.world.store.put(KIND, delivery["id"], delivery)
