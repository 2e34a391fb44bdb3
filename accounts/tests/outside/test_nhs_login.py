"""Signing in by NHS login, against a provider that we did not write (integrations/tests/oidc/foreign.py)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from joserfc.jwk import RSAKey
from pytest_django import Settings

from accounts.models import AccountSession, ApiToken, OutsideIdentity, User
from accounts.states import ALL_SCOPES
from accounts.tests.factories import PatientFactory, UserFactory
from accounts.tests.security.people import CODE, code_now, sign_in, with_app
from audit.models import Event
from common import clock
from integrations.tests.oidc.foreign import Foreign

pytestmark = pytest.mark.django_db

ENTER, BACK, CONNECT, SECURITY = (
    f"/account/{path}/" for path in ("nhs-login", "nhs-login/back", "nhs-login/connect", "security")
)
RECORD = "/health-record/"


def come_by(client: Client, foreign: Foreign, subject: str, at: str = ENTER, **query: str) -> Any:
    """What the person meets who goes to NHS login from that page, signs in there and comes back."""
    away = client.get(at, query)
    return client.get(without_host(foreign.signs_in(away["Location"], subject)))


def without_host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def linked(subject: str = "ada", **fields: Any) -> User:
    user = PatientFactory.create().user
    assert user
    now = clock.now()
    OutsideIdentity.objects.create(
        user=user, provider="nhs-login", subject=subject, level="P0", verified_at=now, **fields
    )
    return user


def events(*actions: str) -> list[tuple[str, Any, Any]]:
    found = Event.objects.filter(action__in=actions).order_by("pk")
    return [(event.action, event.actor_id, event.data.get("reason") or event.data.get("level")) for event in found]


def user_of(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_somebody_new_gets_an_account_with_the_confirmed_address_and_no_password(
    client: Client, foreign: Foreign
) -> None:
    foreign.knows("ada", level="P0", email="Ada@example.org")
    came = come_by(client, foreign, "ada", next="/appointments/")
    assert came["Location"] == CONNECT
    assert "Ada@example.org" in client.get(CONNECT).content.decode()
    assert not User.objects.exists()
    created = client.post(CONNECT)
    user = User.objects.get()
    assert (created["Location"], user.email, user.has_usable_password()) == ("/appointments/", "ada@example.org", False)
    identity = OutsideIdentity.objects.get()
    assert (identity.user, identity.subject, identity.level) == (user, "ada", "P0")
    assert user_of(client) == str(user.pk)
    assert events("identity.verified", "identity.linked") == [
        ("identity.verified", None, "P0"),
        ("identity.linked", user.public_id, "P0"),
    ]
    assert foreign.refusals == []


def test_what_is_asked_for_is_the_least_and_by_pkce(client: Client, foreign: Foreign) -> None:
    foreign.knows("ada", level="P0", email="ada@example.org")
    come_by(client, foreign, "ada")
    asked = foreign.asked[-1]
    assert (asked["scope"], asked["response_type"], asked["code_challenge_method"]) == ("openid email", "code", "S256")
    assert json.loads(asked["vtr"]) == ["P0.Cp.Cd", "P0.Cp.Ck", "P0.Cm"]
    assert asked["redirect_uri"] == f"http://testserver{BACK}"


def test_whoever_is_connected_is_signed_in_and_led_on(client: Client, foreign: Foreign) -> None:
    user = linked()
    foreign.knows("ada", level="P5")
    came = come_by(client, foreign, "ada", next="/appointments/")
    assert (came["Location"], user_of(client)) == ("/appointments/", str(user.pk))
    assert OutsideIdentity.objects.get().level == "P5"
    assert events("identity.verified") == [("identity.verified", user.public_id, "P5")]
    assert Event.objects.get(action="session.started").data["methods"] == ["nhs-login"]


def test_an_address_alone_opens_no_account(client: Client, foreign: Foreign) -> None:
    user = UserFactory.create(email="ada@example.org")
    foreign.knows("ada", level="P9", email="ada@example.org")
    come_by(client, foreign, "ada")
    assert "Sign in first" in client.get(CONNECT).content.decode()
    client.post(CONNECT)
    assert (user_of(client), OutsideIdentity.objects.count(), User.objects.get()) == (None, 0, user)
    # Whoever signs in then is asked, and decides.
    assert sign_in(client, user, target=CONNECT) == CONNECT
    assert "Connect your NHS login?" in client.get(CONNECT).content.decode()
    assert client.post(CONNECT)["Location"] == SECURITY
    assert OutsideIdentity.objects.get().user == user
    assert [message.subject for message in mail.outbox] == ["NHS login opens your account now"]


@pytest.mark.parametrize("email", ["", "ada@example.org"])
def test_an_address_that_is_not_confirmed_makes_no_account(client: Client, foreign: Foreign, email: str) -> None:
    foreign.knows("ada", level="P0", email=email, confirmed=False)
    come_by(client, foreign, "ada")
    assert "Sign in first" in client.get(CONNECT).content.decode()
    client.post(CONNECT)
    assert not User.objects.exists()


def test_connecting_asks_who_one_is_where_the_sign_in_is_old(client: Client, foreign: Foreign) -> None:
    user = UserFactory.create()
    sign_in(client, user)
    AccountSession.objects.update(started_at=clock.now() - timedelta(minutes=10))
    foreign.knows("ada", level="P0", email="other@example.org")
    come_by(client, foreign, "ada", next=SECURITY)
    for answer in (client.get(CONNECT), client.post(CONNECT)):
        assert answer["Location"].startswith("/account/reauthenticate/")
    assert not OutsideIdentity.objects.exists()


def test_another_persons_nhs_login_is_refused_to_whoever_is_signed_in(client: Client, foreign: Foreign) -> None:
    linked("ada")
    other = linked("bea")
    client.force_login(other)
    foreign.knows("ada", level="P9")
    assert come_by(client, foreign, "ada").status_code == 400
    assert user_of(client) == str(other.pk)
    assert events("identity.refused") == [("identity.refused", other.public_id, "another_person")]


def test_a_second_step_is_asked_for_as_after_a_password(client: Client, foreign: Foreign) -> None:
    user = with_app(linked())
    foreign.knows("ada", level="P9")
    assert come_by(client, foreign, "ada", next="/appointments/")["Location"].startswith(CODE)
    assert user_of(client) is None
    assert client.post(CODE, {"code": code_now()})["Location"] == "/appointments/"
    assert user_of(client) == str(user.pk)
    assert client.get(RECORD).status_code == 200


def test_a_closed_account_stays_closed(client: Client, foreign: Foreign) -> None:
    user = linked()
    User.objects.filter(pk=user.pk).update(is_active=False)
    foreign.knows("ada", level="P9")
    come_by(client, foreign, "ada")
    assert user_of(client) is None


def test_a_record_wants_a_surer_proof_and_opens_with_it(client: Client, foreign: Foreign) -> None:
    linked()
    foreign.knows("ada", level="P0")
    come_by(client, foreign, "ada")
    assert client.get("/appointments/").status_code == 200
    stopped = client.get(RECORD)
    assert stopped["Location"] == f"/account/nhs-login/more/records/?next={RECORD}"
    go = f"/account/nhs-login/more/records/go/?next={RECORD}"
    assert go in client.get(stopped["Location"]).content.decode()
    name = client.session.session_key
    # As long as NHS login is no surer of them, it stays closed.
    assert come_by(client, foreign, "ada", at=go).status_code == 400
    assert client.get(RECORD).status_code == 302
    foreign.knows("ada", level="P9")
    assert come_by(client, foreign, "ada", at=go)["Location"] == RECORD
    assert (foreign.asked[-1]["scope"], json.loads(foreign.asked[-1]["vtr"])[0]) == ("openid", "P9.Cp.Cd")
    assert client.get(RECORD).status_code == 200
    assert client.session.session_key != name
    assert events("identity.refused") == [("identity.refused", User.objects.get().public_id, "level")]


def test_who_came_by_a_password_is_bound_by_no_weaker_proof(client: Client, foreign: Foreign) -> None:
    """Decision 0040: the password and second step are as sure as they were. Nor is a surer proof undone by a weaker."""
    user = UserFactory.create()
    PatientFactory.create(user=user)
    sign_in(client, user)
    foreign.knows("ada", level="P0", email="ada@example.org")
    come_by(client, foreign, "ada", next=SECURITY)
    client.post(CONNECT)
    assert OutsideIdentity.objects.get().user == user
    assert client.get(RECORD).status_code == 200
    come_by(client, foreign, "ada")
    assert client.get(RECORD).status_code == 200
    client.logout()
    for level, status in (("P0", 302), ("P9", 200), ("P0", 200)):
        foreign.knows("ada", level=level)
        come_by(client, foreign, "ada")
        assert client.get(RECORD).status_code == status


def test_who_has_disconnected_it_is_not_led_where_they_are_not_taken(client: Client, foreign: Foreign) -> None:
    user = linked()
    foreign.knows("ada", level="P0")
    come_by(client, foreign, "ada")
    client.post("/account/nhs-login/disconnect/")
    assert not OutsideIdentity.objects.exists()
    # What was proved by it is no more than it was.
    page = client.get(client.get(RECORD)["Location"]).content.decode()
    assert "Sign in again to go on" in page
    assert "/account/nhs-login/more/records/go/" not in page
    # Nor by how sure NHS login is of somebody else.
    foreign.knows("bea", level="P9", email="bea@example.org")
    assert come_by(client, foreign, "bea")["Location"] == CONNECT
    assert client.post(CONNECT)["Location"] == SECURITY
    assert client.get(RECORD).status_code == 302
    assert not OutsideIdentity.objects.exists()
    client.post("/account/logout/")
    sign_in(client, user)
    assert client.get(RECORD).status_code == 200


def test_levels_are_the_installations(client: Client, foreign: Foreign, settings: Settings) -> None:
    user = linked()
    sign_in(client, user)
    assert client.get(RECORD).status_code == 200
    settings.NHS_LOGIN = replace(settings.NHS_LOGIN, binds_linked=True)
    assert client.get(RECORD).status_code == 302
    confirm = "/book/nobody/confirm/"
    assert client.get(confirm).status_code == 404
    settings.NHS_LOGIN = replace(settings.NHS_LOGIN, booking_level=settings.NHS_LOGIN.records_level)
    assert client.get(confirm)["Location"] == f"/account/nhs-login/more/booking/?next={confirm}"
    assert client.get("/appointments/").status_code == 200
    refused = client.post("/api/v1/appointments/", {}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "level_needed")


def test_a_token_of_a_bound_account_opens_no_record(client: Client, foreign: Foreign, settings: Settings) -> None:
    """The middleware knows nobody whose token comes: what is behind the level has to be shut where it is known."""
    record, text = ApiToken.objects.issue(linked(), scopes=list(ALL_SCOPES))
    sent = {"Authorization": f"Bearer {text}"}
    assert client.get("/api/v1/documents/sent/", headers=sent).status_code == 200
    settings.NHS_LOGIN = replace(settings.NHS_LOGIN, binds_linked=True)
    refused = client.get("/api/v1/documents/sent/", headers=sent)
    assert (refused.status_code, refused.json()["code"]) == (403, "level_needed")
    assert client.get("/api/v1/me/", headers=sent).json()["id"] == str(record.user.public_id)


def test_whoever_has_no_password_proves_themselves_there(client: Client, foreign: Foreign) -> None:
    user = linked()
    user.set_unusable_password()
    user.save()
    foreign.knows("ada", level="P0")
    come_by(client, foreign, "ada")
    AccountSession.objects.update(started_at=clock.now() - timedelta(minutes=10))
    others = "/account/security/sessions/end-others/"
    turned = client.post(others, HTTP_REFERER=f"http://testserver{SECURITY}")["Location"]
    assert turned == f"/account/nhs-login/more/again/?next={SECURITY}"
    assert (
        come_by(client, foreign, "ada", at="/account/nhs-login/more/again/go/", next=SECURITY)["Location"] == SECURITY
    )
    assert foreign.asked[-1]["prompt"] == "login"
    assert client.post(others)["Location"] == SECURITY
    assert events("session.revoked", "session.reauthenticated")[0][0] == "session.reauthenticated"


def test_disconnecting_leaves_another_way_in(client: Client, foreign: Foreign) -> None:
    user = linked()
    sign_in(client, user)
    assert "Disconnect NHS login" in client.get(SECURITY).content.decode()
    User.objects.filter(pk=user.pk).update(password="!")
    client.force_login(user)
    client.post("/account/nhs-login/disconnect/")
    assert OutsideIdentity.objects.exists()
    user.set_password("orchard lantern seagull")
    user.save()
    client.force_login(user)
    client.post("/account/nhs-login/disconnect/")
    assert not OutsideIdentity.objects.exists()
    assert events("identity.unlinked") == [("identity.unlinked", user.public_id, None)]


def test_an_answer_counts_once_and_in_its_own_browser(client: Client, foreign: Foreign) -> None:
    linked()
    foreign.knows("ada", level="P0")
    answer = without_host(foreign.signs_in(client.get(ENTER)["Location"], "ada"))
    assert Client().get(answer).status_code == 400
    assert client.get(answer.replace("state=", "state=x")).status_code == 400
    assert client.get(answer).status_code == 400
    assert [reason for _, _, reason in events("identity.refused")] == ["no_attempt", "state", "no_attempt"]
    assert user_of(client) is None


def test_refusing_to_share_offers_both_ways_on_and_help(client: Client, foreign: Foreign) -> None:
    back = without_host(foreign.refuses(client.get(ENTER, {"next": "/appointments/"})["Location"]))
    page = client.get(back).content.decode()
    assert "Choose how you want to continue" in page
    assert 'href="tel:111"' in page
    assert 'href="tel:999"' in page
    assert "/account/nhs-login/?next=/appointments/" in page
    assert events("identity.refused") == [("identity.refused", None, "consent")]


def test_a_key_that_nhs_login_does_not_know_proves_nothing(
    client: Client, foreign: Foreign, settings: Settings
) -> None:
    linked()
    settings.NHS_LOGIN = replace(settings.NHS_LOGIN, private_key=RSAKey.generate_key(2048))
    foreign.knows("ada", level="P0")
    assert come_by(client, foreign, "ada").status_code == 503
    assert foreign.refusals == ["assertion"]


def test_a_provider_that_is_away_is_said(client: Client, settings: Settings, foreign: Foreign) -> None:
    settings.NHS_LOGIN = replace(settings.NHS_LOGIN, issuer="http://127.0.0.1:9")
    answer = client.get(ENTER)
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_without_it_nothing_is_there(client: Client) -> None:
    user = UserFactory.create()
    client.force_login(user)
    for path in (ENTER, BACK, CONNECT, "/account/nhs-login/more/records/"):
        assert client.get(path).status_code == 404
    assert "NHS login" not in client.get(SECURITY).content.decode()
    assert "NHS login" not in Client().get("/account/login/").content.decode()


def test_its_button_stands_first_on_the_way_in(client: Client, foreign: Foreign) -> None:
    text = client.get("/account/login/?next=/appointments/").content.decode()
    assert text.index("Continue to NHS login") < text.index('name="password"')
    assert "/account/nhs-login/?next=/appointments/" in text


def test_a_session_of_a_weak_proof_is_exchanged_for_no_token(client: Client, foreign: Foreign) -> None:
    """A token keeps no level, so one for the cookie of such a session would open what the pages refuse."""
    linked()
    foreign.knows("ada", level="P0")
    come_by(client, foreign, "ada")
    cookie = {"X-Session-Token": str(client.session.session_key)}
    refused = client.post("/api/v1/token/", {}, content_type="application/json", headers=cookie)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_over")
