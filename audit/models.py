from __future__ import annotations

from django.db import models
from django.db.models import Func
from django.db.models.functions import Cast


class TransactionId(Func):
    """The running transaction's 64-bit id; `xid8` has no direct cast to a number."""

    function = "pg_current_xact_id"
    output_field = models.TextField()
    template = "(%(function)s()::text)"


class ClusterId(Func):
    """The number that a PostgreSQL cluster is given when it is made, so transaction ids of two are never compared."""

    template = "((pg_control_system()).system_identifier)"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """Who did what to what, when, from where (FHIR R4 AuditEvent). Append-only: triggers refuse every other change.

    Actor and object are named by id without a foreign key, so erasing a user leaves the record whole.
    `data` carries words of ours (states, codes, counts), never a person's values.
    """

    id = models.BigAutoField(primary_key=True)
    # The writing transaction's 64-bit id: seals cover what is below the oldest running one. The database fills it in
    # and refuses any other. A dump restored elsewhere meets a cluster that counts from the start again: `epoch`.
    epoch = models.BigIntegerField(db_default=ClusterId())
    transaction_id = models.BigIntegerField(db_default=Cast(TransactionId(), models.BigIntegerField()))
    occurred_at = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    on_behalf_of_id = models.UUIDField(null=True)
    # Whom it concerns (FHIR AuditEvent.patient), so that who looked at a record is one walk of an index.
    patient_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_object_idx"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor_idx"),
            models.Index(
                fields=["patient_id", "-id"], name="audit_patient_idx", condition=models.Q(patient_id__isnull=False)
            ),
            models.Index(fields=["action", "-id"], name="audit_action_idx"),
            models.Index(fields=["request_id"], name="audit_request_idx", condition=~models.Q(request_id="")),
            models.Index(fields=["occurred_at"], name="audit_occurred_idx"),
            models.Index(fields=["epoch", "transaction_id"], name="audit_transaction_idx"),
        ]
        verbose_name = "event"
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        return f"{self.action} {self.object_type}:{self.object_id}"


class Seal(models.Model):
    """One link of the hash chain over `Event`.

    It covers the events of one `epoch` written by the transactions from `transaction_start` up to, not including,
    `transaction_limit`. `leaves` holds for each of them, in the order of their ids, the id (8 bytes) and the SHA-256
    of its columns (32 bytes), so that the verifier can name the row. `digest` covers all of it and the seal before.
    `form` says which columns were digested: a seal is verified for ever by the form that it was made in.
    """

    sequence = models.BigIntegerField(primary_key=True)
    epoch = models.BigIntegerField()
    transaction_start = models.BigIntegerField()
    transaction_limit = models.BigIntegerField()
    count = models.PositiveIntegerField()
    leaves = models.BinaryField()
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    form = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["epoch", "-sequence"], name="audit_seal_epoch_idx")]

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"
