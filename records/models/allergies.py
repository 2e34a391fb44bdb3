from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models import Patient
from common.fields import EncryptedTextField
from common.models import PublicIdModel


class Allergy(PublicIdModel):
    """What a patient does not bear (FHIR R4 AllergyIntolerance), as they or a doctor said; `ended_at` where it was
    taken back. It is kept, and never edited: another takes its place."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = EncryptedTextField()
    reaction = EncryptedTextField(blank=True, default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    is_by_doctor = models.BooleanField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["recorded_at"]
        verbose_name_plural = "allergies"
        indexes = [models.Index(fields=["patient", "recorded_at"], name="allergy_patient_idx")]

    def __str__(self) -> str:
        return f"Allergy {self.public_id}"
