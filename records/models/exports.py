from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Patient
from common.models import PublicIdModel
from records.states import ExportState


class RecordExport(PublicIdModel):
    """That a patient asked for everything about them as a file: how far it is, where it lies, until when.

    `key` is a random name in the private storage; it is gone once the state is `removed`. A worker that builds it has
    it until `lease_until`; whoever finds that past may begin anew.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="exports")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING, editable=False)
    asked_at = models.DateTimeField()
    done = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(state=ExportState.WAITING), name="export_one_waiting_a_patient"
            ),
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY)
                | Q(ready_at__isnull=False, expires_at__isnull=False, size__gt=0) & ~Q(key=""),
                name="export_ready_says_where",
            ),
        ]

    def __str__(self) -> str:
        return f"Export {self.public_id}"
