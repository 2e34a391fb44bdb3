from __future__ import annotations

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from doctors.models.people import Location


class LocationMembership(models.Model):
    """Somebody works at the desk of a place: its diary is open to them by this row, and no record (domain.md, People).

    Only `doctors.services` writes it, with the role of clinic staff that comes with the first and goes with the last.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        ordering = ["user__last_name", "user__email"]
        constraints = [models.UniqueConstraint(fields=["user", "location"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.location}"
