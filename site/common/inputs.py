"""What an address or a hidden field says, read with patience: a wrong value is as good as none."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime

from common.clock import EARLIEST, LATEST


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
