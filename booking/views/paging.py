"""Between the address of a page that goes by key and what selectors ask."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import QueryDict

from common.inputs import uuid_or_none
from common.keyset import KeyPage


def edges_of(asked: QueryDict) -> dict[str, UUID | None]:
    """`before` and `after`, the appointments at which the page begins or ends."""
    return {name: uuid_or_none(asked.get(name, "")) for name in ("before", "after")}


def steps_of(page: KeyPage[Any], key: str = "public_id") -> dict[str, str]:
    """Where its neighbours are, `later` and `earlier`, for a list whose latest row comes first; empty at the ends."""
    return {
        "later": f"?after={_word(page.rows[0], key)}" if page.has_previous else "",
        "earlier": f"?before={_word(page.rows[-1], key)}" if page.has_next else "",
    }


def _word(row: Any, key: str) -> str:
    at = getattr(row, key)
    return at.isoformat() if isinstance(at, date) else str(at)
