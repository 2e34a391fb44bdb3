"""Signing in for front ends of another kind: by allauth's protocol, and by no rule less than the website's pages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.models import AccountSession, ApiToken, User
from accounts.roles import Role
from accounts.services import sessions_end
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.security.described import wrong_with
from accounts.tests.security.people import code_now, with_app
from accounts.tests.security.test_rate_limits import code_in
from common import clock

pytestmark = pytest.mark.django_db

APP, BROWSER = "/api/auth/app/v1/", "/api/auth/browser/v1/"


class Front:
    """A front end without cookies: it keeps the token of its session."""

    def __init__(self) -> None:
        self.session = ""

    def send(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-Session-Token": self.session} if self.session else {}
        data = "" if body is None else json.dumps(body)
        answer = Client().generic(method, path, data, "application/json", headers=headers)
        told = answer.json()
        assert wrong_with(method, path, answer.status_code, told) == []
        self.session = told.get("meta", {}).get("session_token", self.session)
        return answer.status_code, told

    def sign_in(self, user: User) -> int:
        return int(self.send("POST", f"{APP}auth/login", {"email": user.email, "password": PASSWORD})[0])

    def token(self, *scopes: str) -> Any:
        return self.send("POST", "/api/v1/token/", {"scopes": scopes or ["profile:read"], "name": "Front end"})


@pytest.fixture
def front() -> Front:
    return Front()


def test_a_session_is_exchanged_for_a_token_of_some_scopes(front: Front) -> None:
    user = UserFactory.create()
    assert front.sign_in(user) == 200
    status, told = front.token("profile:read")
    assert (status, told["scopes"], told["name"]) == (201, ["profile:read"], "Front end")
    bearer = {"Authorization": f"Bearer {told['token']}"}
    assert Client().get("/api/v1/me/", headers=bearer).json()["id"] == str(user.public_id)
    # The session itself opens nothing but these doors, in whatever header it comes.
    assert front.send("GET", "/api/v1/me/")[0] == 401
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = front.session
    assert browser.get("/api/v1/me/").status_code == 401


def test_people_are_told_by_their_public_ids(front: Front) -> None:
    user = UserFactory.create()
    front.sign_in(user)
    assert front.send("GET", f"{APP}auth/session")[1]["data"]["user"]["id"] == str(user.public_id)


def test_the_second_step_is_asked_and_each_code_counts_once(front: Front) -> None:
    user, code = with_app(UserFactory.create()), code_now()
    assert front.sign_in(user) == 401
    assert front.token()[1]["code"] == "session_over"
    assert front.send("POST", f"{APP}auth/2fa/authenticate", {"code": code})[0] == 200
    assert front.token()[0] == 201
    assert AccountSession.objects.get(user=user).second_step
    again = Front()
    again.sign_in(user)
    assert again.send("POST", f"{APP}auth/2fa/authenticate", {"code": code})[0] == 400


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.CLINIC_STAFF])
def test_of_whom_a_second_step_is_demanded_nobody_gets_in_without(front: Front, role: Role, settings: Any) -> None:
    settings.TWO_STEP_REQUIRED = True
    user = UserFactory.create(roles=[role])
    front.sign_in(user)
    status, told = front.token("appointments:read")
    assert (status, told["code"]) == (403, "two_step_needed")

    browser = Client()
    browser.post(f"{BROWSER}auth/login", {"email": user.email, "password": PASSWORD}, content_type="application/json")
    assert browser.get("/api/v1/me/").json()["code"] == "two_step_needed"
    assert browser.get("/home/").status_code == 302


def test_nor_with_one_that_came_behind_the_sign_in(front: Front, settings: Any) -> None:
    """The session was opened by the password alone, though the account has an app by now."""
    settings.TWO_STEP_REQUIRED = True
    user = UserFactory.create(roles=[Role.DOCTOR])
    front.sign_in(user)
    with_app(user)
    assert front.token()[1]["code"] == "two_step_needed"


@pytest.mark.parametrize("how", ["ended", "idle", "too-old"])
def test_a_session_ends_where_a_browsers_would(front: Front, how: str) -> None:
    user = UserFactory.create()
    front.sign_in(user)
    long_ago = clock.now() - timedelta(hours=13)
    if how == "ended":
        sessions_end(user_id=user.public_id, actor=user)
    elif how == "idle":
        AccountSession.objects.update(last_used_at=clock.now() - timedelta(minutes=31))
    else:
        AccountSession.objects.update(started_at=long_ago)
    assert front.token()[0] == 401
    assert front.send("GET", f"{APP}auth/session")[0] == 410


def test_a_token_of_an_old_session_is_no_proof_of_who_holds_it(front: Front) -> None:
    """Signing, and what else asks for a proof of the last minutes, would be open to whoever finds a session's token."""
    user = UserFactory.create()
    front.sign_in(user)
    assert _proof_age(front) < timedelta(minutes=1)
    AccountSession.objects.update(started_at=clock.now() - timedelta(hours=2), last_used_at=clock.now())
    assert _proof_age(front) > timedelta(hours=1)
    front.send("POST", f"{APP}auth/reauthenticate", {"password": PASSWORD})
    assert _proof_age(front) < timedelta(minutes=1)


def _proof_age(front: Front) -> timedelta:
    issued = front.token()[1]
    return clock.now() - ApiToken.objects.get(public_id=issued["id"]).proved_at


def test_signing_out_ends_it(front: Front) -> None:
    user = UserFactory.create()
    front.sign_in(user)
    front.send("DELETE", f"{APP}auth/session")
    assert not AccountSession.objects.filter(user=user).exists()
    assert front.token()[0] == 401


def test_somebody_signs_up_by_a_code_and_has_no_session_before(
    front: Front, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    wanted = {"email": "new@example.org", "password": "violet harbour teapot"}
    assert front.send("POST", f"{APP}auth/signup", {**wanted, "password": "password1234"})[0] == 400
    assert front.send("POST", f"{APP}auth/signup", wanted)[0] == 401
    assert front.token()[0] == 401
    code = code_in(mailoutbox[-1])
    assert front.send("POST", f"{APP}auth/email/verify", {"key": code})[0] == 200
    assert front.token()[0] == 201


def test_the_browsers_door_takes_no_post_of_another_site() -> None:
    strict = Client(enforce_csrf_checks=True)
    body = {"email": UserFactory.create().email, "password": PASSWORD}
    assert strict.post(f"{BROWSER}auth/login", body, content_type="application/json").status_code == 403


@pytest.mark.parametrize("body", ["[" * 100_000, "[]", "{", '"a"', "\x00"])
def test_what_is_no_request_is_refused(body: str) -> None:
    assert Client().post(f"{APP}auth/login", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "path", ["account/email", "account/password/change", "account/authenticators", "auth/signup/x"]
)
def test_ways_in_are_changed_on_the_website_alone(path: str) -> None:
    assert Client().get(f"{APP}{path}").status_code == 404


@pytest.mark.parametrize("token", ["\x00", "x", "a" * 5000, "\xff" * 32, "a" * 32])
def test_what_is_no_session_opens_nothing(front: Front, token: str) -> None:
    front.session = token
    assert front.token()[0] == 401
    assert front.send("GET", f"{APP}auth/session")[0] == 410


@pytest.mark.parametrize("body", ["\x00", "[]", "[" * 100_000, "no JSON"])
def test_what_is_no_json_is_refused_in_json(body: str) -> None:
    answer = Client().generic("POST", f"{APP}auth/login", body, "application/json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "parse_error")
    assert wrong_with("POST", f"{APP}auth/login", 400, answer.json()) == []


def test_a_browser_without_the_token_against_forged_requests_is_refused_in_json() -> None:
    answer = Client(enforce_csrf_checks=True).post(f"{BROWSER}auth/login", {}, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert answer.json()["code"] == "csrf_failed"
