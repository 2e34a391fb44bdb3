from __future__ import annotations

from datetime import datetime

from common.locks import for_update
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
