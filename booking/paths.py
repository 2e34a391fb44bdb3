"""Addresses that more than one surface writes."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from booking.models import Appointment
from doctors.models import Doctor, VisitType


def times_path(doctor: Doctor, visit_type: VisitType, day: date) -> str:
    """The free times of a doctor for a visit type, from a day on."""
    return f"{reverse('booking:slot_picker', args=[doctor.slug])}?visit_type={visit_type.public_id}&from={day}"


def payment_path(appointment: Appointment) -> str:
    """Where billing asks for what is due: of an app above this one, so by its address alone.

    The page there is whole, and for htmx it is what a page of ours puts into itself.
    """
    return f"{reverse('booking:appointment_detail', args=[appointment.public_id])}pay/"
