"""By the link of a mail and the date of birth to one appointment: see it, move it, cancel it. Nobody is signed in."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import policies, services
from booking.errors import LinkRefused
from booking.forms import LinkForm
from booking.states import MOVABLE
from booking.views.cancelling import end_appointment, policy_sentence
from booking.views.doors import keep_proof, link_door
from booking.views.moving import confirm_time, show_times
from booking.views.standing import standing_of
from common import clock
from common.forms import show_refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the date of birth: the same page for every address, whether or not anything is behind it."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proof = services.link_prove(token=token, birth_date=form.cleaned_data["birth_date"])
        except LinkRefused as error:
            show_refusal(form, error)
        else:
            keep_proof(request, proof)
            return redirect("booking:linked", proof.appointment_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "booking/link.html", {"form": form}, status=status)


@never_cache
@require_safe
def linked(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """When, where, with whom and which; not why, and nothing else of the patient's."""
    door, now = link_door(request, appointment_id), clock.now()
    appointment, viewer = door.appointment, door.viewer
    zone = appointment.location.zone
    is_ahead = appointment.status in MOVABLE and now < appointment.start
    context = {
        "door": door,
        "appointment": appointment,
        "standing": standing_of(appointment, viewer=viewer, now=now),
        "can_move": policies.can_move_now(viewer, appointment, now=now),
        "can_cancel": policies.can_cancel_now(viewer, appointment, now=now),
        "moving_sentence": policies.moving_sentence(appointment.policy, start=appointment.start, now=now, zone=zone)
        if is_ahead
        else "",
        "policy_sentence": policy_sentence(appointment) if is_ahead else "",
    }
    return render(request, "booking/linked.html", context)


@never_cache
@require_safe
def linked_move(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """As `moving.move`, by the link."""
    return show_times(request, link_door(request, appointment_id))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def linked_move_confirm(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """As `moving.move_confirm`, by the link."""
    return confirm_time(request, link_door(request, appointment_id))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def linked_cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """As `cancelling.cancel`, by the link."""
    return end_appointment(request, link_door(request, appointment_id))
