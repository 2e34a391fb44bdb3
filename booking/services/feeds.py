"""Secret addresses at which a calendar program reads somebody's appointments."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit.services import event_record
from booking.models import CalendarFeed
from booking.policies import can_have_feed
from booking.selectors.feeds import feed_digest
from common import clock
from common.errors import NotFound
from notifications.services import Outgoing, messages_queue

TOKEN_BYTES = 32
NO_SUCH = "There is no such calendar address."

_REPLACE = ("public_id", "digest", "made_at")


@transaction.atomic
def feed_make(*, actor: User, kind: CalendarFeed.Kind, now: datetime | None = None) -> str:
    """The secret part of a new address, told this once; the one before it opens nothing any more.

    Of two at once the later stays. Raises `NotFound` for a kind that the person cannot have.
    """
    now = now or clock.now()
    if not can_have_feed(actor, kind):
        raise NotFound(NO_SUCH)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    is_first = not CalendarFeed.objects.filter(user=actor, kind=kind).exists()
    feed = CalendarFeed(user=actor, kind=kind, digest=feed_digest(token), made_at=now)
    CalendarFeed.objects.bulk_create(
        [feed], update_conflicts=True, unique_fields=["user", "kind"], update_fields=_REPLACE
    )
    event_record("calendar_feed.made" if is_first else "calendar_feed.renewed", feed, actor=actor, kind=kind.value)
    messages_queue(messages=[_told(feed, "made" if is_first else "renewed")], now=now)
    return token


@transaction.atomic
def feed_revoke(*, actor: User, kind: CalendarFeed.Kind, now: datetime | None = None) -> None:
    """The person's address of this kind opens nothing any more. Where there is none it changes nothing.

    Whoever may have none any more can still take the one back that they have. Raises `NotFound` for a kind that the
    person neither has nor can have.
    """
    now = now or clock.now()
    feed = CalendarFeed.objects.filter(user=actor, kind=kind).first()
    if feed is None and not can_have_feed(actor, kind):
        raise NotFound(NO_SUCH)
    if feed is None or not CalendarFeed.objects.filter(pk=feed.pk, digest=feed.digest).delete()[0]:
        return
    event_record("calendar_feed.revoked", feed, actor=actor, kind=kind.value)
    messages_queue(messages=[_told(feed, "revoked")], now=now)


def _told(feed: CalendarFeed, event: str) -> Outgoing:
    """To its owner, who may not have been the one who did it; never with the address itself."""
    facts = {"event": event, "path": reverse("booking:feeds")}
    key = f"calendar_feed_changed:{feed.public_id}:{event}"
    return Outgoing(kind="calendar_feed_changed", user=feed.user, facts=facts, dedupe_key=key)
