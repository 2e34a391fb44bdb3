"""How an address finds its page, whatever language it is written in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls.resolvers import LocalePrefixPattern
from wagtail.models import Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtails_serve

from home.models import HomePage, SiteSettings
from home.models.pages import route_below
from home.paths import addressed_language, home_slug, page_path
from home.translations import is_public


class LanguagePrefix(LocalePrefixPattern):
    """As Django's, but what is asked for tells its language: Django's own compares it with the one that is spoken."""

    def __init__(self) -> None:
        super().__init__(prefix_default_language=False)

    def match(self, path: str) -> tuple[str, tuple[()], dict[str, Any]] | None:
        language = addressed_language(f"/{path}")
        if path == language:
            return None  # so that Django adds the slash, as to every other address
        return path if language == settings.LANGUAGE_CODE else path.removeprefix(f"{language}/"), (), {}


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's own, told beforehand where to look: by itself it asks for the language's row on every page."""
    request._wagtail_route_for_request = _route(request, path)  # type: ignore[attr-defined]  # noqa: SLF001 - as it documents
    response: HttpResponse = wagtails_serve(request, path)
    return response


def _route(request: HttpRequest, path: str) -> RouteResult | None:
    """From the home page of the language that the address begins with; None where there is no live page."""
    SiteSettings.know_site(request)
    site, language = Site.find_for_request(request), addressed_language(request.path_info)
    if site is None:
        return None
    home = site.root_page.url_path if language == settings.LANGUAGE_CODE else f"/{home_slug(language)}/"
    parts = [part for part in path.split("/") if part]
    try:
        found = route_below(home, request, parts) if parts else _home(home).route(request, [])
    except Http404:
        return None
    first = (getattr(found.page, "above", None) or [found.page])[0]
    # Where the clinic's name at the top leads: home in the reader's language, once that is published.
    is_home = first.url_path == home and first.live
    request.site_home = page_path(first) if is_home else "/"  # type: ignore[attr-defined]
    return found


def _home(url_path: str) -> HomePage:
    rows = HomePage.objects.select_related(*HomePage.shown_with).annotate(is_public=is_public())
    return get_object_or_404(rows, url_path=url_path)
