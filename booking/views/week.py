from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from booking import selectors
from booking.inputs import day_or
from booking.selectors.week import WeekDay
from common import clock
from common.htmx import is_fragment
from common.templatetags.when import day_and_month, zone_name
from doctors.policies import practice_required
from doctors.selectors import doctor_of

NOON = time(12)


@require_safe
@practice_required
def week(request: SignedInRequest) -> HttpResponse:
    """The doctor's week from Monday on that has the day `date`, this one without it."""
    now = clock.now()
    today = clock.clinic_day(now)
    shown = day_or(request.GET.get("date"), today)
    first = shown - timedelta(days=shown.weekday())
    days = selectors.week_of_doctor(request.user, doctor_of(request.user), first, now=now)
    blocks = [block for day in days for block in day.blocks]
    context = {
        "now": now,
        "today": today,
        "shown": shown,
        "days": days,
        "before": first - timedelta(weeks=1),
        "after": first + timedelta(weeks=1),
        "booked": sum(day.booked for day in days),
        "free": sum((day.free for day in days), timedelta()),
        "places": {block.place for block in blocks},
        "zone_words": _zone_words(days),
        "is_this_week": first <= today < first + timedelta(weeks=1),
        "is_part": is_fragment(request),
    }
    template = "booking/partials/week.html" if context["is_part"] else "booking/week.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _zone_words(days: list[WeekDay]) -> str:
    """Whose clock the week shows, and that it changes."""
    zones = {block.place.zone for day in days for block in day.blocks}
    if len(zones) > 1:
        return "Each place's times are by its own clock."
    zone = ZoneInfo(zones.pop()) if zones else clock.clinic_zone()
    names = [zone_name(datetime.combine(day.day, NOON, zone), zone) for day in days]
    if names[0] == names[-1]:
        return f"Times are {names[0]}."
    changed = next(day.day for day, name in zip(days, names, strict=True) if name != names[0])
    return f"The clocks change on {day_and_month(changed)}: times are {names[0]} before and {names[-1]} after it."
