"""The log as a file: in pieces, so that it never stands in memory as a whole."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC

from django.db.models import QuerySet

from audit.models import Event
from audit.selectors import Told, older_than, told
from common.spreadsheets import plain_cell

EXPORTED_AT_MOST = 100_000
_PIECE = 2_000
HEADINGS = (
    "event", "time (UTC)", "who", "who (id)", "on behalf of", "on behalf of (id)", "action", "code", "object",
    "object (id)", "patient (id)", "detail", "address", "request",
)  # fmt: skip


class _Line:
    """What the csv module writes to, and has back at once."""

    def write(self, text: str) -> str:
        return text


def csv_lines(events: QuerySet[Event]) -> Iterator[str]:
    """The newest `EXPORTED_AT_MOST` of the events, which come newest first, as lines of a CSV file with headings."""
    writer = csv.writer(_Line())
    yield writer.writerow(HEADINGS)
    last: int | None = None
    for _ in range(EXPORTED_AT_MOST // _PIECE):
        piece = told((older_than(events, last) if last else events)[:_PIECE], with_addresses=True)
        for one in piece:
            yield writer.writerow([plain_cell(cell) for cell in _cells(one)])
        if len(piece) < _PIECE:
            return
        last = piece[-1].event.pk


def _cells(one: Told) -> tuple[object, ...]:
    event = one.event
    return (
        event.pk,
        event.occurred_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        one.who,
        event.actor_id or "",
        one.helped,
        event.on_behalf_of_id or "",
        one.what,
        event.action,
        event.object_type,
        event.object_id,
        event.patient_id or "",
        one.detail,
        event.address or "",
        event.request_id,
    )
