"""What browsers are told of every answer besides the content policy and Django's own headers."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse

# Of what a browser can do we ask for two: passkeys, and to copy an address at a press of its button.
_USED = {"clipboard-write": "(self)", "publickey-credentials-create": "(self)", "publickey-credentials-get": "(self)"}
_REFUSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(
    f"{name}={allowed}" for name, allowed in {**dict.fromkeys(_REFUSED, "()"), **_USED}.items()
)
# Not "cookies": the notice that says so is one, and so is the next form's token.
CLEARED_AT_SIGN_OUT = '"cache", "storage"'


class SecurityHeadersMiddleware:
    """No other site embeds what we answer, no page asks for a camera, and whoever signs out leaves nothing behind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        user_logged_out.connect(_note_sign_out, dispatch_uid="common.security_headers")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if hasattr(request, "_signed_out"):
            response["Clear-Site-Data"] = CLEARED_AT_SIGN_OUT
        return response


def _note_sign_out(request: HttpRequest | None, **_: object) -> None:
    if request is not None:
        request._signed_out = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django has no place for it
