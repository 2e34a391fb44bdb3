from __future__ import annotations

import re

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.security.people import CODE, with_app

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/login/"
RESET = "/account/password/reset/"
MISMATCH = "The email address and the password do not match an account."


def _try(client: Client, email: str, password: str = PASSWORD, *, address: str = "127.0.0.1", forged: str = "") -> str:
    details = {"login": email, "password": password}
    response = client.post(SIGN_IN, details, headers={"X-Forwarded-For": forged}, REMOTE_ADDR=address)
    return response["Location"] if response.status_code == 302 else response.content.decode()


def test_the_right_password_leads_to_next(client: Client) -> None:
    user = UserFactory()
    response = client.post(SIGN_IN, {"login": user.email.upper(), "password": PASSWORD, "next": "/account/profile/"})
    assert response["Location"] == "/account/profile/"


def test_unknown_wrong_and_closed_are_answered_alike(client: Client) -> None:
    user = UserFactory()
    assert MISMATCH in _try(client, user.email, "not the password")
    assert MISMATCH in _try(client, "nobody@example.org")


def test_an_unconfirmed_address_gets_a_new_code_instead(
    client: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    user = UserFactory(confirmed=False)
    assert _try(client, user.email).startswith("/account/confirm-email/")
    assert mailoutbox[0].to == [user.email]


def test_after_five_failures_an_account_is_closed_for_a_while_also_to_the_right_password(client: Client) -> None:
    user = UserFactory()
    for _ in range(5):
        _try(client, user.email, "not the password")
    assert "There were too many attempts" in _try(client, user.email)


def test_ten_failures_a_minute_close_an_address_and_no_other(client: Client) -> None:
    for number in range(10):
        _try(client, f"nobody{number}@example.org")
    user = UserFactory()
    assert "There were too many attempts" in _try(client, user.email)
    assert _try(Client(), user.email, address="192.0.2.7").startswith("/")


def test_a_forged_forwarding_header_is_not_believed(client: Client) -> None:
    for number in range(10):
        _try(client, f"nobody{number}@example.org", forged=f"192.0.2.{number}")
    assert "There were too many attempts" in _try(client, UserFactory().email, forged="192.0.2.99")


def test_signing_out_takes_a_post(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/account/profile/").status_code == 200
    assert client.post("/account/logout/")["Location"] == "/"
    assert client.get("/account/profile/").status_code == 302


def test_a_reset_code_leads_to_a_new_password_which_ends_other_sessions_and_keeps_the_second_step(
    client: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    user = with_app(UserFactory())
    other = Client()
    other.force_login(user)

    client.post(RESET, {"email": user.email})
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", str(mailoutbox[0].body), re.MULTILINE)
    assert found
    # In another browser than the one that asked, it is worth nothing.
    assert Client().post("/account/password/reset/confirm/", {"code": found.group()})["Location"] == SIGN_IN
    response = client.post("/account/password/reset/confirm/", {"code": found.group()}, follow=True)
    new = {"password1": "violet harbour teapot", "password2": "violet harbour teapot"}
    response = client.post(response.request["PATH_INFO"], new, follow=True)

    assert "Your password is changed" in response.content.decode()
    assert client.get("/account/profile/").status_code == 302
    assert _try(client, user.email, "violet harbour teapot") == CODE
    assert client.get("/account/profile/").status_code == 302
    assert other.get("/account/profile/").status_code == 302
    assert mailoutbox[-1].subject == "Your password was changed"


def test_a_reset_for_an_unknown_address_is_answered_alike(
    client: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    known = client.post(RESET, {"email": UserFactory().email})
    unknown = Client().post(RESET, {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [mail.subject for mail in mailoutbox] == [
        "Your code for a new password",
        "There is no account with this address",
    ]


def test_every_page_of_an_account_is_ours(client: Client) -> None:
    pages = ["/account/login/", "/account/signup/", "/account/password/reset/", "/account/inactive/"]
    pages_within = ["/account/logout/", "/account/email/", "/account/password/change/", "/account/reauthenticate/"]
    for page in pages:
        assert b"css/app.css" in client.get(page).content, page
    client.force_login(UserFactory())
    for page in pages_within:
        response = client.get(page)
        assert response.status_code == 200, page
        assert b"css/app.css" in response.content, page


def test_tab_goes_from_the_password_on_to_the_way_out_for_whoever_has_forgotten_it(client: Client) -> None:
    user = UserFactory()
    for page in (SIGN_IN, "/account/password/change/", "/account/reauthenticate/"):
        text = client.get(page).content.decode()
        assert text.count(f'href="{RESET}"') == 1, page
        assert text.index('type="password"') < text.index(f'href="{RESET}"'), page
        client.force_login(user)


def test_a_new_address_counts_only_after_its_code(client: Client, mailoutbox: list[EmailMultiAlternatives]) -> None:
    user = UserFactory()
    _try(client, user.email)
    client.post("/account/email/", {"email": "new@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email != "new@example.org"
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", str(mailoutbox[0].body), re.MULTILINE)
    assert found
    client.post("/account/confirm-email/", {"code": found.group()})
    user.refresh_from_db()
    assert user.email == "new@example.org"
