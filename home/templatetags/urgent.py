"""Whom to call, above what a search has found, for whoever types what cannot wait."""

from __future__ import annotations

from typing import NamedTuple

from django import template
from django.http import HttpRequest
from django.template import Context

from home.models import SiteSettings
from home.paths import page_path
from home.urgent import is_urgent

register = template.Library()


class UrgentHelp(NamedTuple):
    """`is_sure` where words of an emergency were typed; `href` is the page that says more, "" where there is none."""

    is_sure: bool
    href: str


@register.simple_tag(takes_context=True)
def urgent_help(context: Context, text: str | None, *, always: bool = False) -> UrgentHelp | None:
    """The notice for what was typed; None for other words, unless it shall `always` be there."""
    request: HttpRequest | None = context.get("request")
    settings = SiteSettings.for_request(request) if request else SiteSettings()
    is_sure = is_urgent(text or "", settings.emergency_words.splitlines())
    if not (is_sure or always):
        return None
    page = settings.emergency_page
    return UrgentHelp(is_sure, page_path(page) if page and page.live else "")
