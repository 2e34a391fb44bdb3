"""Public pages kept in Redis for visitors who have not signed in, and thrown away when what they show has changed."""

from __future__ import annotations

import hashlib
import http
import math
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.http import HttpRequest, HttpResponse
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from common import clock
from doctors.models import Doctor, Location, Specialty, VisitType
from home.blocks import changes_in
from home.models import SiteSettings

ALIAS = "redis"
GENERATION = "pages:generation"
# Of a page in parts each part is kept; anything else asked for in the address is somebody's own search.
_KEPT_QUERY = re.compile(r"(page=\d{1,3})?")
# What these hold may be shown on any page, so one change throws all pages away; they change some times a day.
SHOWN: tuple[type[Model], ...] = (
    Doctor,
    VisitType,
    Specialty,
    Location,
    BaseSiteSetting,
    PageViewRestriction,
    get_image_model(),
)
_SHOWN_SETS = (Doctor.specialties.through, Doctor.locations.through)


@dataclass(frozen=True)
class KeptPage:
    """As much of an answer as every visitor is given alike."""

    generation: str
    # The first instant at which it is no longer what a visitor would be shown.
    until: datetime
    body: bytes
    headers: dict[str, str]


class PageCacheMiddleware:
    """Answers visitors with the page that another visitor was answered, for at most `PAGE_CACHE_SECONDS`.

    Kept are whole pages of the page tree alone, as anybody sees them: asked for by GET, without a session and without
    words to search for, answered 200 and without a cookie (a form's token is such a one). Whoever is signed in is
    neither shown nor the source of a kept page. A change of what pages show throws all of them away (`SHOWN`); free
    times, which every booking changes, may be so many seconds old. A page on which a notice or the site's banner comes
    or goes by itself is kept until that instant. With Redis away every page is made anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PAGE_CACHE_SECONDS or not _is_anybodys(request):
            return self.get_response(request)
        cache, key, now = caches[ALIAS], _key(request), clock.now()
        found = cache.get_many([GENERATION, key])
        # Read before the page is made: what changes meanwhile leaves the page with a generation that is over.
        generation, kept = found.get(GENERATION), found.get(key)
        if kept is not None and kept.generation == generation and now < kept.until:
            return HttpResponse(kept.body, headers=kept.headers)
        response = self.get_response(request)
        if _may_be_kept(request, response):
            generation = generation or _new_generation(cache)
            until = _changes_at(request, response, now)
            page = KeptPage(generation, until, response.content, dict(response.headers))
            cache.set(key, page, math.ceil((until - now).total_seconds()))
        return response


def pages_changed(**_: Any) -> None:
    """From the commit on no visitor is shown a page that was made before it."""
    transaction.on_commit(lambda: _new_generation(caches[ALIAS]), robust=True)


def follow_changes() -> None:
    """Calls `pages_changed` when a page is published or moved, and when something that pages show is saved."""
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(pages_changed, dispatch_uid="page_cache")
    for signal in (post_save, post_delete):
        signal.connect(_saved, dispatch_uid="page_cache")
    for through in _SHOWN_SETS:
        m2m_changed.connect(pages_changed, sender=through, dispatch_uid="page_cache")


def _saved(sender: type[Model], signal: Any, **_: Any) -> None:
    # A page's drafts are saved too; what makes it public has signals of its own.
    if issubclass(sender, SHOWN) or (issubclass(sender, Page) and signal is post_delete):
        pages_changed()


def _new_generation(cache: BaseCache) -> str:
    generation = uuid.uuid4().hex
    cache.set(GENERATION, generation, None)
    return generation


def _is_anybodys(request: HttpRequest) -> bool:
    """Whether nothing in the request could make the answer somebody's own, a part of a page, or a change."""
    return (
        request.method == "GET"
        and _KEPT_QUERY.fullmatch(request.META.get("QUERY_STRING", "")) is not None
        and not any(name in request.COOKIES for name in (settings.SESSION_COOKIE_NAME, settings.MESSAGES_COOKIE_NAME))
        and "HX-Request" not in request.headers
        and "Authorization" not in request.headers
    )


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        request.resolver_match is not None
        and request.resolver_match.view_name == "wagtail_serve"
        and response.status_code == http.HTTPStatus.OK
        and not response.streaming
        and not response.cookies
        and "Cache-Control" not in response.headers
    )


def _changes_at(request: HttpRequest, response: HttpResponse, now: datetime) -> datetime:
    """When the page, made at `now`, is to be made anew: in `PAGE_CACHE_SECONDS`, or as its notices say before that."""
    edges = SiteSettings.for_request(request).banner_changes()
    page = (getattr(response, "context_data", None) or {}).get("page")
    if isinstance(page, Page):
        streams = [field.name for field in page._meta.get_fields() if isinstance(field, StreamField)]
        edges += [edge for name in streams for edge in changes_in(getattr(page, name))]
    return min([now + timedelta(seconds=settings.PAGE_CACHE_SECONDS), *(edge for edge in edges if edge > now)])


def _key(request: HttpRequest) -> str:
    # A digest, since an address that is asked for may be somebody's secret link.
    asked = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    # Not "pages:", under which the version before this one kept pages that did not say until when.
    return f"page:{hashlib.sha256(asked.encode()).hexdigest()}"
