"""The timeline of an object, for the pages that show it to those who may see it."""

from __future__ import annotations

from django import template
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from audit.selectors import timeline_of

register = template.Library()


@register.simple_tag
def event_timeline(obj: Model, look: str = "page") -> SafeString:
    """What happened to an object, newest first, in words; `look` is "page" for our pages, "admin" for Wagtail's.

    The page asks who may see it, and writes the heading above it.
    """
    return render_to_string(f"audit/timeline_{look}.html", {"timeline": timeline_of(obj)})
