"""What the audit log says of credentials, and of whoever is refused: every time, and never without end."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from accounts.services import sessions
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.security.people import CODE, PROVE, SIGN_IN, WRONG_CODE, sign_in, with_app
from audit.models import Event

pytestmark = pytest.mark.django_db

CODES = "/account/2fa/recovery-codes/"
RESET = "/account/password/reset/"
WRONG = "not the password"


def noted(action: str, user: User | None = None) -> int:
    """How often the action stands in the log, of this account or of none."""
    return Event.objects.filter(action=action, object_id=str(user.public_id) if user else "").count()


def test_whoever_sees_takes_away_or_renews_the_recovery_codes_is_noted(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    user = with_app(UserFactory.create())
    client.force_login(user)
    assert client.get(CODES).status_code == 200
    assert (noted("recovery_codes.viewed", user), noted("recovery_codes.downloaded", user)) == (1, 0)
    assert client.get(f"{CODES}download/").status_code == 200
    assert (noted("recovery_codes.viewed", user), noted("recovery_codes.downloaded", user)) == (1, 1)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{CODES}generate/")
    assert noted("recovery_codes.generated", user) == 1


@pytest.mark.parametrize("page", [CODES, f"{CODES}download/"])
def test_nobody_sees_the_codes_without_saying_who_they_are_and_nothing_is_noted(
    client: Client, page: str, settings: Any
) -> None:
    assert client.get(page)["Location"].startswith(SIGN_IN)
    user = with_app(UserFactory.create())
    client.force_login(user)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answer = client.get(page)
    assert answer["Location"].startswith("/account/")
    assert "reauthenticate" in answer["Location"]
    assert not Event.objects.filter(action__startswith="recovery_codes.").exists()


def test_without_codes_there_is_no_page_of_them_and_no_event(client: Client) -> None:
    user = UserFactory.create()
    client.force_login(user)
    assert client.get(CODES).status_code == 404
    assert noted("recovery_codes.viewed", user) == 0


def test_a_new_name_for_a_passkey_is_noted(client: Client) -> None:
    user = with_app(UserFactory.create())
    passkey = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    stranger = UserFactory.create()
    client.force_login(stranger)
    page = f"/account/2fa/webauthn/keys/{passkey.pk}/edit/"
    assert client.post(page, {"name": "Mine"}).status_code == 404
    client.force_login(user)
    assert client.post(page, {"name": ""}).status_code == 200
    assert noted("passkey.renamed", user) == 0
    client.post(page, {"name": "Phone"})
    passkey.refresh_from_db()
    assert passkey.data["name"] == "Phone"
    assert noted("passkey.renamed", user) == 1
    assert "Phone" not in str(Event.objects.get(action="passkey.renamed").data)


def test_who_asks_for_a_new_password_is_noted_by_as_much_work_for_an_address_without_an_account(
    client: Client,
) -> None:
    user = UserFactory.create(email="known@example.org")
    client.post(RESET, {"email": user.email})
    assert (noted("password.reset_requested", user), noted("password.reset_requested")) == (1, 0)
    client.post(RESET, {"email": "other@example.org"})
    assert (noted("password.reset_requested", user), noted("password.reset_requested")) == (1, 1)
    assert "other" not in str(list(Event.objects.values_list("data", flat=True)))
    client.post(RESET, {"email": "no address"})
    assert Event.objects.filter(action="password.reset_requested").count() == 2


def _guess(email: str, address: str = "192.0.2.1", times: int = 1) -> None:
    for _ in range(times):
        Client().post(SIGN_IN, {"login": email, "password": WRONG}, headers={"X-Forwarded-For": address})


@pytest.fixture
def proxied(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1


@pytest.mark.usefixtures("proxied")
def test_every_guess_that_is_heard_is_noted_and_the_refused_ones_once_an_account() -> None:
    user = UserFactory.create()
    for number in range(12):
        _guess(user.email, f"192.0.2.{number}")
    assert noted("session.refused", user) == 5
    assert noted("session.limited", user) == 1


@pytest.mark.usefixtures("proxied")
def test_the_refused_ones_are_noted_once_an_address_of_the_network_whoever_they_name() -> None:
    for number in range(30):
        _guess(f"person{number}@example.org", f"2001:db8::{number + 1}")
    assert noted("session.refused") == 10
    assert noted("session.limited") == 1


@pytest.mark.usefixtures("proxied")
def test_a_flood_from_one_address_hides_no_other_address_and_no_other_account() -> None:
    first, second = UserFactory.create(), UserFactory.create()
    _guess(first.email, "192.0.2.1", times=9)
    _guess(first.email, "192.0.2.2", times=2)
    _guess(second.email, "192.0.2.2", times=9)
    assert noted("session.limited", first) == 1
    assert noted("session.limited", second) == 1


def test_once_that_time_is_over_it_is_noted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "LIMIT_NOTED_FOR", 0)
    user = UserFactory.create()
    _guess(user.email, times=7)
    assert noted("session.limited", user) == 2


def test_too_many_codes_are_noted_once(client: Client) -> None:
    user = with_app(UserFactory.create())
    sign_in(client, user)
    for _ in range(9):
        client.post(CODE, {"code": WRONG_CODE})
    assert noted("session.limited", user) == 1
    assert noted("two_step.refused", user) == 5


def test_too_many_codes_of_somebody_signed_in_are_noted_once(client: Client) -> None:
    user = with_app(UserFactory.create())
    client.force_login(user)
    for _ in range(9):
        client.post(PROVE, {"code": WRONG_CODE})
    assert noted("session.limited", user) == 1


def test_too_many_tokens_asked_for_are_noted_once(client: Client) -> None:
    user = UserFactory.create()
    for _ in range(8):
        client.post("/api/v1/token/", {"email": user.email, "password": WRONG}, content_type="application/json")
    assert noted("session.limited", user) == 1


def test_a_page_that_is_asked_too_often_says_so_and_is_noted_once(client: Client) -> None:
    answers = [client.post(RESET, {"email": "one@example.org"}).status_code for _ in range(9)]
    assert answers[-1] == 429
    assert noted("session.limited") == 1
    assert noted("password.reset_requested") == 5


def test_the_owner_reads_of_it_on_the_security_page(client: Client) -> None:
    user = UserFactory.create()
    _guess(user.email, times=7)
    assert noted("session.limited", user) == 1
    client.force_login(user)
    assert "Too many attempts" in client.get("/account/security/").content.decode()


def test_control_who_signs_in_is_not_noted_as_refused(client: Client) -> None:
    user = UserFactory.create()
    client.post(SIGN_IN, {"login": user.email, "password": PASSWORD})
    assert noted("session.started", user) == 1
    assert noted("session.limited", user) == 0
