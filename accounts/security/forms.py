from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, cast

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import services
from accounts.forms import OurWords
from accounts.models import User
from accounts.security.devices import device_of

# What a browser may send in place of a passkey's answer, and the parser stumbles over.
MALFORMED = (KeyError, AttributeError, TypeError, ValueError)
# By these codes allauth says that it has not looked at what was sent.
LIMITED = frozenset({"too_many_login_attempts", "rate_limited"})


@contextmanager
def limit_noted(user: User | None) -> Iterator[None]:
    """Notes where allauth refuses to hear a code or a passkey of this person, because there were too many."""
    try:
        yield
    except ValidationError as error:
        if user and error.code in LIMITED:
            services.sign_in_limited(email=user.email, device=device_of(context.request))
        raise


class NotedLimit:
    """The limit on codes, written down."""

    user: User

    def clean_code(self) -> str:
        with limit_noted(self.user):
            return cast("str", super().clean_code())  # type: ignore[misc]


class CodeOnce(NotedLimit):
    """A code counts once for as long as it is in any way good.

    allauth remembers it for one period of the app, and takes it in MFA_TOTP_TOLERANCE periods before and after too.
    """

    def clean_code(self) -> str:
        code = super().clean_code()
        periods = 1 + 2 * app_settings.TOTP_TOLERANCE
        key = f"code-used:{self.user.pk}:{normalize_user_code(code)}"
        if not cache.add(key, "y", timeout=periods * app_settings.TOTP_PERIOD):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(CodeOnce, OurWords, base_forms.AuthenticateForm):
    labels: ClassVar[dict[str, str]] = {"code": "Code"}


class ReauthenticateCodeForm(CodeOnce, OurWords, base_forms.ReauthenticateForm):
    labels: ClassVar[dict[str, str]] = {"code": "Code"}


class ActivateTOTPForm(NotedLimit, OurWords, totp_forms.ActivateTOTPForm):
    """allauth's, whose secret waits in the session encrypted until the first code proves that the app has it."""

    labels: ClassVar[dict[str, str]] = {"code": "Code that the app shows"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(inputmode="numeric")
        self.fields["code"].help_text = "Six digits. They change every 30 seconds."
        self.fields["code"].error_messages["required"] = "Enter the code that the app shows."
        session = context.request.session
        if self.is_bound and session.get(SECRET_SESSION_KEY, "").startswith("gAAAA"):
            self.secret = decrypt(session[SECRET_SESSION_KEY])
            return
        self.secret = generate_totp_secret()
        session[SECRET_SESSION_KEY] = encrypt(self.secret)


class OurPasskeys(OurWords):
    """A passkey stands for the password too, so it must know its owner by a finger, a face or a PIN."""

    labels: ClassVar[dict[str, str]] = {"name": "Name", "credential": "Passkey"}


def passkey_name(**options: Any) -> forms.CharField:
    return forms.CharField(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)


class AddPasskeyForm(OurPasskeys, webauthn_forms.AddWebAuthnForm):
    name = passkey_name(required=False, help_text="So that you can tell your passkeys apart: “My phone”, say.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            return super().clean() or {}
        except MALFORMED as error:
            raise _refused(error) from error


class UsePasskeyForm(OurPasskeys, webauthn_forms.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            with limit_noted(self.user):
                return super().clean_credential()
        except MALFORMED as error:
            raise _refused(error) from error


class SignInPasskeyForm(webauthn_forms.LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except MALFORMED as error:
            raise _refused(error) from error


class ReauthenticatePasskeyForm(UsePasskeyForm, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class RenamePasskeyForm(OurPasskeys, webauthn_forms.EditWebAuthnForm):
    name = passkey_name()

    def save(self) -> Authenticator:
        """As allauth's, and written down."""
        with transaction.atomic():
            passkey = super().save()
            request = context.request
            services.credential_note(
                user=request.user, action="passkey.renamed", actor=request.user, device=device_of(request)
            )
        return passkey


def _refused(error: Exception) -> ValidationError:
    """What was refused already stays as it is; what could not be read at all is a wrong code."""
    return error if isinstance(error, ValidationError) else get_adapter().validation_error("incorrect_code")
