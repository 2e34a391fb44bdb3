from __future__ import annotations

from typing import Any

from django import template

from accounts.models import User
from common import clock
from records.models import BreakGlass
from records.selectors import glasses_open_of

register = template.Library()


@register.simple_tag
def open_in_an_emergency(user: Any) -> list[BreakGlass]:
    """The records that a person has opened and may still read; it asks nothing for whoever has opened none."""
    if not isinstance(user, User):
        return []
    until = user.emergency_until
    return list(glasses_open_of(user)) if until is not None and until > clock.now() else []


@register.filter
def minutes_left(glass: BreakGlass) -> int:
    """How long it is still open, in whole minutes begun."""
    return max(1, -(-int((glass.expires_at - clock.now()).total_seconds()) // 60))
