from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="doc-full")
class RecordsSettings(BaseGenericSetting):
    """What an installation decides about records; `audited` stand in the audit log with their values."""

    audited = (
        "treating_days_before",
        "treating_days_after",
        "share_days",
        "share_days_most",
        "documents_per_patient",
        "megabytes_per_patient",
    )

    treating_days_before = models.PositiveSmallIntegerField(
        "days before a visit",
        default=14,
        validators=[MaxValueValidator(90)],
        help_text="So long before a visit its doctor can read what colleagues have signed about the patient.",
    )
    treating_days_after = models.PositiveSmallIntegerField(
        "days after a visit",
        default=90,
        validators=[MaxValueValidator(366)],
        help_text="So long after a visit its doctor can still read it.",
    )
    share_days = models.PositiveSmallIntegerField(
        "days for which a share is offered",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text="What a patient who shares their record is offered first; they can choose another last day.",
    )
    share_days_most = models.PositiveSmallIntegerField(
        "most days of a share",
        default=365,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text="Nothing is shared for longer than this; it can be shared again.",
    )
    documents_per_patient = models.PositiveSmallIntegerField(
        "documents of one patient",
        default=300,
        validators=[MinValueValidator(1)],
        help_text="So many files a record takes, older versions included.",
    )
    megabytes_per_patient = models.PositiveIntegerField(
        "megabytes of one patient",
        default=1000,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text="So much all files of a record may have together.",
    )

    class Meta:
        verbose_name = "records settings"
        constraints = [
            models.CheckConstraint(condition=Q(share_days__lte=F("share_days_most")), name="share_days_within_most")
        ]

    def clean(self) -> None:
        if self.share_days and self.share_days_most and self.share_days > self.share_days_most:
            problem = "Nothing can be offered for longer than a share may last, which is set below."
            raise ValidationError({"share_days": problem})
