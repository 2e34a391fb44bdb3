"""Paging by position rather than by number: a page deep in 100,000 doctors costs what the first one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from common.keyset import beyond
from doctors.models.people import Doctor

# All four columns, so that the order is the index's own even where the location is empty.
INDEXED = ("location_id", "modality", "next_available_at", "doctor_id")
# Over several places.
SOONEST = ("next_available_at", "doctor_id")
# Of rows with a `rank`, the place's turn.
NEAREST = ("rank", *SOONEST)


_DIGITS = 3


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The doctor at the edge of the page that is open, the turn of their place, and which way to go from there."""

    at: datetime
    doctor_id: UUID
    is_backwards: bool
    rank: int = 0

    @classmethod
    def read(cls, *, after: str = "", before: str = "") -> Cursor | None:
        """From what `SearchPage.after` or `.before` said; None, the first page, for what nobody said."""
        time, _, rest = (before or after).partition("_")
        doctor_id, _, rank = rest.partition("_")
        try:
            at, edge, turn = datetime.fromisoformat(time), UUID(doctor_id), int(rank[:_DIGITS] or 0)
            # The database refuses offsets that Python knows, such as +23:59.
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None
        return cls(at=at, doctor_id=edge, is_backwards=bool(before), rank=turn)


def around(found: QuerySet[Any], cursor: Cursor | None, order: Sequence[str] = INDEXED) -> QuerySet[Any]:
    """From the edge on, in `order`; the other way round for a cursor that goes backwards."""
    if cursor is None:
        return found.order_by(*order)
    edge = Subquery(Doctor.objects.filter(public_id=cursor.doctor_id).values("pk")[:1])
    side, columns = ("lt", [f"-{name}" for name in order]) if cursor.is_backwards else ("gt", list(order))
    within = beyond({"next_available_at": cursor.at, "doctor_id": edge}, is_rising=not cursor.is_backwards)
    if "rank" in order:
        within = Q(**{f"rank__{side}": cursor.rank}) | Q(within, rank=cursor.rank)
    return found.filter(within).order_by(*columns)


def cursor_of(page: Sequence[Any], *, at_end: bool) -> str:
    row = page[-1 if at_end else 0]
    rank = f"_{row.rank}" if hasattr(row, "rank") else ""
    return f"{row.next_available_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}_{row.doctor.public_id}{rank}"
