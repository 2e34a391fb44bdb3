"""What has come into a patient's record since they last looked: what they were told of and have not opened yet."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from common.uploads.states import UploadState
from notifications.models import Message
from notifications.selectors import unread_for
from records.models import Document, Prescription, VisitNote
from records.selectors.documents import documents_visible_to
from records.selectors.notes import notes_visible_to
from records.selectors.prescriptions import prescriptions_visible_to, signed_rule
from records.states import DocumentStatus

NEWS = "record_new"
# Notices that are looked through for what is still to be read; whoever has more reads the record itself.
LOOKED_THROUGH = 50


@dataclass(frozen=True, kw_only=True)
class News:
    """What the patient was told of at an instant; `kind` is note, document or prescription."""

    kind: str
    at: datetime
    thing: VisitNote | Document | Prescription


def news_key(thing_id: UUID) -> str:
    """How the keys of the notices about one thing of a record begin."""
    return f"{NEWS}:{thing_id}"


def unread_news(user: User) -> QuerySet[Message]:
    """The notices about the person's own record that they have not read, the newest first."""
    return unread_for(user, [NEWS])


def news_of(user: User, *, limit: int) -> list[News]:
    """The latest of what is new in the person's own record, each thing once and only what they may read.

    Four statements however many they are, one where there is nothing.
    """
    told_at = _told_at(unread_news(user)[:LOOKED_THROUGH])
    if not told_at:
        return []
    of_these = Q(public_id__in=told_at, patient__user=user)
    current = Q(state=UploadState.CURRENT, status=DocumentStatus.CURRENT)
    found = [
        *_news("note", notes_visible_to(user, filters=of_these & Q(signed_at__isnull=False)), told_at),
        *_news("document", documents_visible_to(user, filters=of_these & current), told_at),
        *_news("prescription", prescriptions_visible_to(user, filters=of_these & signed_rule()), told_at),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def _told_at(notices: Iterable[Message]) -> dict[UUID, datetime]:
    """When each thing was told of last, by its public id, which the notices' keys name."""
    told: dict[UUID, datetime] = {}
    for notice in notices:
        with suppress(ValueError, IndexError):
            told.setdefault(UUID(notice.dedupe_key.split(":")[1]), notice.created_at)
    return told


def _news(
    kind: str, things: Iterable[VisitNote | Document | Prescription], told_at: dict[UUID, datetime]
) -> Iterable[News]:
    return (News(kind=kind, at=told_at[thing.public_id], thing=thing) for thing in things)
