from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.models import Patient
from common import clock
from common.fields import EncryptedTextField
from common.models import PublicIdModel
from records.states import ReviewState


class BreakGlass(PublicIdModel):
    """That somebody opened one patient's record in an emergency: why, until when, and what a reviewer said of it.

    The right itself is a grant on the `HealthRecord` (`open_healthrecord`), written and taken back with this row.
    `ended_at` is set where it was ended before `expires_at`. It is to be reviewed once it is over, by `due_at`. All its
    instants are the database's.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="emergencies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergencies")
    reason = EncryptedTextField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    review = models.CharField(max_length=15, choices=ReviewState, default=ReviewState.OPEN)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = EncryptedTextField(blank=True, default="")
    history = HistoricalRecords(excluded_fields=["reason", "review_note"])

    class Meta:
        ordering = ["-opened_at"]
        indexes = [
            models.Index(fields=["due_at"], name="glass_to_review_idx", condition=Q(review=ReviewState.OPEN)),
            models.Index(fields=["patient", "-opened_at"], name="glass_patient_idx"),
            models.Index(fields=["user", "-opened_at"], name="glass_user_idx"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="glass_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(review=ReviewState.OPEN, reviewed_by__isnull=True, reviewed_at__isnull=True)
                | ~Q(review=ReviewState.OPEN) & Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="glass_review_says_who",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True)
                | Q(reviewed_at__gte=F("expires_at"))
                | Q(ended_at__isnull=False, reviewed_at__gte=F("ended_at")),
                name="glass_reviewed_when_over",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")), name="glass_reviewed_by_another"
            ),
        ]

    @property
    def opener(self) -> str:
        """Who opened it, as patients know them: the doctor, whatever their account is called."""
        doctor = getattr(self.user, "doctor", None)
        return doctor.name if doctor else self.user.shown_name

    def __str__(self) -> str:
        return f"Emergency access {self.public_id}"

    @property
    def due_day(self) -> date:
        """The day by whose end it is to be reviewed."""
        return clock.last_day(self.due_at)
