"""Who works here comes by their employer's sign-in, and is out once it stands for them no more (foreign.py)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts import services
from accounts.models import AccountSession, ApiToken, OutsideIdentity, OutsideTokens, User
from accounts.outside import kept as session
from accounts.roles import Role
from accounts.services import outside_tokens
from accounts.states import CloseReason
from accounts.tests.factories import UserFactory
from accounts.tests.outside.test_nhs_login import come_by, events, user_of
from accounts.tests.security.people import CODE, sign_in, with_app
from common import clock
from integrations.oidc import Attempt, ClientRefused, ProviderAway, Tokens, work
from integrations.tests.oidc.foreign import Foreign
from notifications.models import Message

pytestmark = pytest.mark.django_db

ENTER, CONNECT, DISCONNECT, SECURITY = (
    f"/account/{path}/" for path in ("work-login", "work-login/connect", "work-login/disconnect", "security")
)
WORK = OutsideIdentity.Provider.WORK_LOGIN
OURS = ("accounts", "common", "integrations", "django", "urllib3")


def officer(email: str = "ada@example.org") -> User:
    user: User = UserFactory.create(email=email)
    services.role_grant(actor=None, user_id=user.public_id, role=Role.BILLING_OFFICER)
    return User.objects.get(pk=user.pk)


def linked(subject: str = "ada") -> User:
    user = officer()
    services.identity_link(actor=user, provider=WORK, subject=subject)
    return user


def kept() -> OutsideTokens:
    return OutsideTokens.objects.get()


def due() -> None:
    OutsideTokens.objects.update(good_until=clock.now())


@pytest.fixture
def come(client: Client, work_login: Foreign) -> User:
    """Somebody who has come by it: signed in, and a program too."""
    user = linked()
    come_by(client, work_login, "ada", at=ENTER)
    assert user_of(client) == str(user.pk)
    ApiToken.objects.issue(user)
    return user


Asking = Callable[[Callable[[str], Tokens]], list[str]]


@pytest.fixture
def instead(monkeypatch: pytest.MonkeyPatch) -> Asking:
    """Puts another in the provider's place when it is asked for a refresh; the tokens that it is shown."""

    def put(answer: Callable[[str], Tokens]) -> list[str]:
        shown: list[str] = []

        def refresh(refresh_token: str, *, subject: str) -> Tokens:
            shown.append(refresh_token)
            return answer(refresh_token)

        monkeypatch.setitem(outside_tokens.REFRESH, WORK, refresh)
        return shown

    return put


def test_it_opens_no_account_by_an_address_and_makes_none(client: Client, work_login: Foreign) -> None:
    user = officer()
    work_login.knows("ada", level="P9", email=user.email)
    assert come_by(client, work_login, "ada", at=ENTER, next=SECURITY)["Location"] == CONNECT
    page = client.get(CONNECT).content.decode()
    assert "Sign in first" in page
    assert "not connected to an account here yet" in page
    client.post(CONNECT)
    assert (user_of(client), OutsideIdentity.objects.count(), User.objects.get()) == (None, 0, user)
    assert "refresh_token" not in str(dict(client.session))
    # Whoever signs in then is asked, and decides.
    assert sign_in(client, user, target=CONNECT) == CONNECT
    assert user.email in client.get(CONNECT).content.decode()
    assert client.post(CONNECT)["Location"] == SECURITY
    assert (OutsideIdentity.objects.get().user, kept().identity.subject) == (user, "ada")
    assert "outside_tokens" not in client.session
    assert [message.subject for message in mail.outbox] == ["Riverside account opens your account now"]
    assert work_login.refusals == []
    assert "Disconnect Riverside account" in client.get(SECURITY).content.decode()
    client.post(DISCONNECT)
    assert not OutsideTokens.objects.exists()
    assert [name for name, _, _ in events("identity.linked", "identity.unlinked")] == [
        "identity.linked",
        "identity.unlinked",
    ]


def test_what_was_kept_of_one_provider_is_not_met_with_another(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.session = SessionStore()
    facts: dict[str, Any] = {"level": None, "email": "", "target": "", "at": time.time()}
    by_work = session.Found(provider=WORK, subject="ada", **facts)
    session.keep_found(request, by_work, Tokens(access_token="a", refresh_token="r", good_for=60))
    assert (session.tokens_of(request, by_work) or by_work) == Tokens(access_token="a", refresh_token="r", good_for=60)
    by_nhs = session.Found(provider="nhs-login", subject="bea", **facts)
    session.keep_found(request, by_nhs)
    assert session.tokens_of(request, by_nhs) is None
    assert session.found_in(request, WORK) is None
    attempt = Attempt(state="s", nonce="n", verifier="v", redirect_uri="", started_at=0)
    session.send_on_the_way(request, session.OnTheWay(provider="nhs-login", attempt=attempt, target=""))
    assert session.come_back(request, WORK) is None


def test_it_is_for_those_who_work_here(client: Client, work_login: Foreign) -> None:
    user = UserFactory.create()
    sign_in(client, user)
    assert "Riverside" not in client.get(SECURITY).content.decode()
    come_by(client, work_login, "ada", at=ENTER)
    assert "for people who work here" in client.post(CONNECT).content.decode()
    assert not OutsideIdentity.objects.exists()
    OutsideIdentity.objects.create(user=user, provider=WORK, subject="ada", verified_at=clock.now())
    client.logout()
    assert come_by(client, work_login, "ada", at=ENTER).status_code == 400
    assert (user_of(client), OutsideTokens.objects.count()) == (None, 0)
    assert [reason for _, _, reason in events("identity.refused")] == ["not_staff", "not_staff"]


def test_a_program_sees_it_and_disconnects_it(client: Client, come: User) -> None:
    (told,) = client.get("/api/v1/sign-in-providers/").json()
    assert (told["provider"], told["name"], told["is_connected"]) == ("work-login", "Riverside account", True)
    disconnect = "/api/v1/sign-in-providers/{}/disconnect/"
    assert client.post(disconnect.format("nhs-login")).status_code == 404
    AccountSession.objects.update(started_at=clock.now() - timedelta(minutes=10))
    refused = client.post(disconnect.format("work-login"))
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_needed")
    AccountSession.objects.update(started_at=clock.now())
    assert [client.post(disconnect.format("work-login")).status_code for _ in range(2)] == [204, 204]
    assert not OutsideIdentity.objects.exists()
    assert [message.subject for message in mail.outbox] == ["Riverside account does not open your account any more"]
    (told,) = client.get("/api/v1/sign-in-providers/").json()
    assert (told["is_connected"], told["verified_at"]) == (False, None)


def test_anothers_is_refused_to_whoever_is_signed_in(client: Client, work_login: Foreign) -> None:
    linked()
    client.force_login(officer("bea@example.org"))
    assert come_by(client, work_login, "ada", at=ENTER).status_code == 400
    assert [reason for _, _, reason in events("identity.refused")] == ["another_person"]
    assert not OutsideTokens.objects.exists()


def test_a_second_step_is_asked_for_as_after_a_password(client: Client, work_login: Foreign) -> None:
    with_app(linked())
    assert come_by(client, work_login, "ada", at=ENTER)["Location"].startswith(CODE)
    assert user_of(client) is None


def test_a_secret_that_is_not_ours_proves_nothing(client: Client, work_login: Foreign, settings: Settings) -> None:
    linked()
    work_login.secret, ours = "another", work_login.secret
    assert come_by(client, work_login, "ada", at=ENTER).status_code == 503
    assert work_login.refusals == ["secret"]
    work_login.secret = ours


def test_without_it_nothing_is_there_and_nothing_is_kept(client: Client, come: User, settings: Settings) -> None:
    settings.WORK_LOGIN = None
    assert [client.get(path).status_code for path in (ENTER, f"{ENTER}back/", CONNECT)] == [404] * 3
    assert "Riverside" not in Client().get("/account/login/").content.decode()
    services.outside_tokens_sweep()
    assert not OutsideTokens.objects.exists()
    assert AccountSession.objects.filter(user=come).exists()


def test_a_token_is_encrypted_in_its_place_and_each_refresh_takes_it(
    come: User, work_login: Foreign, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    first = kept().refresh_token
    services.outside_tokens_sweep()
    assert work_login.refreshes == 0
    seen = [first]
    for _ in range(2):
        due()
        assert services.outside_tokens_sweep() == 1
        seen.append(kept().refresh_token)
        assert kept().good_until > clock.now() + outside_tokens.SKEW
    assert len(set(seen)) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_token FROM accounts_outsidetokens")
        stored = str(cursor.fetchone())
    # The provider runs in this very process, and logs what it gives.
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith(OURS))
    assert "POST /oauth2/token" in ours
    assert not any(token in f"{stored} {ours} {kept()!r}" for token in seen)
    assert AccountSession.objects.filter(user=come).exists()


def test_whoever_leaves_is_out_here_too_and_is_told(client: Client, come: User, work_login: Foreign) -> None:
    work_login.forgets("ada")
    due()
    services.outside_tokens_sweep()
    assert not AccountSession.objects.filter(user=come).exists()
    assert not ApiToken.objects.filter(user=come).exists()
    assert not OutsideTokens.objects.exists()
    ended = events("identity.ended", "session.revoked", "token.revoked")
    assert sorted((action, by) for action, by, _ in ended) == [
        ("identity.ended", None),
        ("session.revoked", None),
        ("token.revoked", None),
    ]
    assert ("identity.ended", None, "refused") in ended
    assert [message.facts["provider"] for message in Message.objects.filter(kind="outside_ended")] == [
        "Riverside account"
    ]
    assert client.get(SECURITY)["Location"].startswith("/account/login/")
    # Until the provider stands for them again.
    assert OutsideIdentity.objects.get().ended_at
    come_by(client, work_login, "ada", at=ENTER)
    assert (OutsideIdentity.objects.get().ended_at, OutsideTokens.objects.count()) == (None, 1)


@pytest.mark.parametrize("may_have_acted", [False, True])
def test_a_provider_that_is_away_changes_nothing(
    come: User, instead: Asking, may_have_acted: Any, work_login: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_token: str) -> Tokens:
        raise ProviderAway("away", may_have_acted=may_have_acted)

    first = kept().refresh_token
    shown = instead(away)
    due()
    services.outside_tokens_sweep()
    assert (shown, kept().refresh_token) == ([first], first)
    assert AccountSession.objects.filter(user=come).exists()
    # Asked again at once where it has not heard, else once nobody waits for that answer any more.
    services.outside_tokens_sweep()
    assert len(shown) == (1 if may_have_acted else 2)
    services.outside_tokens_sweep(now=clock.now() + outside_tokens.ANSWERED_WITHIN)
    assert len(shown) == (2 if may_have_acted else 3)


def test_whose_answer_was_lost_is_not_taken_for_a_leaver(come: User, instead: Asking, work_login: Foreign) -> None:
    """The provider has changed the token, and we were not told: it refuses the one that we have."""
    real = work.refresh

    def lost(token: str) -> Tokens:
        real(token, subject="ada")
        raise ProviderAway("no answer", may_have_acted=True)

    instead(lost)
    due()
    services.outside_tokens_sweep()
    instead(lambda token: real(token, subject="ada"))
    services.outside_tokens_sweep(now=clock.now() + outside_tokens.ANSWERED_WITHIN)
    assert not OutsideTokens.objects.exists()
    assert OutsideIdentity.objects.get().ended_at
    assert events("identity.ended") == [("identity.ended", None, "lost")]
    assert AccountSession.objects.filter(user=come).exists()
    assert ApiToken.objects.filter(user=come).exists()


@pytest.mark.parametrize(("protected", "asked"), [(True, 1), (False, 2)])
def test_one_at_a_time_asks_and_outside_a_transaction(
    come: User, instead: Asking, monkeypatch: pytest.MonkeyPatch, protected: Any, asked: int
) -> None:
    """Another worker comes while the provider is asked. The control is without what keeps them apart."""
    outside = list(connection.savepoint_ids)

    def answer(token: str) -> Tokens:
        assert connection.savepoint_ids == outside
        turn = len(shown)
        if turn == 1:
            services.outside_tokens_sweep()
        return Tokens(access_token="a", refresh_token=f"{token}+{turn}", good_for=3600)

    if not protected:
        monkeypatch.setattr(outside_tokens, "ANSWERED_WITHIN", timedelta(0))
    shown = instead(answer)
    first = kept().refresh_token
    due()
    services.outside_tokens_sweep()
    assert shown == [first] * asked
    # Whose turn is over by then, drops what it is answered.
    assert kept().refresh_token == f"{first}+{asked}"


def test_an_answer_to_an_old_token_does_not_take_the_place_of_a_new_sign_in(come: User, instead: Asking) -> None:
    fresh = Tokens(access_token="a", refresh_token="fresh", good_for=3600)

    def answer(token: str) -> Tokens:
        services.outside_tokens_keep(user=come, provider=WORK, tokens=fresh)
        return Tokens(access_token="a", refresh_token=f"{token}+", good_for=3600)

    instead(answer)
    due()
    services.outside_tokens_sweep()
    assert kept().refresh_token == "fresh"


@pytest.mark.parametrize("others", [0, 1])
def test_who_refuses_us_ends_nobody_and_fails_the_job(
    come: User, instead: Asking, caplog: pytest.LogCaptureFixture, others: int
) -> None:
    """Else a secret that has run out would keep every leaver in, and nobody would hear of it."""
    first = kept().refresh_token
    for number in range(others):
        user = officer(f"person{number}@example.org")
        services.identity_link(actor=user, provider=WORK, subject=str(number))
        services.outside_tokens_keep(user=user, provider=WORK, tokens=Tokens(access_token="a", refresh_token="other"))

    def answer(token: str) -> Tokens:
        if token == "other":
            return Tokens(access_token="a", refresh_token="other", good_for=1)
        raise ClientRefused("the provider refuses us: invalid_client")

    instead(answer)
    due()
    with nullcontext() if others else pytest.raises(ClientRefused):
        services.outside_tokens_sweep()
    assert AccountSession.objects.filter(user=come).exists()
    row = OutsideTokens.objects.get(identity__user=come)
    assert (row.refresh_token, row.asked_at) == (first, None)
    assert "invalid_client" in caplog.text


def test_a_closed_account_keeps_nothing(come: User) -> None:
    services.account_close(actor=None, user_id=come.public_id, reason=CloseReason.LEFT)
    assert not OutsideTokens.objects.exists()
    come.refresh_from_db()
    tokens = Tokens(access_token="a", refresh_token="r")
    assert not services.outside_tokens_keep(user=come, provider=WORK, tokens=tokens)


def test_one_without_an_answer_keeps_nobody_else_from_theirs(instead: Asking, work_login: Foreign) -> None:
    for number in range(6):
        user = officer(f"person{number}@example.org")
        services.identity_link(actor=user, provider=WORK, subject=str(number))
        tokens = Tokens(access_token="a", refresh_token=str(number), good_for=1)
        services.outside_tokens_keep(user=user, provider=WORK, tokens=tokens)

    def answer(token: str) -> Tokens:
        if token == "0":
            raise ProviderAway("answered 400")
        return Tokens(access_token="a", refresh_token=f"{token}+", good_for=1)

    instead(answer)
    assert services.outside_tokens_sweep() == 6
    assert sorted(row.refresh_token for row in OutsideTokens.objects.all()) == ["0", "1+", "2+", "3+", "4+", "5+"]

    def away(_token: str) -> Tokens:
        raise ProviderAway("away")

    instead(away)
    assert services.outside_tokens_sweep() == outside_tokens.AWAY_AFTER


def test_a_token_that_nothing_opens_any_more_is_forgotten(come: User, work_login: Foreign) -> None:
    due()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_outsidetokens SET refresh_token = '1:spoilt'")
    services.outside_tokens_sweep()
    assert (work_login.refreshes, OutsideTokens.objects.count()) == (0, 0)
    assert AccountSession.objects.filter(user=come).exists()
