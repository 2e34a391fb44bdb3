"""The sixth wrong guess within five minutes is refused at every door, also when it turns out right.

From whatever address X-Forwarded-For claims, and whatever port the Host header names; the account's open session goes
on; and nothing of it is in Redis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from allauth.account import app_settings as account_settings
from django.core.cache import caches
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.security.people import CODE, SIGN_IN, WRONG_CODE, code_now, is_signed_in, with_app

pytestmark = pytest.mark.django_db

WRONG = "not the password"
GUESSES = 5
HEADLESS = "/api/auth/app/v1/auth/"
# A guess: what is tried, the right answer or a wrong one; True where it has opened the door.
Door = Callable[[bool], bool]


@pytest.fixture
def user() -> User:
    return with_app(UserFactory.create())


def _headers() -> Iterator[dict[str, str]]:
    for number in count(1):
        claimed = f"192.0.2.{number % 250}, 198.51.100.{number % 250}"
        yield {"X-Forwarded-For": claimed, "Host": f"testserver:{8000 + number}"}


def _sign_in_page(user: User, headers: Iterator[dict[str, str]], address: str = SIGN_IN) -> Door:
    def guess(right: bool) -> bool:  # noqa: FBT001
        details = {"login": user.email, "password": PASSWORD if right else WRONG}
        response = Client().post(address, details, headers=next(headers), follow=True)
        posted_on = response.request["PATH_INFO"]
        if posted_on == SIGN_IN and response.request["REQUEST_METHOD"] == "GET":
            response = Client().post(SIGN_IN, details, headers=next(headers), follow=True)
        return response.request["PATH_INFO"] == CODE

    return guess


def _admin(user: User, headers: Iterator[dict[str, str]]) -> Door:
    return _sign_in_page(user, headers, "/admin/login/")


def _django_admin(user: User, headers: Iterator[dict[str, str]]) -> Door:
    return _sign_in_page(user, headers, "/django-admin/login/")


def _token(user: User, headers: Iterator[dict[str, str]]) -> Door:
    def guess(right: bool) -> bool:  # noqa: FBT001
        body = {"email": user.email, "password": PASSWORD if right else WRONG}
        response = Client().post("/api/v1/token/", body, content_type="application/json", headers=next(headers))
        return bool(response.json()["code"] == "code_needed")

    return guess


def _token_code(user: User, headers: Iterator[dict[str, str]]) -> Door:
    def guess(right: bool) -> bool:  # noqa: FBT001
        body = {"email": user.email, "password": PASSWORD, "code": code_now() if right else WRONG_CODE}
        response = Client().post("/api/v1/token/", body, content_type="application/json", headers=next(headers))
        return response.status_code == 201

    return guess


def _headless(user: User, headers: Iterator[dict[str, str]]) -> Door:
    def guess(right: bool) -> bool:  # noqa: FBT001
        body = {"email": user.email, "password": PASSWORD if right else WRONG}
        response = Client().post(f"{HEADLESS}login", body, content_type="application/json", headers=next(headers))
        return "mfa_authenticate" in response.content.decode()

    return guess


def _headless_code(user: User, headers: Iterator[dict[str, str]]) -> Door:
    def guess(right: bool) -> bool:  # noqa: FBT001
        body = {"email": user.email, "password": PASSWORD}
        signed = Client().post(f"{HEADLESS}login", body, content_type="application/json", headers=next(headers))
        session = {**next(headers), "X-Session-Token": signed.json()["meta"]["session_token"]}
        answer = {"code": code_now() if right else WRONG_CODE}
        address = f"{HEADLESS}2fa/authenticate"
        return Client().post(address, answer, content_type="application/json", headers=session).status_code == 200

    return guess


def _second_step(user: User, headers: Iterator[dict[str, str]]) -> Door:
    def guess(right: bool) -> bool:  # noqa: FBT001
        client = Client()
        client.post(SIGN_IN, {"login": user.email, "password": PASSWORD}, headers=next(headers))
        client.post(CODE, {"code": code_now() if right else WRONG_CODE}, headers=next(headers))
        return is_signed_in(client)

    return guess


def _reauthentication(user: User, headers: Iterator[dict[str, str]]) -> Door:
    client = Client()
    client.force_login(user)

    def guess(right: bool) -> bool:  # noqa: FBT001
        details = {"password": PASSWORD if right else WRONG, "next": "/account/email/"}
        response = client.post("/account/reauthenticate/", details, headers=next(headers))
        return response.status_code == 302

    return guess


def _reauthentication_code(user: User, headers: Iterator[dict[str, str]]) -> Door:
    client = Client()
    client.force_login(user)

    def guess(right: bool) -> bool:  # noqa: FBT001
        details = {"code": code_now() if right else WRONG_CODE, "next": "/account/email/"}
        response = client.post("/account/2fa/reauthenticate/", details, headers=next(headers))
        return response.status_code == 302

    return guess


DOORS = [
    _sign_in_page,
    _admin,
    _django_admin,
    _token,
    _token_code,
    _headless,
    _headless_code,
    _second_step,
    _reauthentication,
    _reauthentication_code,
]


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__.strip("_"))
def test_the_sixth_guess_is_refused(
    user: User, door: Callable[[User, Iterator[dict[str, str]]], Door], proxies: int, settings: Any
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    victim = Client()
    victim.force_login(user)
    guess = door(user, _headers())

    assert [guess(False) for _ in range(GUESSES)] == [False] * GUESSES
    caches["redis"].clear()
    assert not guess(True)
    assert is_signed_in(victim)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__.strip("_"))
def test_control_the_right_answer_opens_the_door(
    user: User, door: Callable[[User, Iterator[dict[str, str]]], Door]
) -> None:
    """Else the test above would pass with a door that is always shut."""
    guess = door(user, _headers())
    assert not guess(False)
    assert guess(True)


def code_in(mail: EmailMultiAlternatives) -> str:
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", str(mail.body), re.MULTILINE)
    assert found
    return found.group()


@pytest.mark.parametrize("kind", ["reset", "email"])
def test_the_sixth_code_from_a_mail_is_refused(
    client: Client, kind: str, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    user = UserFactory.create(confirmed=kind == "reset")
    page = "/account/password/reset/confirm/" if kind == "reset" else "/account/confirm-email/"
    headers = _headers()
    if kind == "reset":
        client.post("/account/password/reset/", {"email": user.email})
    else:
        client.post(SIGN_IN, {"login": user.email, "password": PASSWORD})
    for _ in range(GUESSES):
        client.post(page, {"code": "BBBB-BBBB"}, headers=next(headers))
    caches["redis"].clear()
    client.post(page, {"code": code_in(mailoutbox[0])}, headers=next(headers))
    assert not is_signed_in(client)
    assert client.get("/account/password/reset/complete/").status_code == 302


def test_an_address_that_asks_for_many_codes_is_told_to_wait(client: Client) -> None:
    user = UserFactory.create()
    answers = [client.post("/account/password/reset/", {"email": user.email}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


@pytest.mark.parametrize(("same_network", "refused"), [(True, True), (False, False)])
def test_all_addresses_of_one_ipv6_network_are_counted_as_one(settings: Any, same_network: bool, refused: bool) -> None:  # noqa: FBT001
    settings.TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        network = "2001:db8:0:1" if same_network else f"2001:db8:0:{number + 1}"
        details = {"login": f"nobody{number}@example.org", "password": WRONG}
        Client().post(SIGN_IN, details, headers={"X-Forwarded-For": f"{network}::{number + 1}"})
    user = UserFactory.create()
    details = {"login": user.email, "password": PASSWORD}
    answer = Client().post(SIGN_IN, details, headers={"X-Forwarded-For": "2001:db8:0:1:ffff::9"})
    assert (answer.status_code == 302) is not refused


def test_codes_of_mails_are_good_for_ten_minutes() -> None:
    """As the mails say, and no longer: ASVS 6.5.5."""
    asked = (account_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT, account_settings.PASSWORD_RESET_BY_CODE_TIMEOUT)
    assert asked == (600, 600)
    for mail in ("password_reset_code", "email_confirmation", "email_confirmation_signup"):
        source = get_template(f"account/email/{mail}_message.txt").template.source  # type: ignore[attr-defined]
        assert "good for 10 minutes" in source
