from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.attendance import steps_open
from booking.inputs import day_or
from booking.models import Appointment
from booking.policies import acts_as_doctor
from common import clock
from common.clock import EARLIEST
from common.errors import Conflict
from common.htmx import is_fragment
from common.inputs import uuid_or_none
from doctors.policies import practice_required
from notifications import selectors as notices
from notifications import services as notifications
from notifications.models import Message

NOTICES_SHOWN = 10
REQUESTS_SHOWN = 20
NOTICE_LABELS = {
    "doctor_appointment_booked": "New appointment",
    "doctor_appointment_requested": "New request",
    "doctor_appointment_moved": "Moved",
    "doctor_appointment_changed": "Changed",
    "doctor_appointment_cancelled": "Cancelled",
}


@require_safe
@practice_required
def day(request: SignedInRequest) -> HttpResponse:
    """The doctor's list of one day (`date`, today without it), what waits for an answer, and what is new."""
    return show_day(request)


@dataclass(frozen=True, kw_only=True)
class Notice:
    id: UUID
    label: str
    start: datetime
    zone: str
    path: str


def show_day(
    request: SignedInRequest, refused: Conflict | None = None, changed: Appointment | None = None
) -> HttpResponse:
    """The day with what was `refused`, or with the reader's focus on what they have `changed`."""
    now = clock.now()
    today = clock.clinic_day(now)
    shown = day_or(request.GET.get("date"), today)
    appointments = list(selectors.day_of_doctor(request.user, shown))
    waiting = list(selectors.requests_of_doctor(request.user, now=now, limit=REQUESTS_SHOWN + 1))
    unread = list(notices.unread_for(request.user, kinds=NOTICE_LABELS).filter(purged_at=None)[: NOTICES_SHOWN + 1])
    context = {
        "now": now,
        "shown": shown,
        "today": today,
        "is_today": shown == today,
        "before": shown - timedelta(days=1),
        "after": shown + timedelta(days=1),
        "shut": selectors.shut_on(request.user, shown),
        "appointments": appointments,
        "next": selectors.next_to_see(appointments, now=now),
        "steps": {
            row.pk: steps_open(row, is_doctor=True, now=now)
            for row in appointments
            if acts_as_doctor(request.user, row)
        },
        "changed": changed,
        "requests": waiting[:REQUESTS_SHOWN],
        "more_requests": len(waiting) > REQUESTS_SHOWN,
        "notices": [_notice(message) for message in unread[:NOTICES_SHOWN]],
        "more_notices": len(unread) > NOTICES_SHOWN,
        "refused": refused,
        "is_part": is_fragment(request),
    }
    is_part = context["is_part"]
    template = "booking/partials/day.html" if is_part else "booking/day.html"
    response = render(request, template, context, status=refused.status if refused else HTTPStatus.OK)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _notice(message: Message) -> Notice:
    facts = message.facts
    return Notice(
        id=message.public_id,
        label=NOTICE_LABELS[message.kind],
        start=datetime.fromisoformat(facts["start"]),
        zone=facts["zone"],
        path=facts["path"],
    )


@require_POST
@practice_required
def notices_read(request: SignedInRequest) -> HttpResponse:
    """Those that the page showed: what has arrived since stays new."""
    shown = [notice for text in request.POST.getlist("notice") if (notice := uuid_or_none(text))]
    notifications.messages_mark_read(user=request.user, now=clock.now(), kinds=NOTICE_LABELS, message_ids=shown)
    return _back(request, "The notices are marked as read.")


@require_POST
@practice_required
def approve(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    return _answer(request, appointment_id, services.appointment_approve, "The request is approved.")


@require_POST
@practice_required
def reject(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    return _answer(request, appointment_id, services.appointment_reject, "The request is declined.")


def _answer(
    request: SignedInRequest, appointment_id: UUID, service: Callable[..., Appointment], done: str
) -> HttpResponse:
    try:
        service(actor=request.user, appointment_id=appointment_id)
    except Conflict as error:
        return show_day(request, refused=error)
    return _back(request, f"{done} The patient is told by email.")


def _back(request: SignedInRequest, done: str) -> HttpResponse:
    return back_to_day(request, reverse("booking:day"), show_day, done)


def back_to_day(
    request: SignedInRequest, path: str, show: Callable[[SignedInRequest], HttpResponse], done: str, anchor: str = ""
) -> HttpResponse:
    """htmx gets the list as it is now; a form's reader is sent there, so that reloading posts nothing again."""
    if is_fragment(request):
        # Told to the page: what was pressed may be gone by then, with what was pressed before it.
        return trigger_client_event(show(request), "toast", {"message": done, "kind": "success", "target": "body"})
    messages.success(request, done)
    shown = day_or(request.GET.get("date"), EARLIEST)
    query = "" if shown == EARLIEST else f"?date={shown.isoformat()}"
    return redirect(f"{path}{query}{anchor}")
