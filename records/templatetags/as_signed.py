"""Which rows of a list are not as they were signed: asked where they are drawn, so that no page forgets to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import template

from records import selectors

register = template.Library()


@register.simple_tag
def altered_among(rows: Iterable[Any]) -> frozenset[UUID]:
    """Of notes and prescriptions, or of what has one as its `thing`; drafts and documents are passed over."""
    return selectors.altered_among(getattr(one, "thing", one) for one in rows)
