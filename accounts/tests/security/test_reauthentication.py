"""Before a sensitive act we ask who somebody is, unless they have said so in the last five minutes."""

from __future__ import annotations

import time
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import AccountSession, User
from accounts.policies import recently_authenticated
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.security.people import code_now, with_app
from audit.models import Event
from common import clock

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

REAUTHENTICATE = "/account/reauthenticate/"


@recently_authenticated
def sensitive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [path("sensitive/", sensitive), *import_module("medconsult.urls").urlpatterns]


@pytest.fixture
def user(client: Client) -> User:
    """Somebody who signed in six minutes ago."""
    user = UserFactory.create()
    client.force_login(user)
    AccountSession.objects.update(started_at=clock.now() - timedelta(minutes=6))
    return user


def test_signing_in_counts(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert client.get("/sensitive/").content == b"done"


def test_after_five_minutes_we_ask_and_lead_back(client: Client, user: User) -> None:
    assert client.get("/sensitive/?a=1")["Location"] == f"{REAUTHENTICATE}?next=/sensitive/%3Fa%3D1"
    wrong = client.post(REAUTHENTICATE, {"password": "not the password", "next": "/sensitive/"})
    assert "This is not your password" in wrong.content.decode()
    assert client.get("/sensitive/").status_code == 302
    assert client.post(REAUTHENTICATE, {"password": PASSWORD, "next": "/sensitive/"})["Location"] == "/sensitive/"
    assert client.get("/sensitive/").content == b"done"
    assert Event.objects.filter(action="session.reauthenticated", object_id=str(user.public_id)).count() == 1


def test_a_code_does_as_well(client: Client, user: User) -> None:
    with_app(user)
    page = client.get(REAUTHENTICATE, {"next": "/sensitive/"}).content.decode()
    assert "Use a code" in page
    client.post("/account/2fa/reauthenticate/", {"code": code_now(), "next": "/sensitive/"})
    assert client.get("/sensitive/").content == b"done"


@pytest.mark.parametrize(
    ("door", "proof"), [(REAUTHENTICATE, {"password": PASSWORD}), ("/account/2fa/reauthenticate/", {"code": ""})]
)
def test_the_session_gets_a_new_name_so_that_nobody_who_knew_the_old_one_comes_along(
    client: Client, user: User, door: str, proof: dict[str, str]
) -> None:
    with_app(user)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(door, {name: value or code_now() for name, value in proof.items()})
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = before
    assert client.get("/sensitive/").content == b"done"
    assert "login" in other.get("/account/security/")["Location"]


def test_it_holds_for_five_minutes(client: Client, user: User, monkeypatch: Any) -> None:
    client.post(REAUTHENTICATE, {"password": PASSWORD})
    later = time.time() + 301
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)
    assert client.get("/sensitive/").status_code == 302


def test_what_was_posted_is_not_kept(client: Client, user: User) -> None:
    headers = {"Referer": "http://testserver/account/security/"}
    response = client.post("/sensitive/", {"note": "canary"}, headers=headers)
    assert response["Location"] == f"{REAUTHENTICATE}?next=/account/security/"
    assert "canary" not in str(dict(client.session))


def test_a_fragment_turns_the_whole_window(client: Client, user: User) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/account/security/"}
    response = client.post("/sensitive/", headers=headers)
    assert (response.status_code, response["HX-Redirect"]) == (200, f"{REAUTHENTICATE}?next=/account/security/")


def test_visitors_sign_in(client: Client) -> None:
    assert client.get("/sensitive/")["Location"] == "/account/login/?next=/sensitive/"


@pytest.mark.parametrize(
    ("method", "address", "details"),
    [
        ("get", "/account/2fa/totp/activate/", {}),
        ("get", "/account/2fa/webauthn/add/", {}),
        ("post", "/account/email/", {"email": "new@example.org", "action_add": ""}),
        ("post", "/account/security/sessions/end-others/", {}),
        ("post", "/account/security/tokens/end/", {}),
    ],
)
def test_what_opens_an_account_is_sensitive(
    client: Client, user: User, method: str, address: str, details: dict[str, str]
) -> None:
    response = getattr(client, method)(address, details)
    assert response.status_code == 302
    assert response["Location"].startswith(REAUTHENTICATE)


@pytest.mark.parametrize("address", ["/account/2fa/recovery-codes/", "/account/2fa/recovery-codes/download/"])
def test_recovery_codes_are_shown_to_their_owner_alone(client: Client, user: User, address: str) -> None:
    with_app(user)
    assert client.get(address)["Location"].startswith(REAUTHENTICATE)


def test_a_new_password_asks_for_the_old_one(client: Client, user: User) -> None:
    new = "violet harbour teapot"
    details = {"oldpassword": "not the password", "password1": new, "password2": new}
    assert client.post("/account/password/change/", details).status_code == 200
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
