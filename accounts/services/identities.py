from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from accounts.errors import IdentityTaken, NoOtherWay
from accounts.locks import lock_user
from accounts.models import OutsideIdentity, User
from accounts.selectors import is_address_taken
from accounts.services.sessions import NOBODY
from audit.services import event_record
from common import clock
from common.errors import Conflict
from integrations.nhs.levels import Level

Provider = OutsideIdentity.Provider


@transaction.atomic
def identity_verify(*, provider: Provider, subject: str, level: str = "") -> User | None:
    """Note that a provider has recognised somebody; the account that is theirs, closed or not, or None.

    What was noted of them before is written over: the last level, where the provider has levels, and time alone are
    kept.
    """
    facts = _facts(provider, level)
    identity = OutsideIdentity.objects.select_related("user").filter(provider=provider, subject=subject).first()
    if identity is None:
        event_record("identity.verified", NOBODY, actor=None, **facts)
        return None
    identity.level, identity.verified_at, identity.ended_at = level, clock.now(), None
    identity.save(update_fields=["level", "verified_at", "ended_at"])
    event_record("identity.verified", identity.user, actor=identity.user, **facts)
    return identity.user


@transaction.atomic
def identity_link(*, actor: User, provider: Provider, subject: str, level: str = "") -> OutsideIdentity:
    """Let whoever a provider recognises as this subject into the actor's account; the same again changes nothing.

    The caller has made sure that the owner is asked, and who they are. Raises `IdentityTaken` where it is another
    account's, and `Conflict` (`already_connected`) where this account has another.
    """
    user = lock_user(actor.public_id)
    held = OutsideIdentity.objects.filter(user=user, provider=provider).first()
    if held is not None:
        if held.subject == subject:
            return held
        message = f"Your account is connected to another {provider.label}. Disconnect that first."
        raise Conflict("already_connected", message)
    return _create(user, provider, subject, level)


@transaction.atomic
def account_create_outside(*, email: str, subject: str, level: Level) -> User:
    """A new account without a password for somebody whom NHS login recognises, with the address confirmed there.

    Raises `Conflict` (`email_taken`) and `IdentityTaken`.
    """
    email = email.strip().lower()
    if is_address_taken(email):
        raise Conflict("email_taken", "There is an account with this email address already.")
    user = User(email=email)
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    event_record("account.created", user, actor=user)
    _create(user, Provider.NHS_LOGIN, subject, level)
    return user


@transaction.atomic
def identity_unlink(*, actor: User, provider: Provider) -> bool:
    """Disconnect the actor's account from a provider; False where it was not connected.

    Raises `NoOtherWay` where nothing else opens the account.
    """
    user = lock_user(actor.public_id)
    passkey = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    if not user.has_usable_password() and not passkey.exists():
        raise NoOtherWay(provider.label)
    removed, _ = OutsideIdentity.objects.filter(user=user, provider=provider).delete()
    if removed:
        event_record("identity.unlinked", user, actor=actor, provider=provider.value)
    return bool(removed)


def identity_refuse(*, actor: User | None, provider: Provider, reason: str) -> None:
    """Note that somebody came back from a provider and is not recognised; `reason` is a word of ours."""
    event_record("identity.refused", actor or NOBODY, actor=actor, provider=provider.value, reason=reason)


def _create(user: User, provider: Provider, subject: str, level: str) -> OutsideIdentity:
    try:
        with transaction.atomic():
            identity = OutsideIdentity.objects.create(
                user=user, provider=provider, subject=subject, level=level, verified_at=clock.now()
            )
    except IntegrityError as error:
        raise IdentityTaken(provider.label) from error
    event_record("identity.linked", user, actor=user, **_facts(provider, level))
    return identity


def _facts(provider: Provider, level: str) -> dict[str, Any]:
    return {"provider": provider.value} | ({"level": str(level)} if level else {})
