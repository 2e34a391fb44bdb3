from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from doctors.models.people import Specialty


class SearchWord(models.Model):
    """What patients call a condition, and which specialties look after it; editors keep these words.

    One word or a few, in small letters; patients find the specialties' doctors by it.
    """

    word = models.CharField(
        "word or words",
        max_length=60,
        help_text="As patients say it: “heart”, “chest pain”, “palpitations”.",
    )
    specialties = models.ManyToManyField(Specialty, related_name="conditions")
    history = HistoricalRecords()

    class Meta:
        ordering = ["word"]
        constraints = [
            models.UniqueConstraint(
                Lower("word"), name="search_word_once", violation_error_message="These words are here already."
            )
        ]

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        self.word = " ".join(self.word.casefold().split())

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)
