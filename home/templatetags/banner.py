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
from wagtail.models import Page

from common import clock
from home.models import SiteSettings
from home.paths import page_path

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
    settings = SiteSettings.for_request(request) if needs_settings else _settings_alone(now)
    if settings is None or not settings.has_banner(now):
        return None
    label, url = _link(settings)
    return Banner(settings.banner_text, url, label)


def _settings_alone(now: datetime) -> SiteSettings | None:
    """Holds while an installation has one site (`page_path`)."""
    found: SiteSettings | None = SiteSettings.objects.filter(site__is_default_site=True, banner_until__gt=now).first()
    return found


def _link(settings: SiteSettings) -> tuple[str, str]:
    for stored in settings.banner_link.raw_data:
        link = stored["value"]
        page = Page.objects.live().filter(pk=link["page"]).first() if link.get("page") else None
        url = page_path(page) if page else link["address"]
        return (link["label"], url) if url else ("", "")
    return "", ""
