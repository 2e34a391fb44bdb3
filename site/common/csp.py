from __future__ import annotations

from collections.abc import Callable

from csp.constants import UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

ADMIN_PATHS = ("/admin/", "/django-admin/")


class AdminCSPMiddleware:
    """Lets the admin's own pages run inline scripts, which Wagtail 8 needs; every other page keeps the strict policy.

    It stands behind `CSPMiddleware` in the list, so its answer passes through that one afterwards, which reads the
    attribute that django-csp's own `@csp_update` sets.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(ADMIN_PATHS):
            response._csp_update = {"script-src": [UNSAFE_INLINE]}  # type: ignore[attr-defined]  # noqa: SLF001
        return response
