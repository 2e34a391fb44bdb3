from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import QuerySet

from common import clock
from notifications.models import Message
from notifications.states import Channel


def unread_for(user: AbstractUser | AnonymousUser, kinds: Iterable[str] | None = None) -> QuerySet[Message]:
    """The person's own notices that they have not read, newest first; whether the email went out plays no part.

    What is queued for a later time is no notice before that.
    """
    if not user.is_authenticated:
        return Message.objects.none()
    own = Message.objects.filter(user_id=user.pk, channel=Channel.EMAIL, read_at=None)
    notices = own.filter(created_at__lte=clock.now()).order_by("-created_at")
    return notices if kinds is None else notices.filter(kind__in=list(kinds))


def is_queued(dedupe_key: str) -> bool:
    """Whether this has been told, or is on its way."""
    return Message.objects.filter(dedupe_key=dedupe_key).exists()
