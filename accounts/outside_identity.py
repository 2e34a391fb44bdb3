from __future__ import annotations

from django.conf import settings
from django.db import models

from integrations.nhs.levels import Level


class OutsideIdentity(models.Model):
    """That an account is the one of somebody whom another provider recognises: who, how surely, and when last.

    It holds nothing else that the provider knows of them.
    """

    class Provider(models.TextChoices):
        NHS_LOGIN = "nhs-login", "NHS login"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outside_identities")
    provider = models.CharField(max_length=20, choices=Provider)
    subject = models.CharField(max_length=255)
    level = models.CharField(max_length=2, choices=[(level.value, level.value) for level in Level])
    verified_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="outside_identity_one_account"),
            models.UniqueConstraint(fields=["user", "provider"], name="outside_identity_once_a_provider"),
        ]

    def __str__(self) -> str:
        return self.get_provider_display()
