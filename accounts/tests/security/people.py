"""People with a second step, and the codes that their phones show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.utils import timezone

from accounts.tests.factories import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN = "/account/login/"
CODE = "/account/2fa/authenticate/"
PROVE = "/account/2fa/reauthenticate/"
WRONG_CODE = "000000"


def with_app(user: User) -> User:
    """The person has an authenticator app with `SECRET`, and recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    counter = int(timezone.now().timestamp()) // app_settings.TOTP_PERIOD + steps
    return format_hotp_value(hotp_value(secret, counter))


def recovery_codes(user: User) -> list[str]:
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return list(row.wrap().get_unused_codes())


def sign_in(client: Client, user: User, password: str = PASSWORD, *, target: str = "") -> str:
    """Where the first step leads; what the page says where it leads nowhere."""
    details = {"login": user.email, "password": password, "next": target}
    response = client.post(SIGN_IN, details)
    return response["Location"] if response.status_code == 302 else response.content.decode()


def prove_by_code(client: Client, target: str = "/account/security/") -> str:
    """Where somebody who is signed in is led after the code of their app."""
    return client.post(PROVE, {"code": code_now(), "next": target})["Location"]


def is_signed_in(client: Client) -> bool:
    return client.get("/account/security/").status_code == 200
