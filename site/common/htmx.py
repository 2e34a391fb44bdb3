"""Refusals as people read them, on a page or in the part of it that htmx swaps."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from urllib.parse import urldefrag, urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults

from common.errors import DomainError, Unavailable

logger = logging.getLogger(__name__)
DESK = "/admin/"


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of a page (and not for a whole one by a boosted link or from its history)."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_around(request: HttpRequest) -> str:
    """Path and query of the page whose part htmx asks for; empty where it does not say, or names another host."""
    return urldefrag(getattr(request, "htmx").current_url_abs_path or "").url  # noqa: B009


def render_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal as a person reads it: a fragment for htmx, a whole page otherwise, with the error's own status."""
    if is_fragment(request):
        template = "ui/partials/domain_error.html"
    else:
        template = "ui/domain_error_admin.html" if _is_at_a_desk(request, error) else "ui/domain_error.html"
    response = render(request, template, {"error": error, "back": _back(request)}, status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _is_at_a_desk(request: HttpRequest, error: DomainError) -> bool:
    """Whether the admin's own page can say it: to whom the admin is open, and while there is a database to draw it."""
    user = getattr(request, "user", None)
    is_up = not isinstance(error, Unavailable)
    return is_up and request.path.startswith(DESK) and user is not None and user.has_perm("wagtailadmin.access_admin")


def _back(request: HttpRequest) -> str:
    """The page of ours that somebody came from; "" where that is not told, or is this address itself."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    path = urlsplit(came_from).path
    return path if path != request.path else ""


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. A database that gave up before a view was reached is 503 too, on a page that needs none."""
    response = defaults.server_error(request)
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response.status_code = Unavailable.status
        response["Retry-After"] = str(Unavailable.retry_after)
    return response


class DomainErrorMiddleware:
    """Answers a `DomainError` that a view let through, so that a refusal is never a 500.

    A database that is away, restarting or too busy is answered with 503 and when to come back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            logger.error("The database did not answer", exc_info=exception)
            return render_error(request, Unavailable())
        return render_error(request, exception) if isinstance(exception, DomainError) else None
