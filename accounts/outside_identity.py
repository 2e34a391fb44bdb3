from __future__ import annotations

from django.conf import settings
from django.db import models

from common.fields import EncryptedTextField
from common.models import PublicIdModel
from integrations.nhs.levels import Level

# NHS login's levels of identity verification, low, medium and high.
LEVELS_TOLD = {
    Level.P0: "it has not checked who you are",
    Level.P5: "it has checked some of who you are",
    Level.P9: "it has checked who you are",
}


class OutsideIdentity(models.Model):
    """That an account is the one of somebody whom another provider recognises: who, how surely, and when last.

    It holds nothing else that the provider knows of them. `level` is empty where the provider has none; `ended_at` is
    since when it has not stood for them any more, until it recognises them again.
    """

    class Provider(models.TextChoices):
        NHS_LOGIN = "nhs-login", "NHS login"
        WORK_LOGIN = "work-login", "work account"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outside_identities")
    provider = models.CharField(max_length=20, choices=Provider)
    subject = models.CharField(max_length=255)
    level = models.CharField(max_length=2, choices=[(level.value, level.value) for level in Level], blank=True)
    verified_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="outside_identity_one_account"),
            models.UniqueConstraint(fields=["user", "provider"], name="outside_identity_once_a_provider"),
        ]

    def __str__(self) -> str:
        return self.get_provider_display()

    @property
    def level_told(self) -> str:
        """How surely it knew the person, as they read it; empty where the provider has no levels."""
        return LEVELS_TOLD[Level(self.level)] if self.level else ""

    @property
    def keeps_token(self) -> bool:
        """Whether something is kept that opens the person's account there."""
        return hasattr(self, "tokens")


class OutsideTokens(PublicIdModel):
    """The refresh token that a provider gave for an identity; what it opens is over at `good_until`.

    `accounts.services.outside_tokens` alone writes and reads it. While `asked_at` is set it has been sent and no answer
    has come.
    """

    identity = models.OneToOneField(OutsideIdentity, on_delete=models.CASCADE, related_name="tokens")
    refresh_token = EncryptedTextField()
    good_until = models.DateTimeField(db_index=True)
    asked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Kept of {self.identity}"
