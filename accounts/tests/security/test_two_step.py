"""The second step at the sign-in page: apps, recovery codes, passkeys, and what is kept of their secrets."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import User
from accounts.security.mfa_adapter import TwoStepAdapter
from accounts.tests.factories import UserFactory
from accounts.tests.security.people import CODE, SECRET, code_now, is_signed_in, recovery_codes, sign_in, with_app
from audit.models import Event
from common.fields import DecryptionError

pytestmark = pytest.mark.django_db(transaction=False)

ACTIVATE = "/account/2fa/totp/activate/"
PASSKEY_DOORS = ["/account/2fa/webauthn/login/", CODE, "/account/2fa/webauthn/reauthenticate/"]
RUBBISH = [
    "",
    "x",
    "1",
    "[]",
    "{}",
    '{"id": 5}',
    '{"response": {}}',
    "null",
    '"text"',
    '{"id":"a","rawId":"a","type":"b"}',
]


def _key_on(page: bytes) -> str:
    found = re.search(rb"data-totp-key>([A-Z2-7]+)<", page)
    assert found
    return found.group(1).decode()


def test_the_second_step_stands_between_password_and_account(client: Client) -> None:
    user = with_app(UserFactory.create())
    assert sign_in(client, user, target="/account/email/") == CODE
    assert not is_signed_in(client)
    assert client.post(CODE, {"code": code_now()})["Location"] == "/account/email/"
    assert is_signed_in(client)


def test_a_code_works_once(client: Client) -> None:
    user, code = with_app(UserFactory.create()), code_now()
    sign_in(client, user)
    client.post(CODE, {"code": code})
    second = Client()
    sign_in(second, user)
    assert "This code is not right" in second.post(CODE, {"code": code}).content.decode()
    assert not is_signed_in(second)


def test_a_code_stays_used_for_as_long_as_it_is_good(client: Client) -> None:
    user, code = with_app(UserFactory.create()), code_now()
    sign_in(client, user)
    client.post(CODE, {"code": code})
    # As allauth forgets it after half a minute, while the code is good for another half at least.
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")
    second = Client()
    sign_in(second, user)
    assert "This code is not right" in second.post(CODE, {"code": code}).content.decode()
    assert not is_signed_in(second)


def test_a_recovery_code_works_once_and_is_noted(client: Client) -> None:
    user = with_app(UserFactory.create())
    code = recovery_codes(user)[0]
    sign_in(client, user)
    client.post(CODE, {"code": f" {code} "})
    assert is_signed_in(client)
    assert Event.objects.filter(action="recovery_codes.used", object_id=str(user.public_id)).count() == 1

    second = Client()
    sign_in(second, user)
    second.post(CODE, {"code": code})
    assert not is_signed_in(second)
    assert len(recovery_codes(user)) == 9


def test_an_app_is_set_up_by_the_code_that_it_shows(
    client: Client, mailoutbox: list[EmailMultiAlternatives], django_capture_on_commit_callbacks: object
) -> None:
    user = UserFactory.create()
    client.force_login(user)
    key = _key_on(client.get(ACTIVATE).content)
    empty = client.post(ACTIVATE, {"code": ""})
    assert "Enter the code that the app shows." in empty.content.decode()
    wrong = client.post(ACTIVATE, {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    assert _key_on(wrong.content) == key
    assert key not in str(dict(client.session))

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        response = client.post(ACTIVATE, {"code": code_now(key)})
    assert response["Location"] == "/account/2fa/recovery-codes/"
    page = client.get(response["Location"]).content.decode()
    assert all(code in page for code in recovery_codes(user))
    assert "10 of 10 left" in page
    assert SECRET_SESSION_KEY not in client.session
    assert [mail.subject for mail in mailoutbox] == ["Two-step sign-in is on"]
    assert mailoutbox[0].alternatives
    noted = Event.objects.filter(object_id=str(user.public_id)).values_list("action", flat=True)
    assert {"two_step.added", "recovery_codes.generated"} <= set(noted)


def test_secrets_are_encrypted_by_our_keys() -> None:
    user = with_app(UserFactory.create())
    stored = str(list(Authenticator.objects.filter(user=user).values_list("data", flat=True)))
    assert SECRET not in stored
    assert not any(code in stored for code in recovery_codes(user))
    assert TwoStepAdapter().decrypt(TwoStepAdapter().encrypt(SECRET)) == SECRET
    with pytest.raises(DecryptionError):
        TwoStepAdapter().decrypt(SECRET)


def test_without_app_and_passkey_the_recovery_codes_go_and_the_owner_is_told(
    client: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    user = with_app(UserFactory.create())
    client.force_login(user)
    assert client.get("/account/2fa/totp/deactivate/").status_code == 200
    assert client.post("/account/2fa/totp/deactivate/")["Location"] == "/account/2fa/"
    assert not Authenticator.objects.filter(user=user).exists()
    assert [mail.subject for mail in mailoutbox] == ["The authenticator app was removed"]
    assert Event.objects.filter(action="two_step.removed", object_id=str(user.public_id)).count() == 1
    assert sign_in(Client(), user).startswith("/")


def test_new_recovery_codes_end_the_old(
    client: Client, mailoutbox: list[EmailMultiAlternatives], django_capture_on_commit_callbacks: object
) -> None:
    user = with_app(UserFactory.create())
    old = recovery_codes(user)
    client.force_login(user)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post("/account/2fa/recovery-codes/generate/")
    assert not set(old) & set(recovery_codes(user))
    assert [mail.subject for mail in mailoutbox] == ["New recovery codes"]
    answer = client.get("/account/2fa/recovery-codes/download/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert recovery_codes(user)[0] in answer.content.decode()


def test_recovery_codes_alone_are_no_second_step(client: Client) -> None:
    user = UserFactory.create()
    RecoveryCodes.activate(user)
    assert sign_in(client, user) != CODE
    assert not User.objects.get(pk=user.pk).has_two_step


@pytest.mark.parametrize("door", PASSKEY_DOORS)
@pytest.mark.parametrize("credential", RUBBISH)
def test_what_is_no_passkey_is_refused_and_never_an_error(client: Client, door: str, credential: str) -> None:
    user = with_app(UserFactory.create())
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}})
    Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).delete()
    if door == CODE:
        sign_in(client, user)
    elif "reauthenticate" in door:
        client.force_login(user)
    client.get(door, headers={"Accept": "application/json"})
    assert client.post(door, {"credential": credential}).status_code in {200, 302}
    assert "reauthenticate" in door or not is_signed_in(client)


@pytest.mark.parametrize("credential", RUBBISH)
def test_what_is_no_passkey_is_not_added(client: Client, credential: str) -> None:
    client.force_login(UserFactory.create())
    assert client.get("/account/2fa/webauthn/add/").status_code == 200
    response = client.post("/account/2fa/webauthn/add/", {"name": "Phone", "credential": credential})
    assert response.status_code == 200
    assert not Authenticator.objects.exists()


def test_passkeys_are_not_offered_at_a_bare_address(client: Client) -> None:
    client.force_login(UserFactory.create())
    for page in ("/account/security/", "/account/2fa/webauthn/add/"):
        bare = client.get(page, headers={"Host": "127.0.0.1:8000"}).content.decode()
        assert "Browsers offer passkeys only to a site with a name" in bare, page
        assert "Browsers offer passkeys only" not in client.get(page).content.decode(), page
    assert "data-passkey" not in Client().get("/account/login/", headers={"Host": "127.0.0.1"}).content.decode()
    assert "data-passkey" in Client().get("/account/login/").content.decode()


def test_the_overviews_of_allauth_are_our_security_page(client: Client) -> None:
    client.force_login(UserFactory.create())
    for page in ("/account/2fa/", "/account/2fa/webauthn/"):
        assert client.get(page, follow=True).request["PATH_INFO"] == "/account/security/"


def test_the_log_says_by_what_somebody_came_in(client: Client) -> None:
    user = with_app(UserFactory.create())
    sign_in(client, user)
    client.post(CODE, {"code": code_now()})
    event = Event.objects.get(action="session.started", object_id=str(user.public_id))
    assert event.data["methods"] == ["password", "totp"]


@pytest.mark.parametrize(
    "kind", ["totp_activated", "totp_deactivated", "webauthn_added", "webauthn_removed", "recovery_codes_generated"]
)
def test_each_change_has_a_mail_in_our_words_as_text_and_html(kind: str) -> None:
    facts = {"site_name": "MedConsult", "base_url": "https://www.clinic.example"}
    subject = render_to_string(f"mfa/email/{kind}_subject.txt", facts).strip()
    for ending in ("txt", "html"):
        body = render_to_string(f"mfa/email/{kind}_message.{ending}", facts)
        assert subject in body
        assert "If it was not you, choose a new password at once" in body
