from __future__ import annotations

from django.conf import settings
from django.db import models


class GuideDismissal(models.Model):
    """That somebody has put the guide to the first steps of a role of theirs away."""

    class Guide(models.TextChoices):
        PATIENT = "patient", "First steps of a patient"
        DOCTOR = "doctor", "First steps of a doctor"
        VERIFICATION = "verification", "First steps of a verification officer"
        BILLING = "billing", "First steps of a billing officer"
        EDITOR = "editor", "First steps of an editor"
        MODERATOR = "moderator", "First steps of a moderator"
        RECEPTION = "reception", "First steps at the desk of a clinic"
        ADMINISTRATOR = "administrator", "First steps of an administrator"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    guide = models.CharField(max_length=20, choices=Guide)
    dismissed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "guide"], name="guide_dismissed_once")]

    def __str__(self) -> str:
        return self.get_guide_display()
