"""The banner that an editor puts on every page of ours in an emergency, and that goes by itself.

Not records' "emergency access", which is one doctor's way to one record.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django import template
from django.db import connection
from django.http import HttpRequest
from django.template import Context

from common import clock
from home.models import SiteSettings
from home.navigation import navigation_of

register = template.Library()


class Banner(NamedTuple):
    """`url` and `label` are empty where it leads nowhere."""

    text: str
    url: str
    label: str


@register.simple_tag(takes_context=True)
def site_banner(context: Context, *, needs_settings: bool = True) -> Banner | None:
    """What everybody must know at this instant, if anything; None where a page is rendered without a request.

    A page that `needs_settings` for its footer pays nothing for it, another one statement.
    """
    request: HttpRequest | None = context.get("request")
    if request is None or connection.needs_rollback:
        return None
    now = clock.now()
    settings = SiteSettings.for_request(request) if needs_settings else _settings_alone(request, now)
    if settings is None or not settings.has_banner(now):
        return None
    link = navigation_of(request, context.get("page")).banner
    return Banner(settings.banner_text, link.url if link else "", link.label if link else "")


def _settings_alone(request: HttpRequest, now: datetime) -> SiteSettings | None:
    """Kept for whatever asks for them next. Holds while an installation has one site (`page_path`)."""
    found: SiteSettings | None = SiteSettings.objects.filter(site__is_default_site=True, banner_until__gt=now).first()
    if found is not None:
        setattr(request, SiteSettings.get_cache_attr_name(), found)
    return found
