from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from common.errors import NotFound
from common.uploads.models import Upload
from common.uploads.states import UploadState
from common.uploads.storage import private_storage

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'self'"


def upload_response(upload: Upload, *, request: HttpRequest, inline: bool = False) -> HttpResponseBase:
    """The file itself, after the caller has asked whether this person may have it and has recorded that they had it.

    An attachment, or with `inline` for a frame, object or picture of our own pages; sandboxed and kept by no cache
    either way. Raises `NotFound` for what is not checked and clean, and where another site's page asks for it.
    """
    if upload.state != UploadState.CURRENT or _is_embedded_elsewhere(request):
        raise NotFound
    response = _accelerated(upload) if settings.PRIVATE_FILES_ACCEL else _streamed(upload)
    for name, value in {
        "Content-Type": upload.media_type,
        "Content-Disposition": content_disposition_header(not inline, upload.name) or "inline",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        response[name] = value
    return response


def _is_embedded_elsewhere(request: HttpRequest) -> bool:
    """Whether a page of another site wants to show or read the file; a link that a person follows is none of that."""
    elsewhere = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
    return elsewhere and request.headers.get("Sec-Fetch-Mode") != "navigate"


def _streamed(upload: Upload) -> HttpResponseBase:
    storage = private_storage()
    try:
        return FileResponse(storage.open(upload.key))
    except FileNotFoundError as error:
        raise NotFound from error


def _accelerated(upload: Upload) -> HttpResponse:
    """Nginx sends the bytes from its internal location, which stands for the private folder."""
    return HttpResponse(headers={"X-Accel-Redirect": f"{settings.PRIVATE_FILES_ACCEL.rstrip('/')}/{upload.key}"})
