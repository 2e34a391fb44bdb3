from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AbstractUser

from common.locks import for_update, locked
from notifications.models import Contact, Message, MessageWording
from notifications.states import ENDED


def lock_next_due(now: datetime, channels: Sequence[str]) -> Message | None:
    """The message of these channels that has waited longest, locked; what another worker is just claiming is left."""
    return (
        for_update(Message.objects.all(), skip_locked=True)
        .exclude(status__in=ENDED)
        .filter(due_at__lte=now, channel__in=channels)
        .order_by("due_at")
        .first()
    )


def lock_message(message_id: UUID) -> Message:
    """Held, so that it is put back once. Raises `NotFound` and `Busy`."""
    return locked(Message.objects.all(), public_id=message_id)


def lock_messages(dedupe_keys: Sequence[str]) -> list[Message]:
    """Those of these keys that are not withdrawn, held, so that no worker takes one or is done with it meanwhile."""
    return list(for_update(Message.objects.filter(dedupe_key__in=dedupe_keys).order_by("pk")))


def lock_wording(wording_id: int) -> MessageWording:
    """Held, so that what is tried is the newest. Raises `NotFound` and `Busy`."""
    return locked(MessageWording.objects.all(), pk=wording_id)


def lock_contact(user: AbstractUser) -> Contact | None:
    """The person's number, so that codes typed at the same time are counted one after the other."""
    return for_update(Contact.objects.filter(user_id=user.pk)).first()
