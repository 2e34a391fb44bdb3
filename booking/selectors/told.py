from __future__ import annotations

from django.urls import reverse

from booking.models import Appointment


def appointment_facts(appointment: Appointment) -> dict[str, str]:
    """What every message about an appointment may say, as JSON: who, when, where and which, never why."""
    location = appointment.location
    return {
        "reference": appointment.reference,
        "doctor": appointment.doctor.name,
        "start": appointment.start.isoformat(),
        "end": appointment.end.isoformat(),
        "zone": location.zone,
        "place": location.name,
        "address": location.address,
        "modality": appointment.modality,
        "path": appointment_path(appointment),
    }


def appointment_path(appointment: Appointment) -> str:
    """The appointment's page."""
    return reverse("booking:appointment_detail", args=[appointment.public_id])


def about_appointment(appointment: Appointment) -> str:
    """What a message is `about` that belongs to this appointment's timeline."""
    return f"appointment:{appointment.public_id}"
