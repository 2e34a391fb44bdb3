from __future__ import annotations

from django.db import transaction
from knox.models import AuthToken
from knox.settings import knox_settings

from accounts.errors import CredentialsRefused
from accounts.locks import lock_user
from accounts.models import User
from audit.services import event_record
from common import clock


@transaction.atomic
def token_issue(*, user: User) -> tuple[AuthToken, str]:
    """A new API token and, this once, its text. The oldest beyond the limit (REST_KNOX) and what ran out go.

    `user` is as it was when its credentials were judged. Raises `CredentialsRefused` where they have changed since.
    """
    now = lock_user(user.public_id)
    judged = (user.password, user.has_two_step)
    if not now.is_active or (now.password, now.has_two_step) != judged:
        raise CredentialsRefused
    kept = AuthToken.objects.filter(user=user, expiry__gt=clock.now()).order_by("-created")
    newest = list(kept.values_list("pk", flat=True)[: knox_settings.TOKEN_LIMIT_PER_USER - 1])
    AuthToken.objects.filter(user=user).exclude(pk__in=newest).delete()
    token, text = AuthToken.objects.create(user)
    event_record("token.issued", user, actor=user)
    return token, text


@transaction.atomic
def token_revoke(*, user: User, token: AuthToken) -> None:
    """This API token of the account is good for nothing afterwards."""
    lock_user(user.public_id)
    revoked, _ = AuthToken.objects.filter(user=user, pk=token.pk).delete()
    if revoked:
        event_record("token.revoked", user, actor=user, count=revoked)


@transaction.atomic
def tokens_revoke(*, user: User, actor: User | None = None) -> None:
    """Every API token of an account is good for nothing afterwards; none is no error.

    `actor` is whoever caused it, where that is not the person.
    """
    lock_user(user.public_id)
    revoked, _ = AuthToken.objects.filter(user=user).delete()
    if revoked:
        event_record("token.revoked", user, actor=actor or user, count=revoked)
