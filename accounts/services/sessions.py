from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction

from accounts.locks import lock_user
from accounts.models import AccountSession, User
from accounts.services.tokens import tokens_revoke
from audit.services import Subject, event_record
from common import clock, request_context

SECOND_STEPS = frozenset(Authenticator.Type.values)
# How long a row outlives its session, so that we can still say why somebody was signed out.
KEPT_AFTERWARDS = timedelta(days=1)
# As long as the longest of ACCOUNT_RATE_LIMITS, in seconds.
LIMIT_NOTED_FOR = 5 * 60
NOBODY = Subject("accounts.user", "")


@transaction.atomic
def session_start(*, user_id: UUID, device: str, methods: Iterable[str] = ()) -> AccountSession:
    """Note that somebody has signed in, on what, and by which proofs ("password", "totp", "webauthn", …)."""
    user = lock_user(user_id)
    now, proofs = clock.now(), set(methods)
    session = AccountSession.objects.create(
        user=user,
        started_at=now,
        last_used_at=now,
        device=device,
        address=request_context.current().address,
        second_step=bool(proofs & SECOND_STEPS),
    )
    event_record("session.started", user, actor=user, device=device, methods=sorted(proofs))
    return session


@transaction.atomic
def session_prove(*, user: User, session_id: UUID | None, by_second_step: bool, device: str) -> None:
    """Note that somebody has said once more who they are; a code or a passkey counts for the session from then on."""
    if by_second_step and session_id:
        AccountSession.objects.filter(user=user, public_id=session_id).update(second_step=True)
    event_record("session.reauthenticated", user, actor=user, device=device)


def session_touch(*, session_id: UUID) -> None:
    """Note that a session is in use."""
    AccountSession.objects.filter(public_id=session_id).update(last_used_at=clock.now())


@transaction.atomic
def session_end(*, user_id: UUID, session_id: UUID, actor: User | None, reason: str) -> bool:
    """End one session of an account at its next request; False where there is none of that id (any more).

    `reason` is one of "signed_out", "idle", "too_old" and "revoked". Actor None is the system.
    """
    ended, _ = AccountSession.objects.filter(user__public_id=user_id, public_id=session_id).delete()
    if ended:
        user = User.objects.get(public_id=user_id)
        event_record("session.revoked" if reason == "revoked" else "session.ended", user, actor=actor, reason=reason)
    return bool(ended)


@transaction.atomic
def sessions_end(*, user_id: UUID, actor: User | None, except_session: str | None = None) -> int:
    """End every session and API token of an account at the next request; the number of sessions ended.

    `except_session` is the public id of a session (`accounts.security.current.session_id`) that stays as it is.
    Raises `NotFound`.
    """
    user = lock_user(user_id)
    sessions = AccountSession.objects.filter(user=user)
    if except_session:
        sessions = sessions.exclude(public_id=except_session)
    ended, _ = sessions.delete()
    tokens_revoke(user=user, actor=actor)
    if ended:
        event_record("session.revoked", user, actor=actor, count=ended)
    return ended


def password_reset_ask(*, user: User | None, device: str) -> None:
    """Note that somebody asks for a new password. None is an address without an account: as much work, and no name."""
    event_record("password.reset_requested", user or NOBODY, actor=None, device=device)


def sign_in_refused(*, email: str, reason: str, device: str) -> None:
    """Note a refused attempt, with the account where there is one; an address without one is not written down."""
    known = User.objects.filter(email=email.strip().lower()).first()
    event_record("session.refused", known or NOBODY, actor=None, reason=reason, device=device)


def sign_in_limited(*, email: str, device: str) -> None:
    """Note that attempts are refused unheard, at most once an account and once an address of the network in 5 minutes.

    So whoever is refused cannot fill the log; the guesses that led to it are in there one by one. `email` is empty
    where the attempt named no account.
    """
    network = _once_key("network", truncate_ip(request_context.current().address or ""))
    account = _once_key("account", email.strip().lower()) if email else ""
    if not cache.add(network, "", LIMIT_NOTED_FOR):
        return
    if account and not cache.add(account, "", LIMIT_NOTED_FOR):
        cache.delete(network)
        return
    known = User.objects.filter(email=email.strip().lower()).first()
    event_record("session.limited", known or NOBODY, actor=None, device=device)


def _once_key(kind: str, value: str) -> str:
    return f"session.limited:{kind}:{sha256(value.encode()).hexdigest()}"


def sessions_sweep() -> int:
    """Remove the rows of sessions that ended by themselves some time ago; how many."""
    horizon = clock.now() - KEPT_AFTERWARDS
    removed, _ = AccountSession.objects.filter(last_used_at__lt=horizon).delete()
    return removed
