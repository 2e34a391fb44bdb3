from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from common import clock
from common.errors import NotFound
from common.htmx import is_fragment
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from doctors import selectors as doctors
from doctors.models import Doctor, VisitType

from booking import selectors
from booking.views.grouping import by_day

DAYS_SHOWN = 7


@require_safe
def slot_picker(request: HttpRequest, doctor_slug: str) -> HttpResponse:
    """The free times of one doctor for one visit type, a week from `from`; htmx gets the part, others the page."""
    now = clock.now()
    today = now.astimezone(clock.clinic_zone()).date()
    doctor = doctors.doctor_listed(doctor_slug)
    visit_types = list(doctors.visit_types_of(doctor))
    context = {
        "doctor": doctor,
        "visit_types": visit_types,
        "visit_type": (visit_type := chosen_visit_type(visit_types, request.GET.get("visit_type"))),
        "locations": {location.pk: location for location in doctor.locations.all()},
        **(_week(doctor, visit_type, max(_day(request.GET.get("from"), today), today), today) if visit_type else {}),
    }
    template = "booking/partials/slots.html" if is_fragment(request) else "booking/slot_picker.html"
    return render(request, template, context)


def chosen_visit_type(visit_types: list[VisitType], wanted: str | None) -> VisitType | None:
    """The one that was asked for, the first without a wish; NotFound for one that is not this doctor's."""
    if not wanted:
        return visit_types[0] if visit_types else None
    for visit_type in visit_types:
        if str(visit_type.public_id) == wanted:
            return visit_type
    raise NotFound


def _week(doctor: Doctor, visit_type: VisitType, first: date, today: date) -> dict[str, object]:
    now = clock.now()
    days = by_day(selectors.slots_for(doctor=doctor, visit_type=visit_type, first_day=first, days=DAYS_SHOWN, now=now))
    week = timedelta(days=DAYS_SHOWN)
    last_bookable = today + timedelta(days=visit_type.horizon_days)
    following = None
    if not days:
        after = max(clock.start_of_day(first, clock.clinic_zone()), now)
        following = selectors.next_slot_after(doctor=doctor, visit_type=visit_type, after=after, now=now)
    return {
        "days": days,
        "first": first,
        "last": first + week - timedelta(days=1),
        "earlier": max(first - week, today) if first > today else None,
        "later": first + week if first + week <= last_bookable else None,
        "following": following,
    }


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


def uuid_or_none(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
