from __future__ import annotations

from uuid import UUID

from common import clock
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from integrations.calendars import to_ics

from booking import facts, policies, selectors, services
from booking.forms import ShareForm
from booking.models import Appointment
from booking.states import LIVE

PAST_SHOWN = 20


@require_safe
@login_required
def appointment_list(request: HttpRequest) -> HttpResponse:
    """What lies ahead first, then what is over; somebody else's appointment shows whose it is."""
    now = clock.now()
    mine = ~Q(doctor__user=request.user)
    ahead = Q(end__gt=now, status__in=sorted(LIVE))
    context = {
        "upcoming": selectors.appointments_visible_to(request.user, filters=mine & ahead),
        "past": selectors.appointments_visible_to(
            request.user, filters=mine & ~ahead, order_by=("-start", "-pk"), limit=PAST_SHOWN
        ),
    }
    return render(request, "booking/appointment_list.html", context)


@require_safe
@login_required
def appointment_detail(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    return show_appointment(request, selectors.appointment_for(request.user, appointment_id), ShareForm())


def show_appointment(
    request: HttpRequest, appointment: Appointment, share_form: ShareForm, status: int = 200
) -> HttpResponse:
    """The appointment with what this person may do to it."""
    now = clock.now()
    can_share = policies.can_share(request.user, appointment)
    context = {
        "appointment": appointment,
        "is_treating": policies.acts_as_doctor(request.user, appointment),
        "can_cancel": policies.can_cancel_now(request.user, appointment, now=now),
        "can_share": can_share,
        "can_read_reason": policies.can_read_reason(request.user, appointment),
        "carers": selectors.carers_of(appointment) if can_share else [],
        "share_form": share_form,
        "policy_sentence": policies.cancellation_sentence(
            appointment.policy, start=appointment.start, now=now, zone=appointment.location.zone
        ),
    }
    return render(request, "booking/appointment_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Ask once, then cancel: it cannot be undone, and somebody else may take the time at once."""
    appointment = selectors.appointment_for(request.user, appointment_id)
    if request.method == "POST":
        services.appointment_cancel(actor=request.user, appointment_id=appointment_id)
        messages.success(request, "The appointment is cancelled. We have sent an email to say so.")
        return redirect("booking:appointment_detail", appointment_id)
    now = clock.now()
    context = {
        "appointment": appointment,
        "can_cancel": policies.can_cancel_now(request.user, appointment, now=now),
        "policy_sentence": policies.cancellation_sentence(
            appointment.policy, start=appointment.start, now=now, zone=appointment.location.zone
        ),
    }
    return render(request, "booking/cancel.html", context)


@require_safe
@login_required
def calendar_file(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    appointment = selectors.appointment_for(request.user, appointment_id)
    event, method = facts.calendar_event(appointment)
    response = HttpResponse(to_ics(event, method), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{appointment.reference}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response
