from __future__ import annotations

from django.conf import settings
from django.db import models

from common.models import PublicIdModel
from notifications.kinds import kinds
from notifications.states import ENDED, Channel, MessageStatus


class Message(PublicIdModel):
    """One thing told to one person by one channel: the outbox. Written with the change it tells of, sent by a worker.

    `facts` are what the words of `kind` need (doctor, time, place, reference), never clinical detail; some time after
    its end they are purged (`purged_at`), but for the way to what it told of. The row that is an email is the person's
    notice in the app too, until `read_at` and whatever became of the email. `due_at` is when it may be sent next; while
    it is being sent, when its worker's claim ends and another may take it. After `useless_after` it is withheld.
    `about` names the object whose timeline it belongs to, such as `appointment:5f0c…`. `last_error` is why it was not
    sent: the last failure, or why it is withheld.
    """

    kind = models.CharField(max_length=60, choices=kinds)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL, db_default=Channel.EMAIL.value)
    # Empty for an address that was invited: whether anybody has an account with it plays no part.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="messages")
    # Empty for a text, whose number is looked up when it is sent.
    email = models.EmailField()
    facts = models.JSONField(default=dict)
    about = models.CharField(max_length=60, blank=True, default="", db_default="")
    dedupe_key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    useless_after = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="message_open_idx", condition=~models.Q(status__in=ENDED)),
            models.Index(fields=["user", "-created_at"], name="message_user_idx"),
            models.Index(
                fields=["user", "created_at"],
                name="message_unread_idx",
                condition=models.Q(read_at=None, channel=Channel.EMAIL),
            ),
            models.Index(fields=["about"], name="message_about_idx", condition=~models.Q(about="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
