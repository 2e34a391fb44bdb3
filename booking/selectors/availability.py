from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking.models import AvailabilityException, AvailabilityRule
from common import clock
from doctors.models import Doctor


@dataclass(frozen=True, kw_only=True)
class Availability:
    """When a doctor works: the weekly windows that are in force or to come, and what is closed from now on."""

    rules: list[AvailabilityRule]
    leave: list[AvailabilityException]


def availability_of(doctor: Doctor, *, now: datetime) -> Availability:
    """Windows by weekday and time, leave by start; what has ended, as the clinic counts days, is left out.

    Two statements.
    """
    today = clock.clinic_day(now)
    rules = AvailabilityRule.objects.filter(doctor=doctor).exclude(valid_until__lt=today).select_related("location")
    leave = AvailabilityException.objects.filter(doctor=doctor, kind=AvailabilityException.Kind.CLOSED, end__gt=now)
    return Availability(rules=list(rules), leave=list(leave))
