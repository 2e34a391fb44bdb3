from __future__ import annotations

from datetime import datetime
from uuid import UUID

from common.locks import for_update, locked
from notifications.models import Message
from notifications.states import ENDED


def lock_next_due(now: datetime) -> Message | None:
    """The message that has waited longest, locked; one that another worker is just claiming is passed over."""
    return (
        for_update(Message.objects.all(), skip_locked=True)
        .exclude(status__in=ENDED)
        .filter(due_at__lte=now)
        .order_by("due_at")
        .first()
    )


def lock_message(message_id: UUID) -> Message:
    """Held, so that it is put back once. Raises `NotFound` and `Busy`."""
    return locked(Message.objects.all(), public_id=message_id)
