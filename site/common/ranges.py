"""Parts of a film: a player asks for bytes, and Safari plays nothing that it cannot ask so."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from wagtail.documents.models import AbstractDocument

FILMS = {"mp4", "webm"}
# Whoever asks for more gets so much and asks again.
AT_ONCE = 4 * 1024 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def part_of(document: AbstractDocument, request: HttpRequest) -> HttpResponse | None:
    """The bytes of a film that a request names (206), or that there are none such (416); None to answer it as ever.

    One range, as players ask. A store that is elsewhere answers such a request itself.
    """
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or document.file_extension.lower() not in FILMS or not any(asked.groups()):
        return None
    try:
        path = Path(document.file.path)
    except NotImplementedError:
        return None
    size = path.stat().st_size
    start, end = _span(asked[1], asked[2], size)
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    end = min(end, start + AT_ONCE - 1)
    with path.open("rb") as file:
        file.seek(start)
        part = file.read(end - start + 1)
    about = {"Content-Range": f"bytes {start}-{end}/{size}", "Content-Security-Policy": "default-src 'none'"}
    return HttpResponse(part, status=206, content_type=document.content_type, headers=about)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte; of "-500" the last 500."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)
