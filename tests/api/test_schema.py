from __future__ import annotations

import inspect
import re
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import URLPattern, resolve
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request

from accounts.states import Area
from booking.validators import LIMITS
from common.areas import PUBLIC
from common.drf.openapi import described
from common.drf.views import ApiView
from medconsult import api
from records.prescription_content import MOST_ITEMS

DOCS = Path(__file__).parents[2] / "docs"
COMMITTED = DOCS / "openapi.yaml"
AUTH = "accounts.security.headless.description.Generator"


@pytest.mark.parametrize(
    ("more", "committed"), [((), COMMITTED), (("--generator-class", AUTH), DOCS / "openapi-auth.yaml")]
)
def test_the_committed_description_is_what_the_code_says_and_leaves_no_guess(
    more: tuple[str, ...], committed: Path
) -> None:
    """Anything that the generator has to guess is a warning, and each warning fails the command.

    Write it anew with `make openapi`.
    """
    told = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", *more, stdout=told)
    assert told.getvalue() == committed.read_text()


def test_every_view_says_what_it_is_about() -> None:
    """A token opens what its scopes name alone, so a view without an area would be closed to all of them."""
    callbacks: list[Any] = [pattern.callback for pattern in api.urlpatterns if isinstance(pattern, URLPattern)]
    views = [callback.view_class for callback in callbacks]
    known = {PUBLIC, *Area.values}
    odd = {
        view.__name__
        for view in views
        if not issubclass(view, SpectacularSwaggerSplitView)
        and not (issubclass(view, ApiView) and view.area in known and view.permission_classes)
    }
    assert odd == set()


def test_whatever_demands_the_version_that_was_read_is_described_so() -> None:
    """Without it in the description a generated client cannot send it, and is refused for ever."""
    patterns: list[Any] = [pattern for pattern in api.urlpatterns if isinstance(pattern, URLPattern)]
    views: dict[Any, Any] = {pattern.name: pattern.callback.view_class for pattern in patterns}
    handlers = {
        (name, method): inspect.getsource(getattr(view, method))
        for name, view in views.items()
        for method in ("post", "put", "patch", "delete")
        if hasattr(view, method) and issubclass(view, ApiView)
    }
    demanding = {key for key, source in handlers.items() if "version_asked(" in source}
    marked = {(name, method) for name, method in handlers if getattr(views[name], "is_versioned", False)}
    assert demanding == marked
    assert ("api_note_sign", "post") in demanding
    assert COMMITTED.read_text().count("name: If-Match") == len(demanding)


TAGGED = {
    "/api/v1/appointments/{appointment_id}/prescriptions/ post": {"201"},
    "/api/v1/availability/rules/{rule_id}/ get": {"200", "304"},
    "/api/v1/availability/rules/{rule_id}/ put": {"200"},
    "/api/v1/notes/{note_id}/draft/ get": {"200", "304"},
    "/api/v1/notes/{note_id}/draft/ put": {"200"},
    "/api/v1/prescriptions/{prescription_id}/draft/ get": {"200", "304"},
    "/api/v1/prescriptions/{prescription_id}/draft/ put": {"200"},
    "/api/v1/prescriptions/{prescription_id}/sign/ get": {"200"},
}


def test_a_generated_client_is_told_of_headers_refusals_and_limits() -> None:
    told = described()
    schemas = told["components"]["schemas"]
    operations = {f"{path} {method}": one for path, ways in told["paths"].items() for method, one in ways.items()}
    found: dict[str, set[str]] = {}
    for name, operation in operations.items():
        answers = operation["responses"]
        asks = {one["name"] for one in operation.get("parameters", ())}
        assert {"429", "default"} <= set(answers), name
        assert ({"412", "428"} <= set(answers)) == ("If-Match" in asks), name
        assert ("304" in answers) == ("If-None-Match" in asks), name
        headers = {code: one.get("headers", {}) for code, one in answers.items() if "$ref" not in one}
        assert all("X-Request-ID" in said for said in headers.values()), name
        if tags := {code for code, said in headers.items() if "ETag" in said}:
            found[name] = tags
    assert found == TAGGED
    assert {"X-Request-ID", "Retry-After"} <= set(told["components"]["responses"]["TooOften"]["headers"])
    assert schemas["ItemsRequest"]["properties"]["items"]["maxItems"] == MOST_ITEMS
    assert schemas["LimitsChangeRequest"]["properties"]["daily_cap"]["maximum"] == LIMITS["daily_cap"][1]
    assert [one["$ref"].rpartition("/")[2] for one in schemas["SignInRequest"]["anyOf"]] == [
        "CredentialsRequest",
        "ScopesRequest",
    ]


def test_whoever_asks_for_what_is_described_is_given_it() -> None:
    """A generated client asks for a PDF where it is told of one."""
    refused = set()
    for path, ways in described()["paths"].items():
        for kind in ways.get("get", {"responses": {}})["responses"].get("200", {}).get("content", ()):
            view: Any = resolve(re.sub(r"{\w+}", str(uuid4()), path)).func.view_class()  # type: ignore[attr-defined]
            view.format_kwarg = None
            try:
                view.perform_content_negotiation(Request(RequestFactory().get(path, headers={"Accept": kind})))
            except NotAcceptable:
                refused.add((path, kind))
    assert refused == set()


def test_names_of_operations_are_names() -> None:
    told = [one["operationId"] for ways in described()["paths"].values() for one in ways.values()]
    assert [name for name in told if not name.isidentifier() or name.endswith("_create_list")] == []
