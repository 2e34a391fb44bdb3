from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from common.drf.throttles import VisitorThrottle
from common.request_context import acting, client_address
from common.tests.urls import INSIDE, Closed

pytestmark = [pytest.mark.django_db, pytest.mark.urls("common.tests.urls")]


@pytest.fixture
def api() -> APIClient:
    return APIClient(raise_request_exception=False)


def problem(response: Any) -> dict[str, Any]:
    """The body, once what every problem has is checked."""
    body: dict[str, Any] = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:medconsult:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    assert INSIDE not in response.content.decode()
    return body


@pytest.mark.parametrize(
    ("name", "status", "code", "extra"),
    [
        ("domain", 400, "odd", {}),
        ("not-found", 404, "not_found", {}),
        ("forbidden", 403, "not_yours", {}),
        ("conflict", 409, "slot_taken", {"alternatives": ["2027-03-03T10:20:00Z"]}),
        ("invalid", 422, "too_long", {"fields": {"reason": ["Use fewer words."]}}),
        ("denied", 403, "permission_denied", {}),
        ("parse", 400, "parse_error", {}),
        ("database", 503, "unavailable", {"retry_after": 5}),
        ("shadowing", 409, "taken", {}),
    ],
)
def test_a_refusal_is_a_problem(api: APIClient, name: str, status: int, code: str, extra: dict[str, Any]) -> None:
    body = problem(api.get(f"/api/errors/{name}/"))
    assert (body["status"], body["code"]) == (status, code)
    assert {key: body[key] for key in body.keys() - {"type", "title", "status", "detail", "code"}} == extra


def test_what_is_not_there_and_what_is_anothers_look_alike(api: APIClient) -> None:
    answers = {api.get(f"/api/errors/{name}/").content for name in ("not-found", "http404", "drf-not-found")}
    assert len(answers) == 1


def test_wrong_input_names_its_fields(api: APIClient) -> None:
    response = api.post("/api/errors/domain/", {"count": 0, "guests": [{"name": "Ada"}, {}]}, format="json")
    body = problem(response)
    assert (body["status"], body["code"]) == (422, "invalid")
    assert set(body["fields"]) == {"count", "guests.1.name"}
    assert body["fields"]["guests.1.name"] == ["This field is required."]


def test_what_is_wrong_with_the_whole_has_a_name_too(api: APIClient) -> None:
    body = problem(api.post("/api/errors/domain/", {"count": 13}, format="json"))
    assert body["fields"] == {"non_field_errors": ["Not thirteen."]}
    many = problem(api.post("/api/errors/domain/", {"count": 1, "guests": [{"name": "Ada"}] * 4}, format="json"))
    assert list(many["fields"]) == ["guests"]


def test_json_that_cannot_be_read_is_400(api: APIClient) -> None:
    body = problem(api.post("/api/errors/domain/", "{", content_type="application/json"))
    assert (body["status"], body["code"]) == (400, "parse_error")


def test_a_body_of_another_kind_is_415(api: APIClient) -> None:
    assert problem(api.post("/api/errors/domain/", "x", content_type="text/csv"))["status"] == 415


def test_who_is_not_signed_in_is_told_how_to(api: APIClient) -> None:
    response = api.get("/api/closed/")
    assert problem(response)["status"] == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_token_that_is_not_ours_is_401(api: APIClient) -> None:
    response = api.get("/api/closed/", headers={"Authorization": "Bearer nonsense"})
    assert problem(response)["code"] == "authentication_failed"


def test_a_method_that_is_not_there_is_405(api: APIClient) -> None:
    assert problem(api.delete("/api/errors/domain/"))["status"] == 405


def test_too_many_requests_are_told_when_to_come_back(api: APIClient) -> None:
    response = api.get("/api/busy/domain/")
    assert (problem(response)["status"], response["Retry-After"], response.json()["retry_after"]) == (429, "30", 30)


def test_a_database_that_is_away_says_when_to_come_back(api: APIClient) -> None:
    assert api.get("/api/errors/database/")["Retry-After"] == "5"


def test_a_fault_of_ours_shows_nothing_of_the_inside(api: APIClient) -> None:
    response = api.get("/api/errors/bug/")
    assert response.status_code == 500
    assert INSIDE not in response.content.decode()


def test_a_form_from_another_site_is_refused_as_a_problem() -> None:
    user = get_user_model().objects.create_user(email="ada@example.org")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    response = client.post("/api/errors/domain/", {"count": 1}, content_type="application/json")
    assert problem(response)["status"] == 403


def test_the_limits_count_the_caller_and_not_what_the_caller_says() -> None:
    """Behind no proxy nothing of X-Forwarded-For is believed (TRUSTED_PROXY_COUNT)."""
    request = APIRequestFactory().get("/", REMOTE_ADDR="198.51.100.1", headers={"X-Forwarded-For": "203.0.113.9"})
    with acting(address=client_address(request)):
        assert VisitorThrottle().get_cache_key(Request(request), Closed()) == "anon:198.51.100.1"


def test_a_body_nested_without_end_is_a_problem(api: APIClient) -> None:
    response = api.post("/api/errors/domain/", "[" * 100_000, content_type="application/json")
    assert problem(response)["code"] == "parse_error"


def test_a_body_beyond_the_limit_is_a_problem(api: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = api.post("/api/errors/domain/", {"reason": "x" * 200}, format="json")
    assert (response.status_code, problem(response)["code"]) == (413, "too_large")


@pytest.mark.parametrize("version", ["\x00", "1\r\nSet-Cookie: a=b", "<script>"])
def test_the_description_says_its_own_version_whatever_is_asked(api: APIClient, version: str) -> None:
    asked = api.get("/api/v1/schema/", {"version": version})
    assert (asked.status_code, asked.content) == (200, api.get("/api/v1/schema/").content)
