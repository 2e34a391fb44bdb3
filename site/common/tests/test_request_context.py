from __future__ import annotations

import logging
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.test import RequestFactory
from pytest_django import Settings

from common import request_context
from common.request_context import (
    ActorMiddleware,
    RequestContext,
    RequestContextMiddleware,
    acting,
    client_address,
)


def seen_by(request: HttpRequest) -> tuple[RequestContext, HttpResponse]:
    """The context inside a view, and the answer that left the middleware."""
    seen: list[RequestContext] = []

    def view(_: HttpRequest) -> HttpResponse:
        seen.append(request_context.current())
        return HttpResponse()

    response = RequestContextMiddleware(view)(request)
    return seen[0], response


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "198.51.100.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        # What a caller made up stands on the left.
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, " 203.0.113.9 ,10.0.0.2 ", "203.0.113.9"),
        # Fewer than the proxies that we know of: nobody vouches for any of it.
        (2, "203.0.113.9", "198.51.100.1"),
        (1, "", "198.51.100.1"),
        (1, "2001:db8::9", "2001:db8::9"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "not-an-address", None),
        (1, "203.0.113.9:4711", None),
    ],
)
def test_the_address_is_counted_from_the_right(
    settings: Settings, rf: RequestFactory, trusted: int, forwarded: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = trusted
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="198.51.100.1")
    assert client_address(request) == expected


def test_each_request_gets_an_id_and_answers_with_it(rf: RequestFactory) -> None:
    context, response = seen_by(rf.get("/"))
    other, _ = seen_by(rf.get("/"))
    assert response["X-Request-ID"] == context.request_id != other.request_id


@pytest.mark.parametrize(
    ("given", "taken"), [("abc-123.X_y", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("a\nb", False)]
)
def test_a_proxys_id_is_taken_where_it_is_a_plain_word(
    settings: Settings,
    rf: RequestFactory,
    given: str,
    taken: bool,  # noqa: FBT001
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    context, _ = seen_by(rf.get("/", headers={"X-Request-ID": given}))
    assert (context.request_id == given) is taken


def test_behind_no_proxy_a_callers_id_is_not_believed(settings: Settings, rf: RequestFactory) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    context, response = seen_by(rf.get("/", headers={"X-Request-ID": "943-476-5919.Jane.Doe"}))
    assert response["X-Request-ID"] == context.request_id != "943-476-5919.Jane.Doe"


@pytest.mark.django_db
def test_the_signed_in_person_is_named(rf: RequestFactory) -> None:
    user = get_user_model().objects.create_user(email="ada@example.org")
    seen: list[uuid.UUID | None] = []

    def view(_: HttpRequest) -> HttpResponse:
        seen.append(request_context.current().actor_id)
        return HttpResponse()

    request = rf.get("/")
    for request.user in (user, AnonymousUser()):
        ActorMiddleware(view)(request)
    assert seen == [user.public_id, None]


def test_the_context_ends_with_its_block() -> None:
    with acting(request_id="outer"):
        with pytest.raises(ValueError, match="oops"), acting(request_id="inner"):
            raise ValueError("oops")
        assert request_context.current().request_id == "outer"
    assert request_context.current() == RequestContext()


def test_a_refusal_is_logged_with_request_and_person(rf: RequestFactory, caplog: pytest.LogCaptureFixture) -> None:
    request = rf.get("/records/")
    request.user = get_user_model()()
    told: list[RequestContext] = []

    def written(_: logging.LogRecord) -> bool:
        told.append(request_context.current())
        return True

    caplog.handler.addFilter(written)
    response = RequestContextMiddleware(ActorMiddleware(lambda _: HttpResponseNotFound()))(request)

    # Once: Django, which would write it when the context is over, sees that it is done.
    [context] = told
    assert (context.request_id, context.actor_id) == (response["X-Request-ID"], request.user.public_id)
    assert [line.getMessage() for line in caplog.records] == ["Not Found: /records/"]
