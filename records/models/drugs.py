from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from records.states import LegalCategory, Schedule


class Drug(models.Model):
    """A medicine that can be prescribed, by its generic name; content editors keep the list.

    `schedule` is that of the Misuse of Drugs Regulations 2001. `groups` are the words by which an allergy to a kind of
    medicine is known ("penicillin"). What prescriptions say is frozen on them: a change here changes none.
    """

    name = models.CharField(max_length=120)
    forms = ArrayField(models.CharField(max_length=60), default=list, help_text="Such as Tablets, Oral solution.")
    strengths = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text="Such as 250 mg, 125 mg/5 ml."
    )
    schedule = models.PositiveSmallIntegerField(
        "controlled drug",
        choices=Schedule,
        null=True,
        blank=True,
        help_text="Schedules 1 to 3 cannot be prescribed here.",
    )
    legal_category = models.CharField(max_length=3, choices=LegalCategory, default=LegalCategory.POM)
    groups = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="What an allergy to this kind of medicine is called, such as penicillin.",
    )
    is_active = models.BooleanField("can be prescribed", default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "medicine"
        constraints = [
            models.UniqueConstraint(Lower("name"), name="drug_name_once"),
            models.CheckConstraint(condition=Q(schedule=None) | Q(schedule__in=Schedule.values), name="drug_schedule"),
        ]

    def __str__(self) -> str:
        return self.name
