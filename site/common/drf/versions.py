"""`ETag` and `If-Match`: whoever edits says which version they have read, and a stale one changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import DomainError

_TAG = re.compile(r'"([!#-~]{1,100})"')
_FOREIGN = ("precondition_failed", "This is no ETag of ours. Read it again first.")


class PreconditionNeeded(DomainError):
    """The object has a version, and the request does not say which one it means to change."""

    status = HTTPStatus.PRECONDITION_REQUIRED

    def __init__(self) -> None:
        super().__init__("precondition_needed", "Say in If-Match which version you have read: its ETag.")


class PreconditionFailed(DomainError):
    """Somebody else has changed it since."""

    status = HTTPStatus.PRECONDITION_FAILED


def tag_asked(request: Request) -> str:
    """What `If-Match` names, without its quotes. Raises `PreconditionNeeded` (428) without one, also for `*`, which
    names no version, and `PreconditionFailed` (412) for what is no tag of ours."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        raise PreconditionNeeded
    found = _TAG.fullmatch(given)
    if not found:
        raise PreconditionFailed(*_FOREIGN)
    return found[1]


def version_asked(request: Request) -> int:
    """As `tag_asked`, of an object that counts its versions."""
    tag = tag_asked(request)
    if not (tag.isascii() and tag.isdecimal()):
        raise PreconditionFailed(*_FOREIGN)
    return int(tag)


@contextmanager
def stale_is_412(*stale: type[DomainError]) -> Iterator[None]:
    """A service's refusal of a version that is no longer the present one, as HTTP has it: code and data stay."""
    try:
        yield
    except stale as error:
        raise PreconditionFailed(error.code, error.message, **error.data) from error


def tagged(request: Request, data: Any, version: int | str, *, status: int = HTTPStatus.OK) -> Response:
    """The object with its `ETag`; 304 without it for a GET whose `If-None-Match` names this very version."""
    tag = f'"{version}"'
    if request.method in ("GET", "HEAD") and request.headers.get("If-None-Match") == tag:
        return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    return Response(data, status=status, headers={"ETag": tag})
