from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from accounts.errors import IdentityTaken, NoOtherWay
from accounts.locks import lock_user
from accounts.models import OutsideIdentity, User
from accounts.services.sessions import NOBODY
from audit.services import event_record
from common import clock
from common.errors import Conflict
from integrations.nhs.levels import Level

NHS_LOGIN = OutsideIdentity.Provider.NHS_LOGIN


@transaction.atomic
def identity_verify(*, subject: str, level: Level) -> User | None:
    """Note that NHS login has recognised somebody; the account that is theirs, closed or not, or None.

    What was noted of them before is written over: the last level and time alone are kept.
    """
    identity = OutsideIdentity.objects.select_related("user").filter(provider=NHS_LOGIN, subject=subject).first()
    if identity is None:
        event_record("identity.verified", NOBODY, actor=None, provider=NHS_LOGIN.value, level=level.value)
        return None
    identity.level, identity.verified_at = level, clock.now()
    identity.save(update_fields=["level", "verified_at"])
    event_record("identity.verified", identity.user, actor=identity.user, provider=NHS_LOGIN.value, level=level.value)
    return identity.user


@transaction.atomic
def identity_link(*, actor: User, subject: str, level: Level) -> OutsideIdentity:
    """Let whoever NHS login recognises as this subject into the actor's account; the same again changes nothing.

    The caller has made sure that the owner is asked, and who they are. Raises `IdentityTaken` where it is another
    account's, and `Conflict` (`already_connected`) where this account has another.
    """
    user = lock_user(actor.public_id)
    held = OutsideIdentity.objects.filter(user=user, provider=NHS_LOGIN).first()
    if held is not None:
        if held.subject == subject:
            return held
        raise Conflict("already_connected", "Your account is connected to another NHS login. Disconnect that first.")
    identity = _create(user, subject, level)
    event_record("identity.linked", user, actor=actor, provider=NHS_LOGIN.value, level=level.value)
    return identity


@transaction.atomic
def account_create_outside(*, email: str, subject: str, level: Level) -> User:
    """A new account without a password for somebody whom NHS login recognises, with the address confirmed there.

    Raises `Conflict` (`email_taken`) and `IdentityTaken`.
    """
    email = email.strip().lower()
    taken = EmailAddress.objects.filter(email=email).exists()
    if taken or User.objects.filter(email=email).exists():
        raise Conflict("email_taken", "There is an account with this email address already.")
    user = User(email=email)
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    event_record("account.created", user, actor=user)
    _create(user, subject, level)
    event_record("identity.linked", user, actor=user, provider=NHS_LOGIN.value, level=level.value)
    return user


@transaction.atomic
def identity_unlink(*, actor: User) -> bool:
    """Disconnect the actor's account from NHS login; False where it was not connected.

    Raises `NoOtherWay` where nothing else opens the account.
    """
    user = lock_user(actor.public_id)
    passkey = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    if not user.has_usable_password() and not passkey.exists():
        raise NoOtherWay
    removed, _ = OutsideIdentity.objects.filter(user=user, provider=NHS_LOGIN).delete()
    if removed:
        event_record("identity.unlinked", user, actor=actor, provider=NHS_LOGIN.value)
    return bool(removed)


def identity_refuse(*, actor: User | None, reason: str) -> None:
    """Note that somebody came back from NHS login and is not recognised; `reason` is a word of ours."""
    event_record("identity.refused", actor or NOBODY, actor=actor, provider=NHS_LOGIN.value, reason=reason)


def _create(user: User, subject: str, level: Level) -> OutsideIdentity:
    try:
        with transaction.atomic():
            return OutsideIdentity.objects.create(
                user=user, provider=NHS_LOGIN, subject=subject, level=level, verified_at=clock.now()
            )
    except IntegrityError as error:
        raise IdentityTaken from error
