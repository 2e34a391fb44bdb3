"""What is answered where no view could: to programs a problem, to people a page."""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from common import htmx
from common.drf.problems import PREFIX, problem_answer
from common.errors import DomainError, Unavailable


class Fault(DomainError):
    """A mistake of ours, of which the log knows more."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self) -> None:
        super().__init__("fault", "Something went wrong on our side. We have noted it.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    if not request.path_info.startswith(PREFIX):
        return htmx.server_error(request)
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return problem_answer(Unavailable() if is_away else Fault())


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    """Django's handler400: what is refused before anybody looks at what it asks for."""
    if not request.path_info.startswith(PREFIX):
        return defaults.bad_request(request, exception)
    return problem_answer(DomainError("bad_request", "This is no request that we can read."))
