"""Who is acting, in which request, from where: read by audit and logs, so that nobody threads `request` about."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from http import HTTPStatus
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response

GetResponse = Callable[[HttpRequest], HttpResponse]
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class RequestContext:
    request_id: str = ""
    address: str | None = None
    actor_id: uuid.UUID | None = None
    on_behalf_of_id: uuid.UUID | None = None
    via: str = ""
    """By which door somebody acts who has not signed in; empty for everybody else."""
    route: str = ""
    """The name of the address that is asked for, or of the task that runs: what a log may say of either."""


_current: ContextVar[RequestContext] = ContextVar("request_context", default=RequestContext())


def current() -> RequestContext:
    return _current.get()


@contextmanager
def acting(**changes: object) -> Iterator[None]:
    """The context with some fields changed, for the length of a block (a task, a command, a request)."""
    token = _current.set(replace(_current.get(), **changes))  # type: ignore[arg-type]
    try:
        yield
    finally:
        _current.reset(token)


def client_address(request: HttpRequest) -> str | None:
    """The caller's address, X-Forwarded-For counted from the right by TRUSTED_PROXY_COUNT (0: not believed).

    None where what stands there is no address: it goes into the audit log, which takes nothing else.
    """
    trusted = settings.TRUSTED_PROXY_COUNT
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    claimed = chain[-trusted] if trusted and len(chain) >= trusted else request.META.get("REMOTE_ADDR", "")
    try:
        # Without the zone of an IPv6 address: it names an interface of one machine, and no column takes it.
        return str(ip_address(claimed.partition("%")[0]))
    except ValueError:
        return None


class RequestContextMiddleware:
    """Gives each request an id and answers with it: that of a proxy we know of (X-Request-ID), a plain word.

    Nobody else's is believed: it stands in the audit log, where a caller could write what they like.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY_COUNT else ""
        request_id = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        with acting(request_id=request_id, address=client_address(request), actor_id=None, on_behalf_of_id=None):
            response = _told(request, self.get_response(request))
        response["X-Request-ID"] = request_id
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Ends with the context of the request, as everything in it does."""
        match = request.resolver_match
        _current.set(replace(_current.get(), route=match.view_name if match else ""))


class ActorMiddleware:
    """Names the signed-in person in the context; stands behind Django's authentication."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with acting(actor_id=request.user.public_id):
            return _told(request, self.get_response(request))


def _told(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Writes a refusal down while it is known who asked, and in which request: Django does so when both are over."""
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
    return response
