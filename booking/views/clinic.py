"""The diary of a place, for the people at its desk: who comes to whom and when, and nothing of why."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest, staff_required
from booking import selectors
from booking.attendance import steps_open
from booking.inputs import day_or
from booking.models import Appointment
from booking.policies import not_ones_own
from common import clock
from common.errors import Conflict
from common.htmx import is_fragment
from doctors.models import Location
from doctors.selectors import location_of_staff, locations_of_staff


@require_safe
@staff_required
def clinics(request: SignedInRequest) -> HttpResponse:
    """Whoever works at one place comes to its day, others choose."""
    locations = list(locations_of_staff(request.user))
    if len(locations) == 1:
        return redirect("booking:clinic_day", locations[0].slug)
    return render(request, "booking/clinics.html", {"locations": locations})


@require_safe
@staff_required
def clinic_day(request: SignedInRequest, location_slug: str) -> HttpResponse:
    """One day at a place (`date`, today without it), by its own clock. Somebody else's place is not found."""
    return show_clinic_day(request, location_of_staff(request.user, location_slug))


def show_clinic_day(
    request: SignedInRequest,
    location: Location,
    refused: Conflict | None = None,
    changed: Appointment | None = None,
) -> HttpResponse:
    """The day with what was `refused`, or with the reader's focus on what they have `changed`."""
    now = clock.now()
    today = now.astimezone(location.time_zone).date()
    shown = day_or(request.GET.get("date"), today)
    appointments = list(selectors.day_of_clinic(request.user, location, shown))
    context = {
        "location": location,
        "own": reverse("booking:clinic_day", args=[location.slug]),
        "now": now,
        "shown": shown,
        "today": today,
        "is_today": shown == today,
        "before": shown - timedelta(days=1),
        "after": shown + timedelta(days=1),
        "appointments": appointments,
        "steps": {
            row.pk: steps_open(row, is_doctor=False, now=now) for row in not_ones_own(request.user, appointments)
        },
        "refused": refused,
        "changed": changed,
        "is_part": is_fragment(request),
    }
    template = "booking/partials/clinic_day.html" if context["is_part"] else "booking/clinic_day.html"
    response = render(request, template, context, status=refused.status if refused else HTTPStatus.OK)
    patch_vary_headers(response, ["HX-Request"])
    return response
