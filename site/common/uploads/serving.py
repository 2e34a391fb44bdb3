from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import content_disposition_header

from common.errors import NotFound
from common.uploads.models import MediaType, Upload
from common.uploads.names import name_for
from common.uploads.states import UploadState
from common.uploads.storage import private_storage

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'self'"


def upload_response(upload: Upload, *, request: HttpRequest, inline: bool = False) -> HttpResponseBase:
    """`file_response` of an uploaded file. Raises `NotFound` also for what is not checked and clean."""
    if upload.state != UploadState.CURRENT:
        raise NotFound
    return file_response(key=upload.key, name=upload.name, media_type=upload.media_type, request=request, inline=inline)


def file_response(
    *, key: str, name: str, media_type: str, request: HttpRequest, inline: bool = False
) -> HttpResponseBase:
    """A private file itself, after the caller has asked whether this person may have it and has recorded that they had
    it.

    An attachment, or with `inline` for a frame, object or picture of our own pages; sandboxed and kept by no cache
    either way. Raises `NotFound` where the file is gone, and where another site's page asks for it.
    """
    if _is_embedded_elsewhere(request):
        raise NotFound
    if not inline and (address := _signed_address(key, media_type)):
        return _sent_to(address)
    response = _accelerated(key) if settings.PRIVATE_FILES_ACCEL else _streamed(key)
    return _guarded(response, name=name, media_type=media_type, inline=inline)


def drawn_response(*, data: bytes, name: str, media_type: str, request: HttpRequest) -> HttpResponseBase:
    """As `file_response`, of what was drawn for this one answer and is stored nowhere."""
    if _is_embedded_elsewhere(request):
        raise NotFound
    return _guarded(HttpResponse(data), name=name, media_type=media_type, inline=False)


def _guarded(response: HttpResponseBase, *, name: str, media_type: str, inline: bool) -> HttpResponseBase:
    for header, value in {
        "Content-Type": media_type,
        "Content-Disposition": content_disposition_header(not inline, name) or "inline",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        response[header] = value
    return response


def _is_embedded_elsewhere(request: HttpRequest) -> bool:
    """Whether a page of another site wants to show or read the file; a link that a person follows is none of that, nor
    a front end elsewhere that may call the API, and comes by a token: with our cookies it is not let read."""
    said = request.headers
    may_call = "Authorization" in said and said.get("Origin") in settings.CORS_ALLOWED_ORIGINS
    is_followed = said.get("Sec-Fetch-Mode") == "navigate"
    is_called = said.get("Sec-Fetch-Mode") == "cors" and may_call
    return said.get("Sec-Fetch-Site") in {"cross-site", "same-site"} and not is_followed and not is_called


def _signed_address(key: str, media_type: str) -> str:
    """Of a storage that can say for a minute where its file lies (integrations.bucket); empty for a folder.

    The name there says nothing, for addresses end in logs. Only for what is kept: an answer of another server's cannot
    say that it is sandboxed, so previews come from here.
    """
    sign = getattr(private_storage(), "signed_address", None)
    return sign(key, name=name_for("", MediaType(media_type)), media_type=media_type) if sign else ""


def _sent_to(address: str) -> HttpResponse:
    """To the bucket, with an address that neither a cache keeps nor another site is told."""
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _streamed(key: str) -> HttpResponseBase:
    storage = private_storage()
    try:
        return FileResponse(storage.open(key))
    except FileNotFoundError as error:
        raise NotFound from error


def _accelerated(key: str) -> HttpResponse:
    """Nginx sends the bytes from its internal location, which stands for the private folder."""
    return HttpResponse(headers={"X-Accel-Redirect": f"{settings.PRIVATE_FILES_ACCEL.rstrip('/')}/{key}"})
