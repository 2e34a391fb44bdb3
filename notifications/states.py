"""What becomes of a message on its way. Pure: no models."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices


class Channel(TextChoices):
    EMAIL = "email", "Email"
    SMS = "sms", "Text"


class MessageStatus(TextChoices):
    QUEUED = "queued", "Queued"
    IN_FLIGHT = "in_flight", "In flight"
    WAITING = "waiting", "Waiting to retry"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    WITHHELD = "withheld", "Withheld"


class Withheld(StrEnum):
    """Why something was not sent on purpose, as its row says it in place of an error."""

    TOO_LATE = "its time had passed"
    RESTORED = "it may have been sent before a backup was restored"
    LAID_ASIDE = "it could not be sent, and was laid aside"
    OVERTAKEN = "newer news had overtaken it"
    NOT_THEIRS = "it was no more the person's to know"
    SWITCHED_OFF = "the person has switched it off"
    NOT_WANTED = "nobody asked for a text"
    COMES_BACK = "mail to the address comes back"
    UNWANTED = "the mailbox has reported our mail as unwanted"


# Nothing becomes of these by itself. Whatever else a row says, a worker takes it when its time comes: a word that an
# older version wrote while both ran, too.
ENDED = (MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.WITHHELD)
# Not sent, and no worker has it: it can still be taken back, and what was given up is tried by nobody any more.
NOT_TAKEN = (MessageStatus.QUEUED, MessageStatus.WAITING, MessageStatus.FAILED)
