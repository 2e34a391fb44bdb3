from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from common.drf.problems import PREFIX, problem_answer
from common.errors import Forbidden
from common.typed import form_too_old


def request_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: to a program a problem, to a person what `common.typed` makes of an old form."""
    if request.path_info.startswith(PREFIX):
        return problem_answer(Forbidden("csrf_failed", "Send what the cookie csrftoken says as X-CSRFToken too."))
    return form_too_old(request, reason)
