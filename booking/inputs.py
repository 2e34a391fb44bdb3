"""What an address says, read with patience: a wrong value is as good as none."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils.dateparse import parse_datetime

from common.clock import EARLIEST, LATEST


def day_or(text: str | None, otherwise: date) -> date:
    return day_or_none(text) or otherwise


def day_or_none(text: str | None) -> date | None:
    """The day that an ISO date names."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def instant_or_none(text: str) -> datetime | None:
    """In UTC, and aware only: an instant without a zone could be two times."""
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    if instant is None or instant.tzinfo is None:
        return None
    # The database refuses offsets that Python knows, such as +23:59.
    return instant.astimezone(UTC) if EARLIEST <= instant.date() <= LATEST else None
