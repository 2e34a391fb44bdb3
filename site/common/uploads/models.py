from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import PublicIdModel
from common.uploads.states import CHECKED, UploadState

NAME_MAX_LENGTH = 120
QUARANTINE = "quarantine"
CHECKED_FILES = "checked"


class MediaType(models.TextChoices):
    """What may be uploaded, told by the content and never by the name."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"


def quarantine_key() -> str:
    return f"{QUARANTINE}/{secrets.token_hex(16)}"


def checked_key() -> str:
    """A new place among the checked files, spread over folders so that none grows without end."""
    token = secrets.token_hex(16)
    return f"{CHECKED_FILES}/{token[:2]}/{token}"


class Upload(PublicIdModel):
    """One uploaded file, for an app to add what it belongs to. Only `common.uploads.services` write these columns.

    A `Meta` of the app's own inherits this one's (`class Meta(Upload.Meta)`), which holds the constraint.
    """

    key = models.CharField(max_length=100, unique=True, default=quarantine_key, editable=False)
    """Where the bytes lie in the private storage: random, so it says nothing and cannot be guessed."""
    name = models.CharField(max_length=NAME_MAX_LENGTH, editable=False)
    """As the uploader called it, without a path and without characters that cannot be seen. For people only."""
    media_type = models.CharField("type", max_length=20, choices=MediaType, editable=False)
    size = models.PositiveIntegerField(editable=False)
    """In bytes, as stored: an image that was written anew has another size than what was uploaded."""
    width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    """In pixels, of a picture that was found clean, so that a page keeps its place before it is loaded."""
    sha256 = models.CharField(max_length=64, db_index=True, editable=False)
    """Of what was uploaded, in hex, so that the same file is known again, a refused one too."""
    state = models.CharField(max_length=11, choices=UploadState, default=UploadState.QUARANTINED, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField(editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state=UploadState.QUARANTINED, checked_at__isnull=True)
                | Q(state__in=sorted(CHECKED), checked_at__isnull=False),
                name="%(app_label)s_%(class)s_checked_says_when",
            )
        ]

    def __str__(self) -> str:
        return self.name
