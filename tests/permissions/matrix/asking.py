"""One request, undone as soon as it is answered, and what the answer means."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import override_settings
from django.test.client import ClientHandler, RequestFactory
from wagtail.models import Site, sites

from accounts import middleware
from common.notices import SealedCookie
from tests.permissions.matrix.canaries import Canary
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.rows import OVERRIDE
from tests.permissions.matrix.world import World

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OVERRIDING = {
    "HTTP_X_HTTP_METHOD_OVERRIDE": "POST",
    "HTTP_X_HTTP_METHOD": "POST",
    "HTTP_X_METHOD_OVERRIDE": "POST",
}
_OVERRIDING_QUERY = "_method=POST"
_DOORS = ("/account/login/", "/admin/login/", "/django-admin/login/")
# Where somebody is led who is signed in and lacks what the page is about.
_TURNED = ("/account/profile/?next=", "/verification/start/")
_DENIED = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
)
# What a refusal is drawn with, and nothing but it and whose request it is decides what it looks like.
_REFUSALS = frozenset(
    {"400.html", "403.html", "404.html", "429.html", "ui/domain_error.html", "ui/domain_error_admin.html"}
)
# A refusal may leave its trace in these.
_TRACES = (
    "audit_event",
    "django_session",
    "common_cache",
    "common_tally",
    "common_idempotencyrecord",
    "accounts_accountsession",
)
_WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?', re.IGNORECASE)
_CHANGING = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|\b[A-Za-z0-9]{64}\b|nonce-[\w+/=-]+"
)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    told: str
    body: bytes
    written: tuple[str, ...] = field(compare=False)

    @property
    def is_denied(self) -> bool:
        return self.status in _DENIED or self._leads_to(_DOORS) or self._leads_to(_TURNED) or self._is_sent_away

    def _leads_to(self, places: tuple[str, ...]) -> bool:
        return self.status == HTTPStatus.FOUND and self.location.startswith(places)

    @property
    def _is_sent_away(self) -> bool:
        """Wagtail's way: back to the dashboard with a message."""
        return self.status == HTTPStatus.FOUND and self.location == "/admin/" and "do not have permission" in self.told

    @property
    def is_fault(self) -> bool:
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    def without(self, ids: tuple[str, ...], path: str) -> tuple[int, bytes, bytes]:
        """What tells one refusal from another: all but the address, the ids and what is new in every answer."""
        own = sorted((path, *ids), key=len, reverse=True)
        said = re.compile(b"|".join([*(re.escape(one.encode()) for one in own), _CHANGING.pattern]))
        return self.status, said.sub(b"*", self.location.encode()), said.sub(b"*", self.body)

    def leaked(self, canaries: list[Canary]) -> list[str]:
        return [canary.name for canary in canaries if canary.word.encode() in self.body]


class Asker:
    """Asks as anybody, without the test client's copies of every template's context."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.handler = ClientHandler(enforce_csrf_checks=False)
        self.handler.load_middleware()
        self.asked = 0

    def ask(
        self,
        who: Who,
        method: str,
        path: str,
        *,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        keeps: bool = False,
    ) -> Answer:
        """What that person gets. Whatever the request changed is undone, unless it `keeps`."""
        self.asked += 1
        factory = RequestFactory()
        if who in self.world.sessions:
            factory.cookies["sessionid"] = self.world.sessions[who]
        extra = dict(headers or {})
        address, _, query = path.partition("?")
        if method == OVERRIDE:
            method, extra = "GET", extra | OVERRIDING
            query = f"{query}&{_OVERRIDING_QUERY}".lstrip("&")
        if query:
            extra["QUERY_STRING"] = query
        environ = _environ(factory, method, address, data, extra)
        written: list[str] = []
        with transaction.atomic(), connection.execute_wrapper(_noting(written)):
            response: Any = self.handler(environ)
            body = b"".join(response)
            if not keeps:
                transaction.set_rollback(True)
        return Answer(response.status_code, response.get("Location", ""), _told(response), body, tuple(written))


def _environ(
    factory: RequestFactory, method: str, path: str, data: Mapping[str, Any] | None, extra: dict[str, Any]
) -> Any:
    has_file = any(hasattr(value, "read") for value in (data or {}).values())
    if method == "POST" and (has_file or not path.startswith("/api/")):
        return factory.post(path, dict(data or {}), **extra).environ
    if method in UNSAFE:
        return factory.generic(method, path, _json(data), "application/json", **extra).environ
    return factory.generic(method, path, **extra).environ


def _told(response: Any) -> str:
    """The messages that wait for the person's next page."""
    if "messages" not in response.cookies:
        return ""
    storage: Any = SealedCookie(RequestFactory().get("/"))
    return " ".join(str(message) for message in storage._decode(response.cookies["messages"].value) or [])


def _json(data: Mapping[str, Any] | None) -> str:
    return json.dumps(dict(data or {}), default=str)


def _noting(written: list[str]) -> Any:
    def execute(run: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        found = _WRITES.match(sql) if isinstance(sql, str) else None
        if found and found[1] not in _TRACES:
            written.append(found[1])
        return run(sql, params, many, context)

    return execute


@contextmanager
def world_for_a_while() -> Iterator[Asker]:
    """The world, in a transaction that ends with the block and leaves nothing."""
    whole = transaction.atomic()
    # As in Django's own test cases: a durable block of a service may stand inside.
    whole._from_testcase = True  # type: ignore[attr-defined]
    # However slow the machine: nobody is to be asked on the way who they are, or to be signed out.
    long = {"ACCOUNT_REAUTHENTICATION_TIMEOUT": 86_400, "SESSION_IDLE": timedelta(days=1)}
    # Each request would say again that the session is in use, as what the one before said is undone.
    quiet = patch.object(middleware, "TOUCH_EVERY", timedelta(days=1))
    with whole, override_settings(**long), quiet:
        world = World()
        with _site_known(), _refusals_drawn_once():
            yield Asker(world)
        transaction.set_rollback(True)


def _site_known() -> AbstractContextManager[object]:
    """Each page asks for its site by host, an eighth of what a refusal costs; the world has one, which stays."""
    only = Site.objects.select_related("root_page").get()
    return patch.object(sites, "get_site_for_hostname", lambda _hostname, _port: copy.deepcopy(only))


def _refusals_drawn_once() -> AbstractContextManager[object]:
    """Each refusal in the same words to the same person is the same page, and drawing it a third of what the matrix
    costs."""
    drawn: dict[tuple[object, ...], Any] = {}
    draw = Template.render

    def render(self: Template, context: Any = None, request: Any = None) -> Any:
        name = self.template.name
        if name not in _REFUSALS or request is None:
            return draw(self, context, request)
        error = (context or {}).get("error")
        words = vars(error).items() if error else ()
        key = (name, getattr(request, "user", None), repr(sorted(words)))
        if key not in drawn:
            drawn[key] = draw(self, context, request)
        return drawn[key]

    return patch.object(Template, "render", render)
