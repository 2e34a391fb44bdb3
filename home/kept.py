"""The rows that one answer has read ahead, for the blocks and texts that are drawn of them.

Wagtail draws a link within a text by its key alone: it knows neither the page nor the request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

from django.db.models import Model

# By model and key; None where there is no such row.
Rows: TypeAlias = dict[type[Model], dict[Any, Any]]
_rows: ContextVar[Rows | None] = ContextVar("rows_of_this_answer", default=None)


@contextmanager
def rows_for_one_answer() -> Iterator[None]:
    """Within: what `keep_rows` is given is kept, and nothing of it afterwards."""
    token = _rows.set({})
    try:
        yield
    finally:
        _rows.reset(token)


def keep_rows(model: type[Model], rows: Mapping[Any, Any]) -> None:
    """Outside an answer nothing is kept, since nobody would throw it away."""
    known = _rows.get()
    if known is not None:
        known.setdefault(model, {}).update(rows)


def rows_kept(model: type[Model], keys: Sequence[Any]) -> list[Any] | None:
    """Those rows in this order, None for each that there is not; None altogether unless all were asked for before."""
    known = (_rows.get() or {}).get(model, {})
    is_known = all(key is None or key in known for key in keys)
    return [known.get(key) for key in keys] if is_known else None
