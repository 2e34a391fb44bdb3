from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

ADMIN_PATHS = ("/admin/", "/django-admin/")
# The pages with a rich text field on them.
PAGE_EDITORS = frozenset({"wagtailadmin_pages:add", "wagtailadmin_pages:edit", "wagtailadmin_pages:revisions_revert"})


class AdminCSPMiddleware:
    """Gives the admin's own pages what Wagtail 8 needs; every other page keeps the strict policy.

    All of `/admin/` and `/django-admin/` may run inline scripts: date pickers, choosers and inline panels start by
    them. The page editor alone may besides write `<style>` elements: its rich text field (Draftail) puts its
    placeholder, and the numbers of nested lists, into some that it makes up on the spot. Style attributes stay
    refused there too. `docs/decisions` says what it costs.

    It stands behind `CSPMiddleware` in the list, so its answer passes through that one afterwards, which reads the
    attribute that django-csp's own `@csp_update` sets.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(ADMIN_PATHS):
            relaxed = {"script-src": [UNSAFE_INLINE]}
            if request.resolver_match and request.resolver_match.view_name in PAGE_EDITORS:
                relaxed["style-src-elem"] = [SELF, UNSAFE_INLINE]
            response._csp_update = relaxed  # type: ignore[attr-defined]  # noqa: SLF001
        return response
