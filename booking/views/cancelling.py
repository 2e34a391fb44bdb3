"""Cancelling one appointment, by whichever door."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from booking import policies, services
from booking.models import Appointment
from booking.states import PendingReason, Status
from booking.views.doors import Door, signed_in_door
from booking.views.standing import standing_of, told_of_ending
from common import clock
from common.errors import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cancel(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Ask once, then cancel: it cannot be undone, and somebody else may take the time at once."""
    return end_appointment(request, signed_in_door(request, appointment_id))


def end_appointment(request: HttpRequest, door: Door) -> HttpResponse:
    """What `cancel` does, by whichever door."""
    appointment = door.appointment
    if request.method != "POST":
        # It says whose visit it is and with whom, as the appointment's own page does.
        services.appointment_viewed(actor=door.viewer, appointment=appointment)
        return _ask_to_cancel(request, door)
    try:
        door.cancel()
    except Conflict as error:
        return _ask_to_cancel(request, door, refused=error)
    messages.success(request, f"{_cancelled_words(appointment)} {told_of_ending(appointment, viewer=door.viewer)}")
    return redirect(door.detail)


def _cancelled_words(before: Appointment) -> str:
    if before.status != Status.PENDING:
        return "The appointment is cancelled."
    return "The request is withdrawn." if _is_request(before) else "The time is given up."


def _is_request(appointment: Appointment) -> bool:
    return appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.APPROVAL


def _ask_to_cancel(request: HttpRequest, door: Door, refused: Conflict | None = None) -> HttpResponse:
    now, appointment, viewer = clock.now(), door.appointment, door.viewer
    standing = standing_of(appointment, viewer=viewer, now=now)
    context = {
        "door": door,
        "appointment": appointment,
        "standing": standing,
        "at_work": policies.acts_for_practice(viewer, appointment),
        "can_cancel": not refused and standing.is_open and policies.can_cancel_now(viewer, appointment, now=now),
        "refused": refused,
        "is_request": _is_request(appointment),
        "told": told_of_ending(appointment, viewer=viewer),
        "policy_sentence": policy_sentence(appointment),
    }
    return render(request, "booking/cancel.html", context, status=refused.status if refused else HTTPStatus.OK)


def policy_sentence(appointment: Appointment) -> str:
    """Empty for what is not booked yet: whoever withdraws a request owes nothing."""
    if appointment.status == Status.PENDING:
        return ""
    return policies.cancellation_sentence(
        appointment.policy, start=appointment.start, now=clock.now(), zone=appointment.location.zone
    )
