from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractUser

from common import clock
from common.tasks import wake
from notifications.kinds import TRAITS, Kind, missing_facts
from notifications.locks import lock_messages
from notifications.models import Message
from notifications.selectors import text_key
from notifications.states import NOT_TAKEN, Channel, MessageStatus


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
    rows = [row for message in messages for row in _rows(message, now)]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    wake("notifications.deliver_messages")


def _rows(message: Outgoing, now: datetime) -> Iterator[Message]:
    """The email and, where texts can be sent, the text: whether the person wants one is asked when it is sent, so that
    nobody who books waits for it.
    """
    kind = Kind(message.kind)
    if missing := missing_facts(kind, message.facts):
        raise ValueError(f"A message of kind {kind} needs {', '.join(sorted(missing))}")
    email = Message(
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
    yield email
    if settings.SMS_PROVIDER and message.user and TRAITS[kind].has_text:
        yield _text_beside(email)


def _text_beside(email: Message) -> Message:
    """It says what is about to happen, which after the visit has begun is news to nobody."""
    starts = datetime.fromisoformat(email.facts["start"])
    return Message(
        channel=Channel.SMS,
        kind=email.kind,
        user_id=email.user_id,
        facts=email.facts,
        about=email.about,
        useless_after=email.useless_after or starts,
        dedupe_key=text_key(email.dedupe_key),
        due_at=email.due_at,
        created_at=email.created_at,
    )


def messages_withdraw(*, dedupe_keys: Iterable[str]) -> int:
    """Take back what was not sent, and with it the notice, in the caller's transaction. Answers how many.

    What a worker has at this moment is sent by that worker or by nobody, and its key is free for what is told instead.
    What was sent stays. The text beside an email is taken back with it.
    """
    messages = lock_messages([key for email in dedupe_keys for key in (email, text_key(email))])
    taken = [message for message in messages if message.status == MessageStatus.IN_FLIGHT]
    waiting = [message.pk for message in messages if message.status in NOT_TAKEN]
    Message.objects.filter(pk__in=waiting).delete()
    for message in taken:
        message.withdrawn_at, message.dedupe_key = clock.now(), f"withdrawn:{message.public_id}"
    Message.objects.bulk_update(taken, ["withdrawn_at", "dedupe_key"])
    return len(taken) + len(waiting)


def messages_mark_read(
    *,
    user: AbstractUser,
    now: datetime,
    until: datetime | None = None,
    kinds: Iterable[str] | None = None,
    message_ids: Iterable[UUID] | None = None,
) -> int:
    """Take notices of the user's own off their page: all, or those of some kinds or public ids. Answers how many.

    What was told after `until` has not been seen, and stays unread; without it, what is no notice yet at `now`.
    """
    seen = Message.objects.filter(user_id=user.pk, read_at=None, channel=Channel.EMAIL)
    notices = seen.filter(created_at__lte=until or now)
    if kinds is not None:
        notices = notices.filter(kind__in=list(kinds))
    if message_ids is not None:
        notices = notices.filter(public_id__in=list(message_ids))
    return notices.update(read_at=now)
