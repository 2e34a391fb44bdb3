"""What an address says, read with patience: a wrong value is as good as none."""

from __future__ import annotations

from datetime import date

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
