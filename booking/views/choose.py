from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from booking import policies, selectors
from booking.grouping import Day, ZoneChange, by_day, zones_told
from booking.inputs import day_or
from booking.selectors import Moving
from booking.slots import Slot
from common import clock
from common.errors import NotFound
from common.htmx import is_fragment, page_around
from doctors import selectors as doctors
from doctors.models import Doctor, VisitType

DAYS_SHOWN = 14


@dataclass(frozen=True, kw_only=True)
class Times:
    """The days with free times of two weeks; `following` is the next time where those weeks have none."""

    first: date
    last: date
    days: list[Day]
    zones: list[ZoneChange]
    earlier: date | None
    later: date | None
    following: Slot | None

    @property
    def count(self) -> int:
        return sum(day.count for day in self.days)


@require_safe
def slot_picker(request: HttpRequest, doctor_slug: str) -> HttpResponse:
    """The free times of one doctor for one visit type, two weeks from `from`; htmx gets the part, others the page."""
    now = clock.now()
    doctor = doctors.doctor_to_book(doctor_slug)
    visit_types = list(doctors.visit_types_of(doctor))
    visit_type = chosen_visit_type(visit_types, request.GET.get("visit_type"))
    context = {
        "doctor": doctor,
        "visit_types": visit_types,
        "visit_type": visit_type,
        "locations": doctor.locations.all(),
        "times": times_of(doctor, visit_type, request.GET.get("from"), now=now) if visit_type else None,
        "again": f"{request.path}?visit_type={visit_type.public_id}&" if visit_type else "",
        "terms": _terms(visit_type) if visit_type else "",
    }
    if is_fragment(request):
        return show_part(request, "booking/partials/slots.html", context)
    return _page(request, context)


def _terms(visit_type: VisitType) -> str:
    settings = selectors.booking_settings()
    terms = policies.payment_terms(visit_type, settings), policies.cancellation_terms(visit_type, settings)
    return " ".join(filter(None, terms))


def show_part(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """The times alone. Where they stand on their own page the address follows; a doctor's profile keeps its own."""
    response = render(request, template, context)
    if page_around(request).split("?")[0] == request.path:
        response["HX-Push-Url"] = request.get_full_path()
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    doctor = context["doctor"]
    assert isinstance(doctor, Doctor)
    context["portrait"] = doctors.portraits_of([doctor.pk]).get(doctor.pk, "")
    response = render(request, "booking/slot_picker.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def chosen_visit_type(visit_types: list[VisitType], wanted: str | None) -> VisitType | None:
    """The one that was asked for, the first without a wish; NotFound for one that is not this doctor's."""
    if not wanted:
        return visit_types[0] if visit_types else None
    for visit_type in visit_types:
        if str(visit_type.public_id) == wanted:
            return visit_type
    raise NotFound("This kind of visit cannot be booked. Choose another on the doctor's profile.")


def times_of(
    doctor: Doctor, visit_type: VisitType, wanted: str | None, *, now: datetime, moving: Moving | None = None
) -> Times:
    """The free times of two weeks from the day that an address wants, as a page shows them."""
    today = clock.clinic_day(now)
    last_bookable = today + timedelta(days=visit_type.limits(doctor).horizon_days)
    first = min(max(day_or(wanted, today), today), last_bookable)
    span = timedelta(days=DAYS_SHOWN)
    asked: dict[str, Any] = {"doctor": doctor, "visit_type": visit_type, "first_day": first, "days": DAYS_SHOWN}
    slots = selectors.slots_for(**asked, now=now, moving=moving) if moving else selectors.slots_shown(**asked, now=now)
    following = None
    if not slots:
        after = max(clock.start_of_day(first, clock.clinic_zone()), now)
        following = selectors.next_slot_after(doctor=doctor, visit_type=visit_type, after=after, now=now, moving=moving)
    return Times(
        first=first,
        last=min(first + span - timedelta(days=1), last_bookable),
        days=by_day(slots, selectors.places_of(doctor, slots)),
        zones=zones_told(slots),
        earlier=max(first - span, today) if first > today else None,
        later=first + span if first + span <= last_bookable else None,
        following=following,
    )
