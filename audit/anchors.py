"""One line that names the end of the chain, to be kept where nobody who can change the database can change it.

`Audit anchor 12 48210 9f3c… 2026-11-22T21:59:00+00:00`: the seal's sequence, how many events are sealed up to it, its
digest, and when it was made. What cuts the chain's end off, or makes it anew from some row on, leaves a chain that is
whole; only a line kept elsewhere tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from audit.models import Seal

# What the worker logs of each seal (`Audit seal 12:9f3c…`) is an anchor too: one without a count.
_LINE = re.compile(r"\b(?P<sequence>[0-9]{1,18})(?::| (?P<count>[0-9]{1,18}) )(?P<digest>[0-9a-f]{64})\b")


@dataclass(frozen=True)
class Anchor:
    """A seal as it was; `count` is how many events were sealed up to it, None where that was not kept."""

    sequence: int
    digest: str
    count: int | None = None


def line_of(seal: Seal, *, count: int) -> str:
    """The line that `anchors_in` finds again; `count` is of the events sealed up to this seal."""
    made = seal.sealed_at.astimezone(UTC).isoformat(timespec="seconds")
    return f"Audit anchor {seal.sequence} {count} {seal.digest} {made}"


def anchors_in(text: str) -> Iterator[Anchor]:
    """The anchors in lines of a log or of a file, whatever stands around them."""
    for found in _LINE.finditer(text):
        count = found["count"]
        yield Anchor(int(found["sequence"]), found["digest"], int(count) if count else None)
