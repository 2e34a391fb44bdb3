"""What became of a visit: pressed in the doctor's day or in the diary of the place, which the answer shows again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.attendance import can_be_corrected
from booking.forms import EnteredInErrorForm, NoShowForm
from booking.models import Appointment
from booking.policies import acts_as_doctor, acts_for_clinic, acts_for_practice
from booking.states import ErrorReason, NoShowCorrection, Status
from booking.views.clinic import show_clinic_day
from booking.views.day import back_to_day, show_day
from common import clock
from common.errors import Conflict, Forbidden
from common.templatetags.when import local_time


@require_POST
@login_required
def arrive(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    return _take(request, appointment_id, services.appointment_arrive, "{} has arrived.")


@require_POST
@login_required
def unarrive(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    return _take(request, appointment_id, services.appointment_unarrive, "{} is no longer marked as arrived.")


@require_POST
@login_required
def fulfil(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    return _take(request, appointment_id, services.appointment_fulfil, "The visit of {} is done.")


@require_POST
@login_required
def noshow(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    return _take(request, appointment_id, services.appointment_noshow, "{} is marked as not having come.")


def _take(
    request: SignedInRequest, appointment_id: UUID, service: Callable[..., Appointment], done: str
) -> HttpResponse:
    appointment = selectors.appointment_for(request.user, appointment_id)
    path, show = _diary(request, appointment)
    try:
        service(actor=request.user, appointment_id=appointment_id)
    except Conflict as error:
        return show(request, refused=error)
    again = partial(show, changed=appointment)
    return back_to_day(request, path, again, done.format(appointment.patient.name), f"#visit-{appointment.public_id}")


def _diary(request: SignedInRequest, appointment: Appointment) -> tuple[str, Callable[..., HttpResponse]]:
    """Where the person works with the appointment: the doctor's own day, or that of the place."""
    if acts_as_doctor(request.user, appointment):
        return reverse("booking:day"), show_day
    place = appointment.location
    return reverse("booking:clinic_day", args=[place.slug]), partial(show_clinic_day, location=place)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def correct_noshow(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Ask what happened instead; the answer says what the visit becomes."""
    appointment = selectors.appointment_for(request.user, appointment_id)
    if not acts_for_practice(request.user, appointment):
        raise Forbidden("practice_only", "Only the doctor and the clinic can correct this.")
    form = NoShowForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _ask_what_happened(request, appointment, form)
    reason = NoShowCorrection(form.cleaned_data["reason"])
    try:
        corrected = services.noshow_correct(actor=request.user, appointment_id=appointment_id, reason=reason)
    except Conflict as error:
        return _ask_what_happened(request, appointment, form, refused=error)
    done = "The visit counts as done."
    if corrected.status == Status.CANCELLED:
        done = "The visit counts as cancelled, and the patient owes nothing."
    messages.success(request, done)
    return redirect("booking:appointment_detail", appointment_id)


def _ask_what_happened(
    request: SignedInRequest, appointment: Appointment, form: NoShowForm, refused: Conflict | None = None
) -> HttpResponse:
    services.appointment_viewed(actor=request.user, appointment=appointment)
    context = {
        "appointment": appointment,
        "form": form,
        "refused": refused,
        "is_open": not refused and can_be_corrected(appointment, now=clock.now()),
    }
    status = refused.status if refused else HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "booking/correct_noshow.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enter_in_error(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Ask why it should never have been in the diary, then hide it: it cannot be undone."""
    # What is hidden is found for whoever sends the form twice.
    appointment = selectors.appointment_for(request.user, appointment_id, in_error=request.method == "POST")
    if not acts_for_clinic(request.user, appointment):
        raise Forbidden("staff_only", "Only the clinic can say that an appointment was entered in error.")
    form = EnteredInErrorForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        services.appointment_viewed(actor=request.user, appointment=appointment)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(request, "booking/enter_in_error.html", {"appointment": appointment, "form": form}, status=status)
    reason = ErrorReason(form.cleaned_data["reason"])
    services.appointment_enter_in_error(actor=request.user, appointment_id=appointment_id, reason=reason)
    messages.success(request, f"Appointment {appointment.reference} is taken out of the diary.")
    day = local_time(appointment.start, appointment.location.zone).date()
    return redirect(f"{reverse('booking:clinic_day', args=[appointment.location.slug])}?date={day.isoformat()}")
