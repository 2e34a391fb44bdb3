from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractUser

from common.tasks import wake
from notifications.kinds import Kind, missing_facts
from notifications.models import Message
from notifications.states import NOT_TAKEN, Channel


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One thing to tell one person: an account, or (without `user`) whoever reads the mail of an address.

    `facts` are what the templates of `kind` show, as JSON: doctor, time, place, reference; nothing clinical.
    `dedupe_key` names the event and the person; the same key is sent once, however often it is queued.
    `useless_after`, where given, is the instant from which nobody is served by reading it: it is withheld, not sent
    late. `about` names the object on whose timeline it stands, such as `appointment:5f0c…`.
    """

    kind: str
    user: AbstractUser | None = None
    email: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    dedupe_key: str
    useless_after: datetime | None = None
    about: str = ""


def messages_queue(*, messages: Sequence[Outgoing], now: datetime) -> None:
    """Write messages to the outbox, in the caller's transaction: they are sent when, and only if, it commits.

    One statement for all. Raises `ValueError` for a kind that has no templates, and for facts that they would miss.
    """
    if not messages:
        return
    Message.objects.bulk_create([_row(message, now) for message in messages], ignore_conflicts=True)
    wake("notifications.deliver_messages")


def _row(message: Outgoing, now: datetime) -> Message:
    kind = Kind(message.kind)
    if missing := missing_facts(kind, message.facts):
        raise ValueError(f"A message of kind {kind} needs {', '.join(sorted(missing))}")
    return Message(
        kind=kind.value,
        user_id=message.user.pk if message.user else None,
        email=message.user.email if message.user else message.email,
        facts=message.facts,
        about=message.about,
        useless_after=message.useless_after,
        dedupe_key=message.dedupe_key,
        due_at=now,
        created_at=now,
    )


def messages_withdraw(*, dedupe_keys: Iterable[str]) -> int:
    """Take back what waits to be sent, and with it the notice, in the caller's transaction. Answers how many.

    What a worker has taken or sent stays.
    """
    queued = Message.objects.filter(dedupe_key__in=list(dedupe_keys), status__in=NOT_TAKEN)
    return queued.delete()[0]


def messages_mark_read(
    *, user: AbstractUser, now: datetime, kinds: Iterable[str] | None = None, message_ids: Iterable[UUID] | None = None
) -> int:
    """Take notices of the user's own off their page: all, or those of some kinds or public ids. Answers how many."""
    notices = Message.objects.filter(user_id=user.pk, read_at=None, channel=Channel.EMAIL)
    if kinds is not None:
        notices = notices.filter(kind__in=list(kinds))
    if message_ids is not None:
        notices = notices.filter(public_id__in=list(message_ids))
    return notices.update(read_at=now)
