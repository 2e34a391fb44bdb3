"""What Django and allauth tell about sign-ins and credentials, handed to our services. Connected in `accounts.apps`."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth_signals
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import services
from accounts.models import User
from accounts.security.current import SESSION_KEY, session_id
from accounts.security.devices import device_of

ADDED = {
    Authenticator.Type.TOTP: "two_step.added",
    Authenticator.Type.WEBAUTHN: "passkey.added",
    Authenticator.Type.RECOVERY_CODES: "recovery_codes.generated",
}
REMOVED = {Authenticator.Type.TOTP: "two_step.removed", Authenticator.Type.WEBAUTHN: "passkey.removed"}


@receiver(auth_signals.user_logged_in)
def start_session(request: HttpRequest, user: User, **_: Any) -> None:
    records = get_authentication_records(request, user)
    methods = [record.get("type") or record.get("method", "") for record in records]
    session = services.session_start(user_id=user.public_id, device=device_of(request), methods=methods)
    request.session[SESSION_KEY] = str(session.public_id)


@receiver(auth_signals.user_logged_out)
def end_session(request: HttpRequest, user: User | None, **_: Any) -> None:
    mine = session_id(request)
    if user and mine:
        services.session_end(user_id=user.public_id, session_id=mine, actor=user, reason="signed_out")


@receiver(mfa_signals.authenticator_added)
@receiver(mfa_signals.authenticator_reset)
def note_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    action, device = ADDED[Authenticator.Type(authenticator.type)], device_of(request)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        services.credential_note(user=user, action=action, actor=user, device=device)
    else:
        services.second_step_note_added(user=user, action=action, session_id=session_id(request), device=device)


@receiver(mfa_signals.authenticator_removed)
def note_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    action = REMOVED.get(Authenticator.Type(authenticator.type))
    if action:
        services.credential_note(user=user, action=action, actor=user, device=device_of(request))


@receiver(mfa_signals.authenticator_used)
def note_recovery_code(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        services.credential_note(user=user, action="recovery_codes.used", actor=user, device=device_of(request))


@receiver(mfa_signals.authentication_failed)
def note_wrong_code(request: HttpRequest, user: User, **_: Any) -> None:
    services.credential_note(user=user, action="two_step.refused", actor=None, device=device_of(request))


@receiver(account_signals.email_changed)
def note_email(user: User, from_email_address: EmailAddress | None, **_: Any) -> None:
    services.email_note_change(user=user, before=from_email_address)


@receiver(account_signals.user_signed_up)
def note_sign_up(request: HttpRequest, user: User, **_: Any) -> None:
    services.credential_note(user=user, action="account.created", actor=user, device=device_of(request))


@receiver(account_signals.email_added)
def note_email_added(request: HttpRequest, user: User, **_: Any) -> None:
    services.credential_note(user=user, action="email.added", actor=user, device=device_of(request))


@receiver(account_signals.email_removed)
def note_email_removed(request: HttpRequest, user: User, **_: Any) -> None:
    services.credential_note(user=user, action="email.removed", actor=user, device=device_of(request))


@receiver(account_signals.authentication_step_completed)
def note_reauthentication(request: HttpRequest, user: User, method: str, **kwargs: Any) -> None:
    if kwargs.get("reauthenticated"):
        services.session_prove(
            user=user,
            session_id=session_id(request),
            by_second_step=method == "mfa",
            device=device_of(request),
        )
        # Whoever had learnt the session's name before does not get what this proof opens.
        request.session.cycle_key()
