"""Nobody learns by asking whether an address has an account: the same answer, as long, after the same work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.security.people import SIGN_IN, with_app

pytestmark = pytest.mark.django_db

# The test client's response, which its stubs keep to themselves.
Answer = Any
SECRETS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|session_token": ")[^"]+')
# All of one length, for the page says which address it was.
KNOWN, UNKNOWN, CLOSED, UNCONFIRMED, TWO_STEP = (f"person-{name}@example.org" for name in "abcde")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each password that was hashed."""
    calls: list[str] = []
    plain = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        calls.append("hash")
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return calls


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    UserFactory.create(email=KNOWN)
    UserFactory.create(email=CLOSED, is_active=False)
    UserFactory.create(email=UNCONFIRMED, confirmed=False)
    with_app(UserFactory.create(email=TWO_STEP))
    yield
    assert not User.objects.filter(email=UNKNOWN, is_active=False).exists()


def _sign_in(email: str) -> Answer:
    return Client().post(SIGN_IN, {"login": email, "password": "not the password"}, follow=True)


def _sign_up(email: str) -> Answer:
    return Client().post("/account/signup/", {"email": email, "password1": "violet harbour teapot"}, follow=True)


def _reset(email: str) -> Answer:
    return Client().post("/account/password/reset/", {"email": email}, follow=True)


def _reset_code(email: str) -> Answer:
    client = Client()
    client.post("/account/password/reset/", {"email": email})
    return client.post("/account/password/reset/confirm/", {"code": "BBBB-BBBB"}, follow=True)


def _token(email: str) -> Answer:
    body = {"email": email, "password": "not the password", "code": "000000"}
    return Client().post("/api/v1/token/", body, content_type="application/json")


def _headless(path: str, **body: str) -> Answer:
    return Client().post(f"/api/auth/app/v1/auth/{path}", body, content_type="application/json")


def _headless_in(email: str) -> Answer:
    return _headless("login", email=email, password="not the password")


def _headless_up(email: str) -> Answer:
    return _headless("signup", email=email, password="violet harbour teapot")


def _headless_reset(email: str) -> Answer:
    return _headless("password/request", email=email)


WAYS = [_sign_in, _sign_up, _reset, _reset_code, _token, _headless_in, _headless_up, _headless_reset]


@pytest.mark.parametrize("ask", WAYS, ids=lambda ask: ask.__name__[1:])
@pytest.mark.parametrize("email", [KNOWN, CLOSED, UNCONFIRMED, TWO_STEP])
def test_an_account_is_answered_as_no_account_is(ask: Callable[[str], Answer], email: str, hashed: list[str]) -> None:
    def answer(address: str) -> tuple[int, str, bytes, int]:
        # As from the first request: how often somebody has asked is no matter of this test.
        caches["default"].clear()
        hashed.clear()
        response = ask(address)
        page = SECRETS.sub(b"", response.content).replace(address.encode(), b"")
        return response.status_code, response.headers.get("Location", ""), page, len(hashed)

    known, unknown = answer(email), answer(UNKNOWN)
    assert known[:2] == unknown[:2]
    assert known[2] == unknown[2]
    assert known[3] == unknown[3]


def test_control_the_right_password_is_answered_otherwise() -> None:
    response = Client().post(SIGN_IN, {"login": KNOWN, "password": PASSWORD})
    assert response.status_code == 302
    assert b"do not match" in _sign_in(KNOWN).content


def test_control_signing_in_hashes_once(hashed: list[str]) -> None:
    _sign_in(UNKNOWN)
    assert hashed == ["hash"]
