from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from booking.models.diary import Appointment
from booking.states import CancellingState, CancelReason
from common.models import PublicIdModel


class Cancelling(PublicIdModel):
    """That somebody has many appointments cancelled at once for a reason of the practice's; whoever asked may see how
    far it is. A worker that is at it has it until `lease_until`.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    why = models.CharField(max_length=20, choices=CancelReason)
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Cancelling {self.public_id}"


class CancellingVisit(models.Model):
    """One of the appointments: written with what became of it, so that no crash has it done twice or forgotten.

    `sequence` is its `calendar_sequence` when that was asked: what has moved since is not what was meant. None for what
    an older version wrote down.
    """

    cancelling = models.ForeignKey(Cancelling, on_delete=models.CASCADE, related_name="visits")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CancellingState, default=CancellingState.WAITING)
    sequence = models.PositiveIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cancelling", "appointment"], name="cancelling_visit_once")]
        indexes = [
            models.Index(
                fields=["cancelling"], name="cancelling_waiting_idx", condition=Q(state=CancellingState.WAITING)
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id}: {self.state}"
