"""How long a session lasts, who can end it, and that it is over at its next request, whatever Redis still holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountSession, ApiToken, User
from accounts.services import sessions_end, sessions_sweep, token_issue
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.security.people import is_signed_in, sign_in
from audit.models import Event
from common import clock

pytestmark = pytest.mark.django_db

SECURITY = "/account/security/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"


@pytest.fixture
def user() -> User:
    return UserFactory.create()


def _signed_in(user: User, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    sign_in(client, user)
    return client


def _aged(user: User, **ages: timedelta) -> None:
    now = clock.now()
    AccountSession.objects.filter(user=user).update(**{name: now - age for name, age in ages.items()})


def _actions(user: User) -> list[str]:
    return list(Event.objects.filter(object_id=str(user.public_id)).order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize(
    ("ages", "words"),
    [
        ({"last_used_at": timedelta(minutes=30)}, "because nothing happened for 30 minutes"),
        ({"started_at": timedelta(hours=12)}, "because you signed in 12 hours ago"),
    ],
)
def test_a_session_ends_and_the_sign_in_page_says_why(user: User, ages: dict[str, timedelta], words: str) -> None:
    client = _signed_in(user)
    _aged(user, **ages)
    response = client.get("/account/email/?a=b", follow=True)
    assert response.redirect_chain == [("/account/login/?next=/account/email/%3Fa%3Db", 302)]
    assert words in response.content.decode()
    assert _actions(user)[-1] == "session.ended"
    assert not AccountSession.objects.exists()


def test_a_session_that_is_used_goes_on_to_its_twelfth_hour(user: User) -> None:
    client = _signed_in(user)
    _aged(user, started_at=timedelta(hours=11, minutes=59), last_used_at=timedelta(minutes=29))
    assert is_signed_in(client)
    assert clock.now() - AccountSession.objects.get().last_used_at < timedelta(minutes=1)


def test_use_is_noted_once_a_minute_and_costs_nothing_in_between(user: User) -> None:
    client = _signed_in(user)
    with CaptureQueriesContext(
        connection,
    ) as first:
        client.get("/robots.txt")
    assert not [query for query in first if query["sql"].startswith("UPDATE")]
    _aged(user, last_used_at=timedelta(seconds=61))
    with CaptureQueriesContext(connection) as second:
        client.get("/robots.txt")
    assert len([query for query in second if query["sql"].startswith("UPDATE")]) == 1
    assert len(second) == len(first) + 1


def test_a_public_page_is_then_read_as_a_visitor(user: User) -> None:
    client = _signed_in(user)
    _aged(user, last_used_at=timedelta(hours=1))
    response = client.get("/doctors/")
    assert response.status_code == 200
    assert "You were signed out because" in response.content.decode()


def test_a_form_leads_back_to_the_page_that_it_was_typed_on(user: User) -> None:
    client = _signed_in(user)
    _aged(user, last_used_at=timedelta(hours=1))
    headers = {"Referer": "http://testserver/book/nia-rees/confirm/?start=1"}
    response = client.post("/appointments/", {"reason": "canary"}, headers=headers)
    assert response["Location"] == "/account/login/?next=/book/nia-rees/confirm/%3Fstart%3D1"
    assert "canary" not in str(dict(client.session))


def test_a_fragment_turns_the_whole_window(user: User) -> None:
    client = _signed_in(user)
    _aged(user, last_used_at=timedelta(hours=1))
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/my-day/"}
    assert client.get("/my-day/", headers=headers)["HX-Redirect"] == "/account/login/?next=/my-day/"


def test_the_api_says_401(user: User) -> None:
    client = _signed_in(user)
    _aged(user, last_used_at=timedelta(hours=1))
    assert client.get("/api/v1/me/").status_code == 401


def test_the_security_page_lists_sessions_and_sign_ins_in_plain_words(user: User) -> None:
    client = _signed_in(user)
    _signed_in(user, SAFARI)
    sign_in(Client(headers={"User-Agent": "curl/8.1"}), user, "not the password")
    page = client.get(SECURITY).content.decode()
    for words in ("Firefox on Windows", "Safari on iPhone", "This device", "curl", "Wrong password", "127.0.0.1"):
        assert words in page, words


def test_another_session_is_ended_at_its_next_request(user: User) -> None:
    client, other = _signed_in(user), _signed_in(user, SAFARI)
    target = AccountSession.objects.get(device="Safari on iPhone")
    response = client.post(f"{SECURITY}sessions/{target.public_id}/end/", follow=True)
    assert "That device is signed out" in response.content.decode()
    assert is_signed_in(client)
    assert "this session was ended" in other.get("/account/email/", follow=True).content.decode()
    assert _actions(user).count("session.revoked") == 1


def test_somebody_elses_session_is_not_found(user: User) -> None:
    client = _signed_in(user)
    stranger = _signed_in(UserFactory.create())
    target = AccountSession.objects.exclude(user=user).get()
    foreign = client.post(f"{SECURITY}sessions/{target.public_id}/end/")
    unknown = client.post(f"{SECURITY}sessions/{uuid4()}/end/")
    assert foreign.status_code == unknown.status_code == 404
    assert is_signed_in(stranger)


def test_everywhere_else_is_everywhere_but_here_and_takes_the_tokens(user: User) -> None:
    client, others = _signed_in(user), [_signed_in(user), _signed_in(user, SAFARI)]
    ApiToken.objects.issue(user)
    client.post(f"{SECURITY}sessions/end-others/")
    assert is_signed_in(client)
    assert not any(is_signed_in(other) for other in others)
    assert not ApiToken.objects.exists()


def test_programs_with_a_token_are_told_of_and_ended(user: User) -> None:
    client = _signed_in(user)
    assert "API token" not in client.get(SECURITY).content.decode()
    token_issue(user=user, scopes=["appointments:read", "appointments:write", "profile:read"], name="Calendar bridge")
    one = ApiToken.objects.issue(user)[0]
    ApiToken.objects.issue(user, lasts=timedelta(seconds=-1))
    others = ApiToken.objects.issue(UserFactory.create())[0]

    page = client.get(SECURITY).content.decode()

    assert page.count("Since ") == 2
    assert "May read: who you are and whom you help, appointments<" in page
    assert "May change: appointments<" in page
    assert client.post(f"{SECURITY}tokens/{others.public_id}/end/").status_code == 404
    client.post(f"{SECURITY}tokens/{one.public_id}/end/")
    assert "the API token of Calendar bridge" in client.get(SECURITY).content.decode()
    assert "Signed in by a program" in page
    client.post(f"{SECURITY}tokens/end/")
    assert list(ApiToken.objects.all()) == [others]
    assert "API token" not in client.get(SECURITY).content.decode()
    assert is_signed_in(client)


@pytest.mark.parametrize("redis", ["there", "flushed", "away"])
def test_the_service_ends_everything_whatever_redis_holds(user: User, redis: str, monkeypatch: Any) -> None:
    client = _signed_in(user)
    assert is_signed_in(client)
    if redis == "flushed":
        caches["redis"].clear()
    if redis == "away":
        monkeypatch.setattr(type(caches["redis"]), "_softly", lambda _self, _work, otherwise: otherwise)
    assert sessions_end(user_id=user.public_id, actor=None) == 1
    assert client.get("/account/email/").status_code == 302
    assert not is_signed_in(client)


def test_a_copy_of_an_ended_session_in_redis_opens_nothing(user: User) -> None:
    client = _signed_in(user)
    is_signed_in(client)
    key = f"session:{client.session.session_key}"
    copy = caches["redis"].get(key)
    sessions_end(user_id=user.public_id, actor=None)
    caches["redis"].set(key, copy)
    assert not is_signed_in(client)


@pytest.mark.parametrize("how", ["changed", "reset"])
def test_a_new_password_ends_the_others_and_is_noted(
    user: User, how: str, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    client, other = _signed_in(user), _signed_in(user, SAFARI)
    new = "violet harbour teapot"
    if how == "changed":
        details = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        client.post("/account/password/change/", details)
        assert is_signed_in(client)
    else:
        visitor = Client()
        visitor.post("/account/password/reset/", {"email": user.email})
        code = next(line for line in str(mailoutbox[0].body).splitlines() if len(line) == 9 and line[4] == "-")
        visitor.post("/account/password/reset/confirm/", {"code": code})
        visitor.post("/account/password/reset/complete/", {"password1": new, "password2": new})
        assert not is_signed_in(client)
    assert not is_signed_in(other)
    assert f"password.{how}" in _actions(user)
    assert mailoutbox[-1].subject == "Your password was changed"
    assert mailoutbox[-1].alternatives
    assert sign_in(Client(), user, new).startswith("/")


def test_signing_out_ends_the_row_too(user: User) -> None:
    client = _signed_in(user)
    client.post("/account/logout/")
    assert not AccountSession.objects.exists()
    assert _actions(user) == ["session.started", "session.ended"]


def test_a_closed_account_is_out_at_the_next_request(user: User) -> None:
    client = _signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_signed_in(client)


def test_refusals_name_known_accounts_and_no_unknown_address(user: User) -> None:
    sign_in(Client(), user, "not the password")
    Client().post("/account/login/", {"login": "canary@example.org", "password": "not the password"})
    known, unknown = Event.objects.filter(action="session.refused").order_by("pk")
    assert known.object_id == str(user.public_id)
    assert unknown.object_id == ""
    assert "canary" not in str(list(Event.objects.values()))


def test_long_after_their_end_rows_are_swept(user: User) -> None:
    _signed_in(user)
    assert sessions_sweep() == 0
    _aged(user, last_used_at=timedelta(days=2))
    assert sessions_sweep() == 1


def test_an_address_that_is_changed_is_told_to_the_old_one(
    user: User, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    client = _signed_in(user)
    client.post("/account/email/", {"email": "new@example.org", "action_add": ""})
    code = next(line for line in str(mailoutbox[0].body).splitlines() if len(line) == 9 and line[4] == "-")
    assert mailoutbox[0].to == ["new@example.org"]
    client.post("/account/confirm-email/", {"code": code})
    told = next(mail for mail in mailoutbox if mail.subject == "Your email address was changed")
    assert told.to == [user.email]
    assert "email.changed" in _actions(user)
    assert "email.added" in _actions(user)
