from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from booking.models import Appointment, standing_at
from booking.states import CANCELLABLE


def appointments_ahead(doctor_id: UUID, *, now: datetime) -> QuerySet[Appointment]:
    """A doctor's appointments that stand, have not begun, and can still be cancelled, the next first.

    For those who decide about the doctor and not about the patients: with place and kind of visit, and nobody's name.
    """
    rows = Appointment.objects.filter(
        standing_at(now), doctor__public_id=doctor_id, status__in=sorted(CANCELLABLE), start__gt=now
    )
    return rows.select_related("location", "visit_type").defer("reason").order_by("start", "pk")
