from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from audit.services import event_record
from common import clock
from common.errors import Conflict
from common.tasks import wake
from notifications.locks import lock_message
from notifications.models import Message
from notifications.policies import assert_may_retry
from notifications.states import ENDED, MessageStatus, Withheld


@transaction.atomic
def message_retry(*, actor: AbstractUser, message_id: UUID, now: datetime | None = None) -> Message:
    """Have a message that was given up tried again, from the first step of its ladder and with the same Message-ID.

    Raises `Forbidden`, `NotFound`, `Busy`, and `Conflict` where it has not failed (any more) or its facts are purged.
    """
    message = _locked_failed(actor, message_id)
    if message.purged_at is not None:
        raise Conflict("message_purged", "What this message said has been deleted, so it cannot be sent any more.")
    message.status, message.attempts, message.due_at = MessageStatus.QUEUED, 0, now or clock.now()
    message.save(update_fields=["status", "attempts", "due_at"])
    event_record("message.retried", message, actor=actor, kind=message.kind)
    wake("notifications.deliver_messages")
    return message


@transaction.atomic
def message_lay_aside(*, actor: AbstractUser, message_id: UUID) -> Message:
    """Have a message that was given up counted no more: whom it was for knows, or can be told otherwise.

    Raises `Forbidden`, `NotFound`, `Busy`, and `Conflict` where it has not failed (any more).
    """
    message = _locked_failed(actor, message_id)
    message.status, message.last_error = MessageStatus.WITHHELD, Withheld.LAID_ASIDE.value
    message.save(update_fields=["status", "last_error"])
    event_record("message.laid_aside", message, actor=actor, kind=message.kind)
    return message


def messages_lay_aside_since_restore(*, queued_until: datetime) -> int:
    """Withhold what was queued until then and has not ended: a copy of the outbox, whose original may have sent it."""
    copied = Message.objects.filter(created_at__lte=queued_until).exclude(status__in=ENDED)
    # What was taken back while a worker had it is forgotten, as that worker would have.
    copied.exclude(withdrawn_at=None).delete()
    return copied.update(status=MessageStatus.WITHHELD, last_error=Withheld.RESTORED.value)


def _locked_failed(actor: AbstractUser, message_id: UUID) -> Message:
    assert_may_retry(actor)
    message = lock_message(message_id)
    if message.status != MessageStatus.FAILED:
        raise Conflict("message_not_failed", "This message has not failed, or somebody has dealt with it already.")
    return message
