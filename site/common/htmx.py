from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.errors import DomainError


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of a page (and not for a whole one by a boosted link or from its history)."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal as a person reads it: a fragment for htmx, a whole page otherwise, with the error's own status."""
    template = "ui/partials/domain_error.html" if is_fragment(request) else "ui/domain_error.html"
    return render(request, template, {"error": error}, status=error.status)


class DomainErrorMiddleware:
    """Answers a `DomainError` that a view let through, so that a refusal is never a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return render_error(request, exception) if isinstance(exception, DomainError) else None
