"""What is over, a page at a time: a patient's appointments, and the days of a doctor."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from booking import selectors
from booking.inputs import day_or_none
from booking.views.paging import edges_of, steps_of
from common import clock
from common.htmx import is_fragment
from common.keyset import KeyPage
from doctors.policies import practice_required

VISITS_SHOWN = 10
DAYS_SHOWN = 14


@require_safe
@login_required
def past_appointments(request: SignedInRequest) -> HttpResponse:
    """`before` and `after` name the appointment that the page follows or leads to."""
    page = selectors.appointments_behind(request.user, now=clock.now(), size=VISITS_SHOWN, **edges_of(request.GET))
    return _show(request, "past_appointments", page)


@require_safe
@practice_required
def past_days(request: SignedInRequest) -> HttpResponse:
    """`before` and `after` are days."""
    asked = {name: day_or_none(request.GET.get(name)) for name in ("before", "after")}
    today = clock.clinic_day(clock.now())
    page = selectors.days_behind(request.user, today=today, size=DAYS_SHOWN, **asked)
    return _show(request, "past_days", page, key="day")


def _show(request: SignedInRequest, name: str, page: KeyPage[Any], **key: str) -> HttpResponse:
    is_part = is_fragment(request)
    context = {"rows": page.rows, **steps_of(page, **key)}
    template = f"booking/partials/{name}.html" if is_part else f"booking/{name}.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
