from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class PrivatePagesMiddleware:
    """Keeps what a signed-in person is answered out of every cache: a proxy's, and the next person's at this computer.

    An answer that says for itself how it may be kept is left alone, and so are public files. It stands behind Django's
    authentication and judges on the way out, so that a token's owner counts too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_public_file = request.path_info.startswith(settings.MEDIA_URL)
        if request.user.is_authenticated and not is_public_file:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
