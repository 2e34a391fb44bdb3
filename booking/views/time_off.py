"""Time off, extra hours, and what a doctor says about today: who is told is shown before anybody is."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.forms import NOT_CHOSEN, ExtraForm, LateForm, LeaveForm, Standing, seen_as
from booking.models import Appointment, AvailabilityException
from booking.views.hours import done_once, remove_once, show
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
    if not form.is_valid():
        return show(request, doctor, leave_form=form)
    planned = AvailabilityException(doctor=doctor, start=form.start, end=form.end)
    affected = list(selectors.affected_by(planned, now=clock.now()))
    is_seen = request.POST.get("previewed") == seen_as(affected)
    if affected and not is_seen:
        return _preview(request, form, affected)
    if affected and not form.cleaned_data["standing"]:
        form.add_error("standing", NOT_CHOSEN)
        return _preview(request, form, affected)

    def run() -> AvailabilityException:
        note = form.cleaned_data["note"]
        asked = {"start": form.start, "end": form.end, "note": note}
        return services.leave_add(actor=request.user, doctor_id=doctor.public_id, **asked)

    leave_id = done_once(request, form, run)
    if leave_id is None:
        return show(request, doctor, leave_form=form)
    messages.success(request, "The time off is added. Nobody can book it any more.")
    if form.cleaned_data["standing"] == Standing.CANCEL:
        _cancel(request, leave_id)
    return redirect("booking:availability")


def _preview(request: HttpRequest, form: LeaveForm, affected: Sequence[Appointment]) -> HttpResponse:
    context = {"form": form, "affected": affected, "previewed": seen_as(affected)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "booking/leave_preview.html", context, status=status)


def _cancel(request: SignedInRequest, leave_id: UUID) -> None:
    try:
        count = services.leave_appointments_cancel(actor=request.user, leave_id=leave_id)
    except Busy:
        messages.warning(request, "Not every appointment is cancelled yet. Please go on below.")
    else:
        messages.success(request, _cancelled(count))


def _cancelled(count: int) -> str:
    ended = "1 appointment is" if count == 1 else f"{count} appointments are"
    return f"{ended} cancelled. The patients are told and offered new times."


@ASKS
@practice_required
def leave_appointments(request: SignedInRequest, leave_id: UUID) -> HttpResponse:
    """Who is booked in time off that stands, and a button that cancels them all."""
    doctor = doctor_of(request.user)
    leave = selectors.leave_of(doctor, leave_id)
    now = clock.now()
    affected = list(selectors.affected_by(leave, now=now).filter(start__gt=now))
    if request.method == "POST" and request.POST.get("previewed") == seen_as(affected):
        _cancel(request, leave_id)
        return redirect("booking:availability")
    context = {"leave": leave, "affected": affected, "previewed": seen_as(affected)}
    return render(request, "booking/leave_appointments.html", context)


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
    remove_once(request, extra_id, lambda: services.extra_remove(actor=request.user, extra_id=extra_id))
    messages.success(request, "The extra hours are removed. Appointments in them stay as they are.")
    return redirect("booking:availability")


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
        count = services.rest_of_today_cancel(actor=request.user, doctor_id=doctor.public_id)
    except Busy:
        messages.warning(request, "Not every appointment is cancelled yet. Please press the button again.")
        return redirect("booking:cancel_rest")
    messages.success(request, f"Today is closed from now on. {_cancelled(count)}")
    return redirect("booking:day")


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
