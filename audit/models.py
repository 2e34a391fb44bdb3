from __future__ import annotations

from django.db import models


class Event(models.Model):
    """Who did what to what, when, from where (FHIR R4 AuditEvent). Append-only: triggers refuse every other change.

    Actor and object are named by id without a foreign key, so erasing a user leaves the record whole.
    `data` carries words of ours (states, codes, counts), never a person's values.
    """

    id = models.BigAutoField(primary_key=True)
    # The writing transaction's 64-bit id: seals cover what is below the oldest running one.
    transaction_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    on_behalf_of_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_object_idx"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor_idx"),
            models.Index(fields=["transaction_id"], name="audit_transaction_idx"),
        ]


class Seal(models.Model):
    """One link of the hash chain over `Event`: how many events lie below `transaction_limit` and what they digest to."""

    sequence = models.BigIntegerField(primary_key=True)
    transaction_limit = models.BigIntegerField()
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
