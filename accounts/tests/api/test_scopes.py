"""What a token opens, for how long it proves who holds it, and what its owner sees of it."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken, User
from accounts.policies import assert_proved_recently
from accounts.states import ALL_SCOPES, LEAST_SCOPES
from accounts.tests.factories import PASSWORD, UserFactory
from audit.models import Event
from common import clock
from common.drf.views import ApiView

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Nameless(APIView):
    """Forgets to say what it is about."""

    def get(self, request: Request) -> Response:
        return Response({})


class Signing(ApiView):
    area = "profile"

    def post(self, request: Request) -> Response:
        assert_proved_recently(request)
        return Response({})


urlpatterns = [
    path("api/v1/nameless/", Nameless.as_view()),
    path("api/v1/signing/", Signing.as_view()),
    *import_module("medconsult.urls").urlpatterns,
]


@pytest.fixture
def user() -> User:
    return UserFactory.create()


def bearer(user: User, *scopes: str) -> Any:
    return {"Authorization": f"Bearer {ApiToken.objects.issue(user, scopes=list(scopes))[1]}"}


def sign_in(client: Client, user: User, **more: Any) -> Any:
    body = {"email": user.email, "password": PASSWORD, **more}
    return client.post("/api/v1/token/", body, content_type="application/json")


def test_a_token_opens_what_was_asked_for_and_little_where_nothing_was(client: Client, user: User) -> None:
    assert sign_in(client, user).json()["scopes"] == list(LEAST_SCOPES)
    asked = sign_in(client, user, scopes=["appointments:read", "appointments:read"], name="Bridge").json()
    assert (asked["scopes"], asked["name"]) == (["appointments:read"], "Bridge")
    refused = sign_in(client, user, scopes=["everything:read"])
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["scopes.0"])
    assert Event.objects.filter(action="token.issued").last().data["scopes"] == ["appointments:read"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("scopes", "reading", "booking"),
    [
        (LEAST_SCOPES, 403, 403),
        (["appointments:read"], 200, 403),
        (["appointments:write"], 403, 422),
        (ALL_SCOPES, 200, 422),
    ],
)
def test_reading_and_changing_are_apart(client: Client, user: User, scopes: Any, reading: int, booking: int) -> None:
    headers = bearer(user, *scopes)
    read = client.get("/api/v1/appointments/", headers=headers)
    sent = client.post("/api/v1/appointments/", {}, content_type="application/json", headers=headers)
    assert (read.status_code, sent.status_code) == (reading, booking)
    for answer in (read, sent):
        assert answer.status_code != 403 or answer.json()["code"] == "scope_needed"


def test_a_view_that_names_no_area_is_closed_to_every_token(client: Client, user: User) -> None:
    assert client.get("/api/v1/nameless/", headers=bearer(user, *ALL_SCOPES)).json()["code"] == "scope_needed"
    client.force_login(user)
    assert client.get("/api/v1/nameless/").status_code == 200


def test_what_is_public_is_open_to_a_token_that_opens_nothing(client: Client, user: User) -> None:
    assert client.get("/api/v1/doctors/", headers=bearer(user)).status_code == 200


def test_its_owner_sees_and_ends_each(client: Client, user: User) -> None:
    headers = bearer(user, "access:read", "access:write")
    other, foreign = ApiToken.objects.issue(user)[0], ApiToken.objects.issue(UserFactory.create())[0]
    listed = client.get("/api/v1/tokens/", headers=headers).json()
    assert [row["id"] for row in listed][:1] == [str(other.public_id)]
    assert not any("token" in row or "digest" in row for row in listed)
    assert client.delete(f"/api/v1/tokens/{foreign.public_id}/", headers=headers).status_code == 404
    assert client.delete(f"/api/v1/tokens/{other.public_id}/", headers=headers).status_code == 204
    assert client.delete("/api/v1/tokens/", headers=headers).status_code == 204
    assert list(ApiToken.objects.all()) == [foreign]
    assert client.get("/api/v1/tokens/", headers=headers).status_code == 401


NAME = {"given_name": "Nia", "family_name": "Pugh"}
OWN_STEPS = [
    ("put", "/api/v1/me/profile/", {**NAME, "birth_date": "1986-03-27", "phone": "07700 900123"}),
    ("post", "/api/v1/verification/", {**NAME, "title": "Dr", "gmc_number": "7654321"}),
]


@pytest.mark.parametrize(("method", "path", "body"), OWN_STEPS)
def test_a_program_goes_on_behind_what_its_owner_states_of_themselves(
    client: Client, user: User, method: str, path: str, body: dict[str, str]
) -> None:
    """With a profile somebody becomes a patient, or a doctor: a role, which ends tokens where others give it."""
    send: dict[str, Any] = {"content_type": "application/json", "headers": bearer(user, *ALL_SCOPES)}
    assert getattr(client, method)(path, body, **send).status_code in {200, 201}
    assert client.get("/api/v1/me/", headers=send["headers"]).json()["roles"] != []


def test_a_sensitive_act_asks_who_holds_the_token_once_more(client: Client, user: User) -> None:
    headers = bearer(user, "profile:write")
    send = {"content_type": "application/json", "headers": headers}
    assert client.post("/api/v1/signing/", {}, **send).status_code == 200
    ApiToken.objects.update(proved_at=clock.now() - timedelta(minutes=6))
    assert client.post("/api/v1/signing/", {}, **send).json()["code"] == "proof_needed"
    wrong = client.post("/api/v1/token/proof/", {"password": "not this"}, **send)
    # A front end takes 401 for a token that is over, and signs its owner out.
    assert (wrong.status_code, wrong.json()["code"]) == (403, "credentials_refused")
    assert wrong.json()["detail"] == "This password is not right."
    assert client.post("/api/v1/signing/", {}, **send).status_code == 403
    assert client.post("/api/v1/token/proof/", {"password": PASSWORD}, **send).status_code == 204
    assert client.post("/api/v1/signing/", {}, **send).status_code == 200


def test_proofs_are_limited_as_signing_in_is(client: Client, user: User) -> None:
    send: dict[str, Any] = {"content_type": "application/json", "headers": bearer(user)}
    wrong = [client.post("/api/v1/token/proof/", {"password": "not this"}, **send).status_code for _ in range(6)]
    assert wrong == [403] * 5 + [429]
    limited = client.post("/api/v1/token/proof/", {"password": PASSWORD}, **send)
    assert (limited.status_code, limited["Retry-After"], limited.json()["retry_after"]) == (429, "300", 300)
