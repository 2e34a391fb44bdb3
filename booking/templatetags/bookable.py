from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template

register = template.Library()


@register.filter
def iso_instant(instant: datetime) -> str:
    """An instant for an address: UTC with a Z, so that it needs no escaping."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds at a key that only the template knows."""
    return mapping.get(key)
