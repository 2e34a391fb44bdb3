"""What goes wrong on command with what we are asked: each fault meets the next requests that fit it, so many times."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from integrations.stripe.simulator.api import Question


class Kind(StrEnum):
    DOWN = "down"
    """The connection ends; nothing was done."""
    BUSY = "busy"
    """429; nothing was done."""
    IN_USE = "in_use"
    """409: another request with this key is still being dealt with; nothing was done by this one."""
    ERROR_BEFORE = "error_before"
    """500; nothing was done, and the key is free for another try."""
    ERROR_AFTER = "error_after"
    """500; it was done, and the key gives the same 500 ever after (Stripe's rule)."""
    LOST = "lost"
    """It was done, and the connection ends without an answer; the key gives the answer."""
    SLOW = "slow"
    """It was done, and the answer comes too late: when the other side has given up."""


@dataclass
class Fault:
    kind: Kind
    path: str = "/v1/"
    """How the path of the request begins."""
    method: str = "POST"
    """Empty: any."""
    times: int = 1

    def meets(self, question: Question) -> bool:
        fits_method = not self.method or question.method == self.method
        return self.times > 0 and fits_method and question.path.startswith(self.path)


@dataclass
class Faults:
    """The first that fits is the one that strikes."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def strike(self, question: Question) -> Kind | None:
        for fault in self.waiting:
            if fault.meets(question):
                fault.times -= 1
                return fault.kind
        return None

    def clear(self) -> None:
        self.waiting.clear()
