"""What a signature rests on: one spelling of what was signed, and its digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def canonical(value: Any) -> str:
    """One spelling of a JSON value: keys sorted, no spaces, every letter as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(facts: Mapping[str, Any]) -> str:
    return sha256(canonical(facts).encode()).hexdigest()
