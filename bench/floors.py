"""What the framework alone costs, measured beside us in the same run (quality.md): F, L and B."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.models import Event
from booking.models import Appointment
from booking.states import Status
from doctors.models import Doctor

TEN_KILOBYTES = "<!doctype html><title>F</title>" + "<p>Nothing is as quick as nothing.</p>" * 270
MINUTES = 15


def floor_f(_request: HttpRequest) -> HttpResponse:
    """A view that returns 10 KB behind the same middleware."""
    return HttpResponse(TEN_KILOBYTES)


def floor_l(request: HttpRequest) -> HttpResponse:
    """One query of 20 rows, rendered by a template of 20 cards."""
    return render(request, "floor_l.html", {"doctors": Doctor.objects.order_by("pk")[:20]})


def appointment_like(model: Appointment, start: datetime) -> Appointment:
    """A row like `model` at another time, under our constraints, with its history."""
    end = start + timedelta(minutes=MINUTES)
    return Appointment.objects.create(
        reference=uuid.uuid4().hex[:12].upper(),
        doctor_id=model.doctor_id,
        patient_id=model.patient_id,
        location_id=model.location_id,
        visit_type_id=model.visit_type_id,
        booked_by_id=model.booked_by_id,
        status=Status.BOOKED,
        start=start,
        end=end,
        blocked=(start, end),
        modality=model.modality,
        price_minor=0,
        currency="gbp",
        amount_due_minor=0,
        created_at=start,
    )


def floor_b(model: Appointment, start: datetime) -> None:
    """One booking as the ORM alone would do it: a row like `model`, its history, an audit row."""
    with transaction.atomic():
        appointment_like(model, start)
        Event.objects.create(occurred_at=start, action="bench.booked", object_type="bench", object_id=str(model.pk))
