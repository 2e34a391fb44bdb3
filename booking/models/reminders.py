from __future__ import annotations

from django.db import models


class ReminderRound(models.Model):
    """That everybody with a visit on `day` (by the calendar of `zone`) was reminded of it so many days before.

    Written when a round has come to its end, so that no later run reads that day's visits again. It does not keep
    anybody from being reminded twice: each message's own key does.
    """

    day = models.DateField()
    zone = models.CharField(max_length=60)
    days_before = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "zone", "days_before"], name="reminder_round_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.zone}, {self.days_before} days before"
