"""What a provider gives that outlives a sign-in: kept encrypted, refreshed by one at a time, gone once it is over.

A refresh token counts once. So whoever asks writes first that they do (`asked_at`), calls the provider between two
transactions, and what comes takes the old one's place at once. An answer that does not come leaves the row as asked:
after some minutes somebody asks again, and a refusal proves nothing then, for the provider may have answered before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.locks import lock_outside_tokens, lock_user
from accounts.models import OutsideIdentity, OutsideTokens, User
from accounts.services.sessions import sessions_end
from audit.services import event_record
from common import clock
from common.errors import NotFound
from common.fields import opened
from integrations.oidc import AnswerRefused, ClientRefused, GrantOver, ProviderAway, Tokens, work
from notifications.services import Outgoing, messages_queue

logger = logging.getLogger(__name__)
# So long before it is over a token is refreshed: more than the job's period (common.periodic).
SKEW = timedelta(minutes=6)
# Whoever has asked for longer than that is not answered any more.
ANSWERED_WITHIN = timedelta(minutes=2)
MOST_AT_ONCE = 500
# So many without an answer are a provider that is away.
AWAY_AFTER = 3
# How each provider that gives tokens is asked for others.
REFRESH: dict[str, Callable[..., Tokens]] = {OutsideIdentity.Provider.WORK_LOGIN: work.refresh}


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """That this token is sent: `at` is whose turn it is, `before` an earlier turn whose answer was lost."""

    tokens_id: UUID
    user_id: UUID
    provider: str
    subject: str
    refresh_token: str = field(repr=False)
    at: datetime
    before: datetime | None


@transaction.atomic
def outside_tokens_keep(*, user: User, provider: OutsideIdentity.Provider, tokens: Tokens) -> bool:
    """Keep what the provider has just given for this person, in place of what is kept; False where there is nothing to.

    That is without a refresh token, for a closed account, and for one that is not connected (any more).
    """
    owner = lock_user(user.public_id)
    identity = OutsideIdentity.objects.filter(user=owner, provider=provider).first()
    if identity is None or not owner.is_active or not tokens.refresh_token:
        return False
    OutsideTokens.objects.filter(identity=identity).delete()
    OutsideTokens.objects.create(
        identity=identity, refresh_token=tokens.refresh_token, good_until=_end_of(tokens, clock.now())
    )
    return True


def outside_tokens_forget(*, user: User) -> None:
    """Keep nothing of any provider's for this account any more."""
    OutsideTokens.objects.filter(identity__user=user).delete()


def outside_tokens_sweep(*, now: datetime | None = None) -> int:
    """Refresh what is over soon, for a worker, outside a transaction; how many were asked for.

    It may run twice. A provider that is away is soon asked for nobody else. What no provider is known for is forgotten.
    Raises `ClientRefused` where it refuses us, and has answered for nobody: then a leaver is not found, and the job has
    to count as failed (`job_late`, common.periodic).
    """
    now = now or clock.now()
    if not work.is_offered():
        OutsideTokens.objects.filter(identity__provider=OutsideIdentity.Provider.WORK_LOGIN).delete()
    # In no order: one that the provider has no answer to must not be the first of every run.
    due = OutsideTokens.objects.filter(_due(now)).order_by("?").values_list("public_id", flat=True)[:MOST_AT_ONCE]
    asked, unanswered, refusal = 0, 0, None
    for tokens_id in due:
        asked += 1
        try:
            unanswered += not outside_tokens_refresh(tokens_id=tokens_id, now=now)
        except ClientRefused as error:
            # One alone may be odd by itself: whoever comes after it is asked for all the same.
            unanswered, refusal = unanswered + 1, error
        if unanswered == AWAY_AFTER:
            break
    if refusal and unanswered == asked:
        raise refusal
    return asked


def outside_tokens_refresh(*, tokens_id: UUID, now: datetime | None = None) -> bool:
    """Have one person's token refreshed; outside a transaction. False where the provider is away.

    Where it refuses for good, the person is signed out here, programs too, and told. Nothing happens where somebody
    else is about it. Raises `ClientRefused` where it refuses us, whoever is asked for, and nobody is signed out.
    """
    asked = _claim(tokens_id, now or clock.now())
    if asked is None:
        return True
    try:
        tokens = REFRESH[asked.provider](asked.refresh_token, subject=asked.subject)
    except GrantOver:
        _end(asked)
    except AnswerRefused as error:
        logger.warning("A refreshed token of %s is not taken: %s", asked.provider, error.reason)
    except ClientRefused:
        logger.exception("%s answers nothing that we ask", asked.provider)
        _give_back(asked)
        raise
    except ProviderAway as error:
        logger.warning("%s is away: %s", asked.provider, error)
        if not error.may_have_acted:
            _give_back(asked)
        return False
    else:
        _replace(asked, tokens)
    return True


def _due(now: datetime) -> Q:
    is_free = Q(asked_at=None) | Q(asked_at__lte=now - ANSWERED_WITHIN)
    return is_free & Q(good_until__lte=now + SKEW)


@transaction.atomic
def _claim(tokens_id: UUID, now: datetime) -> _Asked | None:
    """The turn to send this token; None where it is not due, or somebody else's turn, or gone."""
    try:
        row = lock_outside_tokens(tokens_id)
    except NotFound:
        return None
    if not OutsideTokens.objects.filter(_due(now), pk=row.pk).exists():
        return None
    identity, refresh_token, before = row.identity, opened(row, "refresh_token"), row.asked_at
    if not refresh_token:
        row.delete()
        return None
    row.asked_at = now
    row.save(update_fields=["asked_at"])
    return _Asked(
        tokens_id=tokens_id,
        user_id=identity.user.public_id,
        provider=identity.provider,
        subject=identity.subject,
        refresh_token=refresh_token,
        at=now,
        before=before,
    )


def _standing(asked: _Asked) -> OutsideTokens | None:
    """The row, locked, while it is still this turn: not where the person has disconnected, or signed in anew."""
    try:
        row = lock_outside_tokens(asked.tokens_id)
    except NotFound:
        return None
    return row if row.asked_at == asked.at else None


@transaction.atomic
def _replace(asked: _Asked, tokens: Tokens) -> None:
    row = _standing(asked)
    if row is not None:
        row.refresh_token, row.good_until, row.asked_at = tokens.refresh_token, _end_of(tokens, clock.now()), None
        row.save(update_fields=["refresh_token", "good_until", "asked_at"])


@transaction.atomic
def _give_back(asked: _Asked) -> None:
    """The provider has not heard of it: the token is as good as it was."""
    row = _standing(asked)
    if row is not None:
        row.asked_at = asked.before
        row.save(update_fields=["asked_at"])


@transaction.atomic
def _end(asked: _Asked) -> None:
    """The provider gives nothing for the token any more: it is forgotten, and who it was of marked.

    Where an answer to it was lost before, it may only have been used up by that, and nobody is signed out for it.
    """
    user = lock_user(asked.user_id)
    row = _standing(asked)
    if row is None:
        return
    identity, now, is_lost = row.identity, clock.now(), asked.before is not None
    row.delete()
    identity.ended_at = now
    identity.save(update_fields=["ended_at"])
    reason = "lost" if is_lost else "refused"
    event_record("identity.ended", user, actor=None, provider=identity.provider, reason=reason)
    if is_lost:
        return
    sessions_end(user_id=user.public_id, actor=None)
    facts = {"path": reverse("accounts:security"), "provider": work.name()}
    key = f"outside_ended:{asked.tokens_id}:{asked.at.timestamp()}"
    messages_queue(messages=[Outgoing(kind="outside_ended", user=user, facts=facts, dedupe_key=key)], now=now)


def _end_of(tokens: Tokens, now: datetime) -> datetime:
    return now + timedelta(seconds=tokens.good_for)
