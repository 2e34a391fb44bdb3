from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class PublicIdModel(models.Model):
    """A row with a random name for URLs, mails and the API; primary keys never leave the house."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class IdempotencyRecord(models.Model):
    """What a POST with an idempotency key came to: its status and target, never its body.

    `target` names the outcome as `model:public id`, so a repeat is answered from the row itself.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    target = models.CharField(max_length=100, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_one_per_key")]


class Tally(models.Model):
    """How often something was tried until `ends_at` (`common.limits`); `key` is a keyed digest and names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)


class JobOutcome(models.TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class JobRun(models.Model):
    """The last run of a periodic job (`common.periodic`), one row each; `error` is the kind of the error, never its
    words.

    Beat knows from `sent_at` what is due, so that it goes on where another one has stopped.
    """

    name = models.CharField(max_length=60, primary_key=True)
    noticed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=JobOutcome, blank=True)
    error = models.CharField(max_length=100, blank=True)
    worker = models.CharField(max_length=100, blank=True)


class LostTask(models.Model):
    """A task that the workers let go, since each process that took it died or it ran past its time.

    `arguments` are ids; `error` is the kind of the error, never its words.
    """

    task = models.CharField(max_length=100)
    arguments = models.JSONField(default=list)
    error = models.CharField(max_length=100)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.task}: {self.error}"


class SendingPlace(models.Model):
    """From which database messages and refunds leave (`common.sending`); one row, once anything has left.

    `place` is the server's own number and the database's; `held_since` is since when an operator has let nothing go.
    """

    place = models.CharField(max_length=60)
    held_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="sending_from_one_place", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return self.place
