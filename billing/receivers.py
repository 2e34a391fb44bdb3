from __future__ import annotations

from datetime import datetime
from typing import Any

from billing.services import payments_follow_release
from booking.models import Appointment


def appointment_released(*, appointment: Appointment, now: datetime, **_: Any) -> None:
    """Receives booking's one signal, inside its transaction."""
    payments_follow_release(appointment=appointment, now=now)
