"""Allergies in words: one that cannot be read is never left out, for a missing one would look like none."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from records import selectors
from records.models import Allergy

register = template.Library()


@register.filter
def told(allergy: Allergy) -> str:
    """One allergy with its reaction, or that it cannot be read any more."""
    return selectors.allergy_told(allergy)


@register.filter
def any_unreadable(allergies: Iterable[Allergy]) -> bool:
    """Whether one of them cannot be read, so that whoever relies on the list has to ask."""
    return any(selectors.substance_of(one) is None for one in allergies)
