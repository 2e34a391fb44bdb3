"""Pages of a list by key and not by number: one that lies deep in a million rows costs what the first one does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, Q, QuerySet

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=Model)
FoundT_co = TypeVar("FoundT_co", bound=Model, covariant=True)
_ESTIMATE = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass"


def beyond(edge: Mapping[str, Any], *, is_rising: bool) -> Q:
    """The rows that come behind an edge: what it is sorted by, then the key that settles a tie, both one way.

    Said twice, because an index answers only the plain half.
    """
    (column, value), (key, settles) = edge.items()
    side = "gt" if is_rising else "lt"
    return Q(Q(**{f"{column}__{side}": value}) | Q(**{f"{key}__{side}": settles}), **{f"{column}__{side}e": value})


@dataclass(frozen=True, kw_only=True)
class KeyPage(Generic[T]):
    """The rows of a page in the order of the list, and whether there are others on its two sides.

    With `has_unknown_edge` nobody may see the row that it was to begin or end at: this is the first page instead.
    """

    rows: list[T]
    has_previous: bool
    has_next: bool
    has_unknown_edge: bool = False


def key_page(found: Iterable[T], size: int, *, has_edge: bool = False, is_backwards: bool = False) -> KeyPage[T]:
    """A page from `size + 1` rows, the nearest to its edge first.

    Without an edge they are the first of the list. Backwards they come the other way round.
    """
    rows = list(islice(found, size + 1))
    page, is_more = rows[:size], len(rows) > size
    if is_backwards:
        return KeyPage(rows=page[::-1], has_previous=is_more, has_next=bool(page))
    return KeyPage(rows=page, has_previous=has_edge and bool(page), has_next=is_more)


class RowsFound(Protocol[FoundT_co]):
    """A selector that puts what is asked of it into each arm of what somebody may see."""

    def __call__(self, *, filters: Q, order_by: tuple[str, ...], limit: int) -> QuerySet[FoundT_co]: ...


def latest_first(
    rows_found: RowsFound[ModelT], wanted: Q, column: str, *, size: int, before: UUID | None, after: UUID | None
) -> KeyPage[ModelT]:
    """A page of the rows that are `wanted`, the latest by `column` first.

    It begins behind the row whose public id is `before`, or ends at `after`: one that they may see, though it need not
    be `wanted` (any more), so that whoever goes through a list is not lost where one of its rows changes. Any other id
    names no page, which is the first one then: where somebody else's row comes in time says when it is.
    """
    edge_id = after or before
    edge = None
    if edge_id:
        found = rows_found(
            filters=Q(public_id=edge_id, **{f"{column}__isnull": False}), order_by=(column, "pk"), limit=1
        )
        edge = found.values(column, "pk").first()
    is_backwards = edge is not None and after is not None
    order = (column, "pk") if is_backwards else (f"-{column}", "-pk")
    rows = rows_found(
        filters=wanted & beyond(edge, is_rising=is_backwards) if edge else wanted, order_by=order, limit=size + 1
    )
    page = key_page(rows, size, has_edge=edge is not None, is_backwards=is_backwards)
    return replace(page, has_unknown_edge=edge_id is not None and edge is None)


def estimated_rows(model: type[Model]) -> int:
    """About how many rows a table has, as the database keeps count: no walk over all of them."""
    with connection.cursor() as cursor:
        cursor.execute(_ESTIMATE, [model._meta.db_table])
        return int(cursor.fetchone()[0])
