from __future__ import annotations

from django import template
from django.template import Context

from booking.selectors import Lately, cancellings_lately
from common import clock

register = template.Library()


@register.simple_tag(takes_context=True)
def cancellings_lately_of_mine(context: Context) -> list[Lately]:
    """What the reader has had cancelled lately, with how far it is: the way back to the page that says so."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return cancellings_lately(user, now=clock.now()) if user is not None and user.is_authenticated else []
