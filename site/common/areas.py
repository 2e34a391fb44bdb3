"""What a view of the API is about, as tokens and limits speak of it. Which areas there are, `accounts.states` says."""

from __future__ import annotations

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PUBLIC = "public"


def scope_of(view: object, method: str | None) -> str:
    """`area:read` or `area:write`; "" for what is open to everybody. A view that names no area has one of no area."""
    area = getattr(view, "area", "")
    return "" if area == PUBLIC else f"{area}:{'read' if method in SAFE_METHODS else 'write'}"
