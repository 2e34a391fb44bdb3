"""Where a time is checked and booked: booking's pages, reached by their names."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.urls import reverse


def path_of_choice(*, doctor: str, visit_type: UUID, location: str) -> str:
    """The page where a time is confirmed, for the slugs of doctor and location; `instant` follows it."""
    return f"{reverse('booking:confirm', args=[doctor])}?visit_type={visit_type}&location={location}&start="


def instant(start: datetime) -> str:
    """In UTC with a Z, so that it needs no escaping."""
    return f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
