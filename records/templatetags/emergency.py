from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template

from accounts.models import User
from common import clock
from records.models import BreakGlass
from records.selectors import glasses_open_of

register = template.Library()
# Far more than the clocks of two machines lie apart.
_WORTH_ASKING = timedelta(days=1)


@register.simple_tag
def open_in_an_emergency(user: Any) -> list[BreakGlass]:
    """The records that a person has opened and may still read, by the database's clock.

    It asks nothing for whoever has opened none for a day.
    """
    until = user.emergency_until if isinstance(user, User) else None
    return list(glasses_open_of(user)) if until is not None and until > clock.now() - _WORTH_ASKING else []


@register.filter
def minutes_left(glass: BreakGlass) -> int:
    """How long it is still open, in whole minutes begun."""
    left: timedelta = glass.left  # type: ignore[attr-defined]
    return max(1, -(-int(left.total_seconds()) // 60))
