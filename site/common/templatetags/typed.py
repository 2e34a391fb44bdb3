"""For forms whose words are kept where they come too late (`common.typed`)."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.typed import MADE_FOR, mark_of

register = template.Library()


@register.simple_tag(takes_context=True)
def made_for(context: dict[str, Any]) -> SafeString:
    """The hidden field that says for whom the form was made."""
    request = context["request"]
    return format_html('<input type="hidden" name="{}" value="{}">', MADE_FOR, mark_of(request.user, request.path))
