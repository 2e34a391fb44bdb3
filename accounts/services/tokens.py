from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from knox.settings import knox_settings

from accounts.errors import CredentialsRefused
from accounts.locks import lock_user
from accounts.models import ApiToken, User
from accounts.states import LEAST_SCOPES
from audit.services import event_record
from common import clock


@transaction.atomic
def token_issue(
    *, user: User, scopes: Iterable[str] = LEAST_SCOPES, name: str = "", proved_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new API token for these scopes and, this once, its text. The oldest beyond the limit (REST_KNOX) and what ran
    out go.

    `proved_at` is when the person last said who they are; None: for this very token. `user` is as it was when its
    credentials were judged. Raises `CredentialsRefused` where they have changed since.
    """
    now = lock_user(user.public_id)
    judged = (user.password, user.has_two_step)
    if not now.is_active or (now.password, now.has_two_step) != judged:
        raise CredentialsRefused
    kept = ApiToken.objects.filter(user=user, expiry__gt=clock.now()).order_by("-created")
    newest = list(kept.values_list("pk", flat=True)[: knox_settings.TOKEN_LIMIT_PER_USER - 1])
    ApiToken.objects.filter(user=user).exclude(pk__in=newest).delete()
    opened = sorted(set(scopes))
    token, text = ApiToken.objects.issue(user, scopes=opened, name=name, proved_at=proved_at or clock.now())
    event_record("token.issued", user, actor=user, scopes=opened)
    return token, text


@transaction.atomic
def token_prove(*, user: User, token_id: UUID) -> None:
    """Note that the holder of a token has said once more who they are; the view has asked for the proof."""
    ApiToken.objects.filter(user=user, public_id=token_id).update(proved_at=clock.now())
    event_record("session.reauthenticated", user, actor=user)


@transaction.atomic
def token_revoke(*, user: User, token_id: UUID) -> bool:
    """This API token of the account is good for nothing afterwards; False where there is none of that id (any more)."""
    lock_user(user.public_id)
    revoked, _ = ApiToken.objects.filter(user=user, public_id=token_id).delete()
    if revoked:
        event_record("token.revoked", user, actor=user, count=revoked)
    return bool(revoked)


@transaction.atomic
def tokens_revoke(*, user: User, actor: User | None) -> None:
    """Every API token of an account is good for nothing afterwards; none is no error. Actor None is the system."""
    lock_user(user.public_id)
    revoked, _ = ApiToken.objects.filter(user=user).delete()
    if revoked:
        event_record("token.revoked", user, actor=actor, count=revoked)
