from __future__ import annotations

from django import template
from django.template import Context

from notifications.selectors import unread_words

register = template.Library()
_KEPT = "_unread_notices"


@register.simple_tag(takes_context=True)
def unread_notices(context: Context) -> str:
    """How many notices the person has not read, as the bell says it; empty where there is none to say.

    Asked once a request, however many bells a page has.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return ""
    if not hasattr(request, _KEPT):
        setattr(request, _KEPT, unread_words(user))
    words: str = getattr(request, _KEPT)
    return words
