from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from common.models import PublicIdModel
from doctors.models import Doctor
from verification.states import DECIDED, OPEN, REFUSED, ReasonCode, Status


class VerificationCase(PublicIdModel):
    """One round of checking one doctor (FHIR R4 VerificationResult); only verification's services write `status`.

    A doctor's verification stands where their latest case stands. `decided_by` and `decided_at` tell of the last
    decision (a suspension replaces the approval's; history keeps both). `previous` is the case that it reopens.
    """

    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="verification_cases")
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next", editable=False
    )
    status = models.CharField("stage", max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason_code = models.CharField(max_length=20, choices=ReasonCode, blank=True)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-id"]
        permissions = [("decide_verificationcase", "Can decide verification cases")]
        indexes = [models.Index(fields=["status", "submitted_at"], name="case_queue_idx")]
        constraints = [
            models.UniqueConstraint(fields=["doctor"], condition=Q(status__in=sorted(OPEN)), name="case_one_open"),
            models.UniqueConstraint(fields=["doctor"], condition=Q(status=Status.VERIFIED), name="case_one_verified"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(submitted_at__isnull=False), name="case_submitted_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(DECIDED)) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="case_decided_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(REFUSED)) | ~(Q(reason_code="") | Q(reason="")),
                name="case_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Verification of {self.doctor.name}"
