from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common.drf.problems import PREFIX, problem_answer
from common.errors import TooLarge
from common.htmx import render_error

# Nginx refuses such a body itself, and passes the request on without it for the page that says so.
REFUSED_HEADER = "X-Body-Refused"


class BodyLimitMiddleware:
    """Answers 413 to a request that announces more than REQUEST_MAX_BYTES, before a byte of its body is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if announced_length(request) <= settings.REQUEST_MAX_BYTES and REFUSED_HEADER not in request.headers:
            return self.get_response(request)
        error = TooLarge()
        if request.path_info.startswith(PREFIX):
            return problem_answer(error)
        return render_error(request, error)


def announced_length(request: HttpRequest) -> int:
    """Without a length, or with none that is a number, Django reads no body at all."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
