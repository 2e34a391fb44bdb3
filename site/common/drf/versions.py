"""`ETag`, `If-Match` and `If-None-Match` (RFC 9110, 13): whoever edits says which version they have read, and a stale
one changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import DomainError

_TAG = re.compile(r'"([0-9]{1,18})"')
_FOREIGN = ("precondition_failed", "This is no strong ETag of ours. Read it again first.")
_ANY = "*"

ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    required=True,
    response=True,
    description="The version that this is, for `If-Match`.",
)
# Of a GET that answers 304 to whoever has this version already.
REREAD = [
    ETAG,
    OpenApiParameter(
        "If-None-Match", str, OpenApiParameter.HEADER, description="ETags of what one has; 304 where it is among them."
    ),
]


class PreconditionNeeded(DomainError):
    """The object has a version, and the request does not say which one it means to change."""

    status = HTTPStatus.PRECONDITION_REQUIRED

    def __init__(self) -> None:
        super().__init__("precondition_needed", "Say in If-Match which version you have read: its ETag.")


class PreconditionFailed(DomainError):
    """Somebody else has changed it since."""

    status = HTTPStatus.PRECONDITION_FAILED


def version_asked(request: Request, *, current: int) -> int:
    """The version that `If-Match` names; of several the `current` one, if it is among them.

    Raises `PreconditionNeeded` (428) without one. So does `*`, which names none: whoever edits says what they have
    read. Raises `PreconditionFailed` (412) for what is no tag of ours, and for a weak one (`W/"7"`), which may be of
    something else that is as good: If-Match compares strongly.
    """
    given = request.headers.get("If-Match", "").strip()
    if given in ("", _ANY):
        raise PreconditionNeeded
    versions = [int(found[1]) for tag in parse_etags(given) if (found := _TAG.fullmatch(tag))]
    if not versions:
        raise PreconditionFailed(*_FOREIGN)
    return current if current in versions else versions[0]


@contextmanager
def stale_is_412(*stale: type[DomainError]) -> Iterator[None]:
    """A service's refusal of a version that is no longer the present one, as HTTP has it: code and data stay."""
    try:
        yield
    except stale as error:
        raise PreconditionFailed(error.code, error.message, **error.data) from error


def tagged(request: Request, data: Any, version: int, *, status: int = HTTPStatus.OK) -> Response:
    """The object with its `ETag`; 304 without it for a GET whose `If-None-Match` names this very version, weakly too:
    on its way back to a reader a proxy may have made it so."""
    tag = f'"{version}"'
    if request.method in ("GET", "HEAD") and _is_had(request, tag):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    return Response(data, status=status, headers={"ETag": tag})


def _is_had(request: Request, tag: str) -> bool:
    had = parse_etags(request.headers.get("If-None-Match", ""))
    return _ANY in had or tag in (one.removeprefix("W/") for one in had)
