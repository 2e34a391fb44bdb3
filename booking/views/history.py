from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.views.paging import edges_of, steps_of
from common import clock
from common.htmx import is_fragment

SHOWN_BESIDE, SHOWN = 6, 20


@require_safe
@login_required
def history(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """What the patient of an appointment has had with its doctor, for that doctor alone.

    A part of it, for the panel beside the day, are the latest; the page goes on by key.
    """
    appointment = selectors.appointment_for(request.user, appointment_id)
    services.history_viewed(actor=request.user, appointment=appointment)
    is_part = is_fragment(request)
    size = SHOWN_BESIDE if is_part else SHOWN
    page = selectors.appointments_with(request.user, appointment.patient_id, size=size, **edges_of(request.GET))
    context = {"appointment": appointment, "rows": page.rows, "now": clock.now(), **steps_of(page)}
    template = "booking/partials/history.html" if is_part else "booking/history.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
