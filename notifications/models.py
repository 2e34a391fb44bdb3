from __future__ import annotations

from django.conf import settings
from django.db import models

from common.models import PublicIdModel
from notifications.kinds import kinds


class MessageStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DEAD = "dead", "Given up"


class Message(PublicIdModel):
    """One thing sent to one person: the outbox. Written with the change it tells of, delivered by a worker.

    `facts` are what the template of `kind` needs (doctor, time, place, reference), never clinical detail.
    The same row is the person's notice in the app until `read_at`. `due_at` is when it may be sent next; while it is
    being sent, when its worker's claim ends and another may take it.
    """

    kind = models.CharField(max_length=60, choices=kinds)
    # Empty for an address that was invited: whether anybody has an account with it plays no part.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="messages")
    email = models.EmailField()
    facts = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="message_due_idx", condition=models.Q(status__in=["queued", "sending"])
            ),
            models.Index(fields=["user", "-created_at"], name="message_user_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
