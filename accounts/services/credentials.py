from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.locks import lock_user
from accounts.models import AccountSession, User
from accounts.services.sessions import sessions_end
from audit.services import event_record


@transaction.atomic
def password_replace(*, user: User, password: str, actor: User | None, except_session: UUID | None = None) -> None:
    """Save a password that its owner has chosen, and end what the old one opened but for one session.

    Actor None is somebody who has proved to own the address and has forgotten the old password. The password is not
    judged here: forms do that beside its field.
    """
    first = not user.has_usable_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    action = "password.reset" if actor is None else "password.set" if first else "password.changed"
    event_record(action, user, actor=actor)
    sessions_end(user_id=user.public_id, actor=actor, except_session=str(except_session) if except_session else None)


def credential_note(*, user: User, action: str, actor: User | None, device: str) -> None:
    """Write down a change or a use of what somebody signs in with; `action` is a code of `audit.actions`."""
    event_record(action, user, actor=actor, device=device)


@transaction.atomic
def second_step_note_added(*, user: User, action: str, session_id: UUID | None, device: str) -> None:
    """Write down a new app or passkey, and end what was opened without it: every token, and every other session.

    The session in which it was set up has proved it thereby.
    """
    credential_note(user=user, action=action, actor=user, device=device)
    sessions_end(user_id=user.public_id, actor=user, except_session=str(session_id) if session_id else None)
    if session_id:
        AccountSession.objects.filter(user=user, public_id=session_id).update(second_step=True)


def email_note_change(*, user: User, before: EmailAddress | None) -> None:
    """Write down that an account has a new address; its first one, which is confirmed at sign-up, is no change."""
    event_record("email.changed" if before else "email.confirmed", user, actor=user)


@transaction.atomic
def code_note_used(*, user: User, authenticator_id: int) -> None:
    """Write down that a code of this authenticator has let its owner in where there is no session."""
    authenticator = Authenticator.objects.get(pk=authenticator_id, user=user)
    authenticator.record_usage()
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        event_record("recovery_codes.used", user, actor=user)


@transaction.atomic
def two_step_remove(*, user_id: UUID, actor: User | None) -> bool:
    """Take the second step off the account of somebody who has lost it, and sign them out everywhere.

    Whoever asks for it must have been recognised by other means (docs/runbooks). False where there was none. Actor
    None is the operator at the command line. Raises `NotFound`.
    """
    user = lock_user(user_id)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    sessions_end(user_id=user_id, actor=actor)
    if removed:
        event_record("two_step.removed", user, actor=actor)
    return bool(removed)
