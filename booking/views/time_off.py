"""Time off, extra hours, and what a doctor says about today: who is told is shown before anybody is."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.errors import HoursAffect
from booking.forms.hours import ExtraForm, LateForm, LeaveForm, RemoveForm, seen_as
from booking.models import Appointment, AvailabilityException
from booking.templatetags.bookable import leave_span
from booking.views.cancellings import after_cancelling
from booking.views.hours import done_once, preview, remove_once, settle, show
from common import clock
from common.errors import Busy
from doctors.models import Doctor
from doctors.policies import practice_required
from doctors.selectors import doctor_of

ASKS = require_http_methods(["GET", "HEAD", "POST"])


@require_POST
@practice_required
def add_leave(request: SignedInRequest) -> HttpResponse:
    """At once where nobody is booked; otherwise behind a page that shows who is, and asks what becomes of them."""
    doctor = doctor_of(request.user)
    form = LeaveForm(request.POST)

    def run() -> AvailabilityException:
        return services.leave_add(actor=request.user, doctor_id=doctor.public_id, **form.asked)

    try:
        leave_id = done_once(request, form, run) if form.is_valid() else None
    except HoursAffect as error:
        shown = {"action": reverse("booking:leave_add"), "submit": "Add time off", "where": "in this time"}
        return preview(request, form, error, **shown)
    if leave_id is None:
        return show(request, doctor, leave_form=form)
    messages.success(request, "The time off is added. Nobody can book it any more.")
    return _cancel(request, leave_id) if form.cancels else redirect("booking:availability")


def _cancel(request: SignedInRequest, leave_id: UUID) -> HttpResponse:
    asked = services.leave_appointments_cancel(actor=request.user, leave_id=leave_id)
    return after_cancelling(request, asked, "booking:availability")


@ASKS
@practice_required
def leave_appointments(request: SignedInRequest, leave_id: UUID) -> HttpResponse:
    """Who is booked in time off that stands, and a button that cancels them all."""
    doctor = doctor_of(request.user)
    leave = selectors.leave_of(doctor, leave_id)
    now = clock.now()
    affected = list(selectors.affected_ahead(leave, now=now))
    if request.method == "POST" and request.POST.get("previewed") == seen_as(affected):
        return _cancel(request, leave_id)
    context = {
        "title": "Appointments in your time off",
        "lead": leave_span(leave),
        "action": reverse("booking:leave_appointments", args=[leave_id]),
        "affected": affected,
        "previewed": seen_as(affected),
        "has_changed": request.method == "POST",
    }
    return render(request, "booking/standing.html", context)


@require_POST
@practice_required
def remove_leave(request: SignedInRequest, leave_id: UUID) -> HttpResponse:
    remove_once(request, leave_id, lambda: services.leave_remove(actor=request.user, leave_id=leave_id))
    messages.success(request, "The time off is removed. The hours can be booked again.")
    return redirect("booking:availability")


@require_POST
@practice_required
def add_extra(request: SignedInRequest) -> HttpResponse:
    doctor = doctor_of(request.user)
    form = ExtraForm(request.POST, doctor=doctor)

    def run() -> AvailabilityException:
        return services.extra_add(actor=request.user, doctor_id=doctor.public_id, **form.asked)

    if not form.is_valid() or done_once(request, form, run) is None:
        return show(request, doctor, extra_form=form)
    messages.success(request, "The extra hours are added.")
    return redirect("booking:availability")


@require_POST
@practice_required
def remove_extra(request: SignedInRequest, extra_id: UUID) -> HttpResponse:
    form = RemoveForm(request.POST)
    form.full_clean()
    asked: dict[str, Any] = {"extra_id": extra_id, "shown": form.shown}
    try:
        remove_once(request, extra_id, lambda: services.extra_remove(actor=request.user, **asked))
    except HoursAffect as error:
        action = reverse("booking:extra_remove", args=[extra_id])
        return preview(request, form, error, action=action, submit="Remove the extra hours")
    return settle(request, doctor_of(request.user), form, "The extra hours are removed.")


@ASKS
@practice_required
def running_late(request: SignedInRequest) -> HttpResponse:
    """Who is still to come today, and by how many minutes they are told to expect a wait."""
    doctor = doctor_of(request.user)
    waiting = list(selectors.told_if_late(doctor, now=clock.now()))
    form = LateForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and request.POST.get("previewed") == seen_as(waiting):
        minutes = form.cleaned_data["minutes"]
        count = services.running_late_tell(actor=request.user, doctor_id=doctor.public_id, minutes=minutes)
        told = "1 patient is" if count == 1 else f"{count} patients are"
        messages.success(request, f"{told} told that you are running about {minutes} minutes late.")
        return redirect("booking:day")
    return _today(request, "booking/running_late.html", waiting, form)


@ASKS
@practice_required
def cancel_rest(request: SignedInRequest) -> HttpResponse:
    """Who is still to come today, and a button that cancels them all and closes the rest of the day."""
    doctor = doctor_of(request.user)
    waiting = list(selectors.rest_of_today(doctor, now=clock.now()))
    if request.method == "POST" and request.POST.get("previewed") == seen_as(waiting):
        return _rest_cancelled(request, doctor)
    return _today(request, "booking/cancel_rest.html", waiting)


def _rest_cancelled(request: SignedInRequest, doctor: Doctor) -> HttpResponse:
    try:
        asked = services.rest_of_today_cancel(actor=request.user, doctor_id=doctor.public_id)
    except Busy:
        messages.warning(request, "Today is not closed yet. Please press the button again.")
        return redirect("booking:cancel_rest")
    messages.success(request, "Today is closed from now on.")
    return after_cancelling(request, asked, "booking:day")


def _today(
    request: HttpRequest, template: str, waiting: Sequence[Appointment], form: LateForm | None = None
) -> HttpResponse:
    context = {
        "affected": waiting,
        "previewed": seen_as(waiting),
        "form": form,
        # Somebody booked or cancelled between the page and the press: the list is another, so it is shown again.
        "has_changed": request.method == "POST" and not (form and form.errors),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK
    return render(request, template, context, status=status)
