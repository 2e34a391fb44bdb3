"""Another time for an appointment: choose one of the free ones, then check and confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from booking import policies, selectors, services
from booking.errors import SlotTaken
from booking.models import Appointment, standing_at
from booking.selectors import Moving
from booking.slots import Slot
from booking.views.choose import show_part, times_of
from booking.views.doors import Door, signed_in_door
from booking.views.problems import Problem
from booking.views.standing import standing_of, told_of_move
from common import clock, idempotency
from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from common.forms import SeenForm
from common.htmx import is_fragment
from common.inputs import instant_or_none
from common.templatetags.when import date_time
from doctors.models import Location
from doctors.selectors import location_to_book


@dataclass(frozen=True, kw_only=True)
class NewTime:
    """The time that an address names for an appointment; whether it can be had is the service's answer."""

    moving: Moving
    location: Location
    start: datetime
    now: datetime
    by_practice: bool

    @property
    def appointment(self) -> Appointment:
        return self.moving.appointment

    @property
    def end(self) -> datetime:
        return self.start + self.appointment.visit_type.duration

    @property
    def policy_sentence(self) -> str:
        old = self.appointment
        policy = policies.policy_moved(
            old.policy, old_start=old.start, start=self.start, by_practice=self.by_practice, now=self.now
        )
        return policies.cancellation_sentence(policy, start=self.start, now=self.now, zone=self.location.zone)

    @property
    def alternatives(self) -> list[Slot]:
        appointment = self.appointment
        return selectors.nearest_alternatives(
            doctor=appointment.doctor,
            visit_type=appointment.visit_type,
            start=self.start,
            now=self.now,
            moving=self.moving,
        )


@require_safe
@login_required
def move(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """The free times that the appointment can have instead, two weeks from `from`; htmx gets the part."""
    return show_times(request, signed_in_door(request, appointment_id))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def move_confirm(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Check and take the new time. One that is gone is answered with the nearest others; the old one stays."""
    return confirm_time(request, signed_in_door(request, appointment_id))


def show_times(request: HttpRequest, door: Door) -> HttpResponse:
    """What `move` shows, by whichever door."""
    now = clock.now()
    appointment, viewer = door.appointment, door.viewer
    _let_in(request, door)
    if not policies.can_move_now(viewer, appointment, now=now):
        return _cannot_be_moved(request, door, now)
    moving = Moving(appointment, policies.place_tied_to(viewer, appointment))
    doctor, visit_type = appointment.doctor, appointment.visit_type
    context = _told(door, now) | {
        "doctor": doctor,
        "visit_type": visit_type,
        "locations": doctor.locations.all(),
        "times": times_of(doctor, visit_type, request.GET.get("from"), now=now, moving=moving),
        "again": f"{request.path}?",
    }
    if is_fragment(request):
        return show_part(request, "booking/partials/move_times.html", context)
    response = render(request, "booking/move.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def confirm_time(request: HttpRequest, door: Door) -> HttpResponse:
    """What `move_confirm` does, by whichever door."""
    now = clock.now()
    _let_in(request, door)
    if request.method == "POST":
        return _moved(request, door, now)
    if not policies.can_move_now(door.viewer, door.appointment, now=now):
        return _cannot_be_moved(request, door, now)
    new = _new_time(request, door, now)
    form = SeenForm(initial={"seen": door.appointment.calendar_sequence})
    return _show(request, door, new, form, _problem_before(door, new))


def _let_in(request: HttpRequest, door: Door) -> None:
    if not policies.can_move(door.viewer, door.appointment):
        raise Forbidden("may_not_move", "You can see this appointment but not change its time.")
    if request.method != "POST":
        # Both pages say whose visit it is and with whom, as the appointment's own page does.
        services.appointment_viewed(actor=door.viewer, appointment=door.appointment)


def _new_time(request: HttpRequest, door: Door, now: datetime) -> NewTime:
    appointment = door.appointment
    start, slug = instant_or_none(request.GET.get("start", "")), request.GET.get("location", "")
    location = location_to_book(appointment.doctor, slug) if slug else appointment.location
    if start is None or location is None:
        raise NotFound("This address does not name a time. Choose one from the doctor’s free times.")
    return NewTime(
        moving=Moving(appointment, policies.place_tied_to(door.viewer, appointment)),
        location=location,
        start=start,
        now=now,
        by_practice=policies.acts_for_practice(door.viewer, appointment),
    )


def _moved(request: HttpRequest, door: Door, now: datetime) -> HttpResponse:
    new = _new_time(request, door, now)
    form = SeenForm(request.POST)
    try:
        _move_once(door, new, form)
    except (Conflict, Invalid) as error:
        return _refused(request, door, new, error)
    when = date_time(new.start, new.location.zone)
    told = told_of_move(door.appointment, viewer=door.viewer)
    messages.success(request, f"The appointment is now on {when}. {told}")
    return redirect(door.detail)


def _move_once(door: Door, new: NewTime, form: SeenForm) -> None:
    if not form.is_valid():
        raise Invalid("invalid", "This form was not whole. Please check the times, and confirm again.")
    seen = form.cleaned_data["seen"]

    def run() -> Appointment:
        return door.move(start=new.start, location_id=new.location.pk, seen_sequence=seen)

    appointment_id = new.appointment.public_id
    asked = {"do": "move", "appointment": appointment_id, "start": new.start, "location": new.location.slug}
    idempotency.once(user=door.viewer, key=form.cleaned_data["idempotency_key"], fingerprint=asked, run=run)


def _refused(request: HttpRequest, door: Door, new: NewTime, error: DomainError) -> HttpResponse:
    """The form anew, with what the appointment is now: it may have been moved or cancelled meanwhile."""
    now = clock.now()
    door.refresh()
    if not policies.can_move_now(door.viewer, door.appointment, now=now):
        return _cannot_be_moved(request, door, now, status=error.status)
    new = _new_time(request, door, now)
    form = SeenForm(initial={"seen": door.appointment.calendar_sequence})
    return _show(request, door, new, form, _problem_of(door, new, error))


def _problem_before(door: Door, new: NewTime) -> Problem | None:
    """What can be known before the form is sent; the service has the last word."""
    appointment = new.appointment
    if (appointment.start, appointment.location_id) == (new.start, new.location.pk):
        return Problem(title="This is the time that it has", text="Choose another, or keep it.", status=HTTPStatus.OK)
    own = _own_at(door, new)
    if own is not None:
        return _in_the_way(own)
    offered = selectors.slot_offered(
        doctor=appointment.doctor,
        visit_type=appointment.visit_type,
        location_id=new.location.pk,
        start=new.start,
        now=new.now,
        moving=new.moving,
    )
    return None if offered else _gone("That time is no longer free", new.alternatives)


def _problem_of(door: Door, new: NewTime, error: DomainError) -> Problem:
    if isinstance(error, SlotTaken):
        return _gone("That time has just been taken", error.alternatives)
    if error.code == "slot_not_offered":
        return _gone("That time can no longer be booked", new.alternatives, status=error.status)
    own = _own_at(door, new) if error.code == "patient_busy" else None
    if own is not None:
        return _in_the_way(own)
    return Problem(
        title="We could not change the time",
        text=error.message,
        status=error.status,
        kind="error",
        can_confirm=error.code in ("busy", "moved_meanwhile", "idempotency_key_reused", "invalid"),
    )


def _gone(title: str, alternatives: list[Slot], status: int = HTTPStatus.CONFLICT) -> Problem:
    text = "The appointment keeps its old time. " + (
        "Take one of the nearest free times below, or see all of them."
        if alternatives
        else "There is no other free time near it. See all free times."
    )
    return Problem(title=title, text=text, alternatives=alternatives, status=status)


def _own_at(door: Door, new: NewTime) -> Appointment | None:
    """Another appointment of the patient at that time, as far as this person may know of it."""
    if not door.leads_on:
        return None
    overlaps = Q(patient=new.appointment.patient, start__lt=new.end, end__gt=new.start) & ~Q(pk=new.appointment.pk)
    return selectors.appointments_visible_to(door.viewer, filters=standing_at(new.now) & overlaps).first()


def _in_the_way(own: Appointment) -> Problem:
    when = date_time(own.start, own.location.zone)
    text = f"It is with {own.doctor.name}, {when}. Choose another time."
    return Problem(title="There is another appointment at that time", text=text, own=own)


def _told(door: Door, now: datetime) -> dict[str, object]:
    """What the pages say of the appointment as it is."""
    appointment = door.appointment
    by_practice = policies.acts_for_practice(door.viewer, appointment)
    sentence = policies.moving_sentence(
        appointment.policy, start=appointment.start, now=now, zone=appointment.location.zone
    )
    return {
        "door": door,
        "appointment": appointment,
        "moving": appointment,
        "at_work": by_practice,
        "moving_sentence": "" if by_practice else sentence,
    }


def _show(request: HttpRequest, door: Door, new: NewTime, form: SeenForm, problem: Problem | None) -> HttpResponse:
    appointment = door.appointment
    context = _told(door, new.now) | {
        "new": new,
        "form": form,
        "form_id": "moving",
        "problem": problem,
        "visit_type": appointment.visit_type,
        "location": appointment.location,
        "shows_form": True,
        "places": selectors.places_of(appointment.doctor, problem.alternatives if problem else []),
        "all_times": f"{door.times}?from={new.start.astimezone(new.location.time_zone).date()}",
        "told": told_of_move(appointment, viewer=door.viewer),
    }
    return render(request, "booking/move_confirm.html", context, status=problem.status if problem else HTTPStatus.OK)


def _cannot_be_moved(request: HttpRequest, door: Door, now: datetime, status: int = HTTPStatus.OK) -> HttpResponse:
    appointment, viewer = door.appointment, door.viewer
    context = _told(door, now) | {
        "standing": standing_of(appointment, viewer=viewer, now=now),
        "is_too_late": policies.is_too_late_to_move(viewer, appointment, now=now),
        "can_cancel": policies.can_cancel_now(viewer, appointment, now=now),
    }
    return render(request, "booking/move_refused.html", context, status=status)
