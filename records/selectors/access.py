"""What opens a patient's record to a doctor who did not write it (docs/decisions/0020)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from booking.models import Appointment
from booking.states import Status as VisitStatus
from doctors.models import Doctor
from records.models import RecordsSettings


def the_one(found: QuerySet[Any]) -> QuerySet[Any, Any]:
    """A subquery of one row, which the planner may ask once."""
    return found.order_by().values("pk")[:1]


def records_settings() -> RecordsSettings:
    """Without writing a row for whoever looks first."""
    return RecordsSettings.objects.first() or RecordsSettings()


def record_rules(user: User, *, now: datetime) -> list[Q]:
    """The ways in which patients' records are open to a doctor, on whatever has a `patient`: each is an arm of its own.

    They open what is signed or current there, never a draft.
    """
    return [Q(patient__in=patients_treated_by(user, now=now))]


def patients_treated_by(user: User, *, now: datetime) -> QuerySet[Any, Any]:
    """The primary keys of the patients whom a doctor has seen or will see within the days that the settings count."""
    window = records_settings()
    seen = Appointment.objects.filter(
        doctor=the_one(Doctor.objects.filter(user=user, is_barred=False)),
        status__in=[VisitStatus.BOOKED, VisitStatus.ARRIVED, VisitStatus.FULFILLED],
        start__gt=now - timedelta(days=window.treating_days_after),
        start__lt=now + timedelta(days=window.treating_days_before),
    )
    return seen.order_by().values("patient")
