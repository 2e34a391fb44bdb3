"""When a place is closed: the small screen beside a location in Wagtail's admin."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from accounts.models import User
from booking import policies, selectors, services
from booking.errors import HoursAffect
from booking.forms.hours import ClockField, Previewing, seen_as
from booking.models import Appointment
from booking.views.cancellings import after_cancelling
from common import clock
from common.errors import Invalid
from common.forms import DayField, show_refusal
from common.inputs import uuid_or_none
from doctors.models import Location

LABEL_LENGTH = 80


class ClosureForm(Previewing):
    """Days, by the place's own clock; what happens to those who are booked then is asked when there are any."""

    label = forms.CharField(label="Why", max_length=LABEL_LENGTH, help_text="Such as staff training. Doctors see it.")
    first_day = DayField(label="First day")
    from_time = ClockField(label="From", required=False, help_text="Start of the day if empty.")
    last_day = DayField(label="Last day", required=False, help_text="The same day if empty.")
    until_time = ClockField(label="Until", required=False, help_text="End of the day if empty.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("first_day") and "last_day" not in self.errors:
            data["last_day"] = data.get("last_day") or data["first_day"]
        return data

    @property
    def asked(self) -> dict[str, Any]:
        """What the closure itself is."""
        return {name: self.cleaned_data[name] for name in self.fields if name not in Previewing.base_fields}


class ClosuresView(View):
    """The list, and the form that adds to it: first it shows who is booked on those days, if anybody is."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        policies.assert_may_close(cast("User", request.user))
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        location = get_object_or_404(Location, pk=pk)
        asked = uuid_or_none(request.GET.get("closure", ""))
        closure = location.closures.filter(public_id=asked).first() if asked else None
        if closure is None:
            return _show(request, location, ClosureForm())
        standing = list(selectors.affected_by_closure(closure, now=clock.now()))
        return _show(request, location, ClosureForm(initial=model_to_dict(closure)), affected=standing)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        location = get_object_or_404(Location, pk=pk)
        actor = cast("User", request.user)
        if removed := uuid_or_none(request.POST.get("remove", "")):
            services.closure_remove(actor=actor, closure_id=removed)
            messages.success(request, f"{location} is open again on those days.")
            return redirect("clinic_closures", pk)
        return _add(request, actor, location)


def _add(request: HttpRequest, actor: User, location: Location) -> HttpResponse:
    form = ClosureForm(request.POST)
    if not form.is_valid():
        return _show(request, location, form, status=422)
    try:
        closure = services.closure_add(actor=actor, location_id=location.pk, **form.asked, shown=form.shown)
    except HoursAffect as error:
        return _show(request, location, form, affected=error.appointments, status=form.status_of_preview())
    except Invalid as error:
        show_refusal(form, error)
        return _show(request, location, form, status=422)
    if form.cancels:
        return _cancelled(request, closure.public_id, location.pk)
    messages.success(request, f"{location} is closed then. Nobody can book it any more.")
    return redirect("clinic_closures", location.pk)


def _cancelled(request: HttpRequest, closure_id: UUID, pk: int) -> HttpResponse:
    actor = cast("User", request.user)
    asked = services.closure_appointments_cancel(actor=actor, closure_id=closure_id)
    return after_cancelling(request, asked, "clinic_closures", pk)


def _show(
    request: HttpRequest,
    location: Location,
    form: ClosureForm,
    *,
    affected: list[Appointment] | None = None,
    status: int = 200,
) -> HttpResponse:
    shut = selectors.shut_days_of(location, now=clock.now())
    context = {
        "location": location,
        "shut": shut,
        "on_holidays": sum(row.standing for row in shut if row.closure is None),
        "form": form,
        "affected": affected,
        "previewed": seen_as(affected or []),
    }
    return render(request, "booking/admin/closures.html", context, status=status)
