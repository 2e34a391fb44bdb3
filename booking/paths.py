"""Addresses that more than one surface writes."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from doctors.models import Doctor, VisitType


def times_path(doctor: Doctor, visit_type: VisitType, day: date) -> str:
    """The free times of a doctor for a visit type, from a day on."""
    return f"{reverse('booking:slot_picker', args=[doctor.slug])}?visit_type={visit_type.public_id}&from={day}"
