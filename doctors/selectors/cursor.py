"""Paging by position rather than by number: a page deep in 100,000 doctors costs what the first one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from doctors.models.people import Doctor, Listing

_FORWARDS = ("location_id", "modality", "next_available_at", "doctor_id")
# All four columns, so that the order is the index's own even where the location is empty.
_BACKWARDS = tuple(f"-{name}" for name in _FORWARDS)


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The doctor at the edge of the page that is open, and which way to go from there."""

    at: datetime
    doctor_id: UUID
    is_backwards: bool

    @classmethod
    def read(cls, *, after: str = "", before: str = "") -> Cursor | None:
        """From what `SearchPage.after` or `.before` said; None, the first page, for what nobody said."""
        time, _, doctor_id = (before or after).partition("_")
        try:
            at, edge = datetime.fromisoformat(time), UUID(doctor_id)
            # The database refuses offsets that Python knows, such as +23:59.
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None
        return cls(at=at, doctor_id=edge, is_backwards=bool(before))


def around(found: QuerySet[Any], cursor: Cursor | None) -> QuerySet[Any]:
    if cursor is None:
        return found.order_by(*_FORWARDS)
    edge = Subquery(Doctor.objects.filter(public_id=cursor.doctor_id).values("pk")[:1])
    if cursor.is_backwards:
        beyond = Q(next_available_at__lt=cursor.at) | Q(doctor_id__lt=edge)
        return found.filter(beyond, next_available_at__lte=cursor.at).order_by(*_BACKWARDS)
    beyond = Q(next_available_at__gt=cursor.at) | Q(doctor_id__gt=edge)
    return found.filter(beyond, next_available_at__gte=cursor.at).order_by(*_FORWARDS)


def in_order(rows: Sequence[Any], cursor: Cursor | None) -> list[Any]:
    return list(reversed(rows)) if cursor is not None and cursor.is_backwards else list(rows)


def cursor_of(page: Sequence[Listing], *, at_end: bool) -> str:
    row = page[-1 if at_end else 0]
    return f"{row.next_available_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}_{row.doctor.public_id}"
