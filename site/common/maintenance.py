from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from common.drf.problems import PREFIX, problem_answer
from common.errors import DomainError


class Closed(DomainError):
    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self) -> None:
        super().__init__("closed", "We are closed for a short while. Please come back a little later.")


class MaintenanceMiddleware:
    """Answers every address with one page and 503 while MAINTENANCE_MINUTES says that we are closed for so long.

    It needs no database, no cache and no session, so that all three may be away. Static files are served in front of
    it. Machines are told when to come back, and a payment's news is sent again by Stripe.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.MAINTENANCE_MINUTES:
            raise MiddlewareNotUsed
        self.minutes: int = settings.MAINTENANCE_MINUTES

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PREFIX):
            response = problem_answer(Closed())
        else:
            response = HttpResponse(render_to_string("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = str(self.minutes * 60)
        response["Cache-Control"] = "no-store"
        return response
