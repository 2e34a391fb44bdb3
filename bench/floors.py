"""What the framework alone costs, measured beside us in the same run (quality.md): F, L and B."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from booking.models import Appointment
from booking.states import Status
from common.models import IdempotencyRecord
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from doctors.models import Doctor

TEN_KILOBYTES = "<!doctype html><title>F</title>" + "<p>Nothing is as quick as nothing.</p>" * 270


def floor_f(_request: HttpRequest) -> HttpResponse:
    """A view that returns 10 KB behind the same middleware."""
    return HttpResponse(TEN_KILOBYTES)


def floor_l(request: HttpRequest) -> HttpResponse:
    """One query of 20 rows, rendered by a template of 20 cards."""
    return render(request, "floor_l.html", {"doctors": Doctor.objects.order_by("pk")[:20]})


def floor_b(template: Appointment, start: datetime) -> None:
    """One booking as the ORM alone would do it: the row under our constraints, one history row, one more row."""
    end = start + timedelta(minutes=15)
    with transaction.atomic():
        appointment = Appointment(
            reference=uuid.uuid4().hex[:12].upper(),
            doctor_id=template.doctor_id,
            patient_id=template.patient_id,
            location_id=template.location_id,
            visit_type_id=template.visit_type_id,
            booked_by_id=template.booked_by_id,
            status=Status.BOOKED,
            start=start,
            end=end,
            blocked=(start, end),
            modality=template.modality,
            price_minor=0,
            currency="gbp",
            amount_due_minor=0,
            created_at=start,
        )
        appointment.save()
        IdempotencyRecord.objects.create(user_id=template.booked_by_id, key=uuid.uuid4().hex, fingerprint="b")
