from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.models import Patient
from common.fields import EncryptedTextField
from common.models import PublicIdModel
from common.permissions import GroupGrantBase, UserGrantBase
from doctors.models import Doctor
from records.states import ShareKind


class HealthRecord(PublicIdModel):
    """A patient's record as a whole: what a grant on all of it hangs on, and the lock of who may see it.

    It is made when the record is first opened to anybody; most patients have none.
    """

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="health_record")

    class Meta:
        permissions = [("open_healthrecord", "Can read a health record for a moment, in an emergency")]

    def __str__(self) -> str:
        return f"Health record {self.public_id}"


class HealthRecordUserGrant(UserGrantBase):
    """A person's right on a whole record: `view_healthrecord` by a share, `open_healthrecord` by break-glass."""

    content_object = models.ForeignKey(HealthRecord, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserGrantBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "permission", "content_object"], name="health_record_grant_once")
        ]


class HealthRecordGroupGrant(GroupGrantBase):
    """Demanded by django-guardian beside the user's table; the database refuses every row of it."""

    content_object = models.ForeignKey(HealthRecord, on_delete=models.CASCADE, related_name="group_grants")

    class Meta(GroupGrantBase.Meta):
        pass


class RecordShare(PublicIdModel):
    """That a record, or one thing in it, is shared with a doctor until `expires_at`.

    What is shared is named by `kind` and public id (of the whole record its `HealthRecord`'s); the right itself is a
    grant on it, written and taken back with this row. Who shares it too has a row of their own, and the grant lasts as
    long as one of them does. `reason` is what a doctor who shares has said.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="record_shares")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="record_shares")
    kind = models.CharField(max_length=20, choices=ShareKind)
    object_id = models.UUIDField()
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(blank=True, default="")
    shared_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["reason"])

    class Meta:
        ordering = ["-shared_at"]
        indexes = [
            models.Index(
                fields=["patient", "expires_at"], name="share_patient_idx", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["doctor", "expires_at"], name="share_doctor_idx", condition=Q(ended_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "doctor", "shared_by"],
                condition=Q(ended_at__isnull=True),
                name="share_once_by_giver",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("shared_at")), name="share_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"Share {self.public_id}"

    def stands_at(self, now: datetime) -> bool:
        return self.ended_at is None and self.expires_at > now
