from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from accounts.policies import doctor_required
from common import clock
from common.htmx import is_fragment
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from notifications import selectors as notices
from notifications import services as notifications
from notifications.models import Message

from booking import selectors, services

NOTICE_LABELS = {
    "doctor_appointment_booked": "New appointment",
    "doctor_appointment_requested": "New request",
    "doctor_appointment_cancelled": "Cancelled",
}


@require_safe
@doctor_required
def day(request: HttpRequest) -> HttpResponse:
    """The doctor's list of one day (`date`, today without it), what waits for an answer, and what is new."""
    return _show_day(request)


def _show_day(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    today = now.astimezone(clock.clinic_zone()).date()
    shown = _day(request.GET.get("date"), today)
    context = {
        "shown": shown,
        "today": today,
        "before": shown - timedelta(days=1),
        "after": shown + timedelta(days=1),
        "appointments": selectors.day_of_doctor(request.user, shown),
        "requests": selectors.requests_of_doctor(request.user, now=now),
        "notices": [_notice(message) for message in notices.unread_for(request.user, kinds=NOTICE_LABELS)],
    }
    template = "booking/partials/day.html" if is_fragment(request) else "booking/day.html"
    return render(request, template, context)


def _notice(message: Message) -> dict[str, object]:
    facts = message.facts
    return {
        "label": NOTICE_LABELS[message.kind],
        "start": datetime.fromisoformat(facts["start"]),
        "zone": facts["zone"],
        "path": facts["path"],
    }


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


@require_POST
@doctor_required
def notices_read(request: HttpRequest) -> HttpResponse:
    notifications.messages_mark_read(user=request.user, kinds=NOTICE_LABELS)
    return _back(request)


@require_POST
@doctor_required
def approve(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    services.appointment_approve(actor=request.user, appointment_id=appointment_id)
    messages.success(request, "The request is approved and the patient has been told.")
    return _back(request)


@require_POST
@doctor_required
def reject(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    services.appointment_reject(actor=request.user, appointment_id=appointment_id)
    messages.success(request, "The request is declined and the patient has been told.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """htmx gets the list as it is now; a form's reader is sent there, so that reloading posts nothing again."""
    return _show_day(request) if is_fragment(request) else redirect("booking:day")
