"""What the pages say of a time that is kept until it is paid for: until when, with a warning before that."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.policies import SignedInRequest, may_act_for
from accounts.states import Scope
from booking import policies
from booking.models import Appointment
from booking.paths import payment_path
from booking.selectors import was_approved
from booking.states import PendingReason, Status
from booking.views.choice import ANSWER, PAY, steps_of
from booking.views.standing import WARNED, standing_of


def hold_context(request: SignedInRequest, appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """What the page says of a hold, beside how the appointment stands."""
    waits = _waits(appointment, now)
    pays = waits and bool(settings.PAYMENT_PROVIDER) and may_act_for(request.user, appointment.patient, Scope.PAY)
    return {
        "appointment": appointment,
        "standing": standing_of(appointment, viewer=request.user, now=now),
        "is_hold": waits,
        **(_way(appointment) if appointment.status == Status.PENDING and not appointment.has_ended(now) else {}),
        "look_again": _seconds_to_news(appointment, now) if waits else None,
        "can_extend": policies.can_extend_now(request.user, appointment, now=now),
        "payment_path": payment_path(appointment) if pays else "",
    }


def _way(appointment: Appointment) -> dict[str, Any]:
    """The steps to a booked visit, and at which of them (from 1 on) one that waits for payment or an answer is."""
    is_asked = appointment.pending_reason == PendingReason.APPROVAL
    # A hold waits for payment, also one of which nothing is due any more: it is on its way to being booked.
    due_online = bool(appointment.amount_due_minor) or not is_asked
    steps = steps_of(is_asked_for=is_asked or was_approved(appointment), due_online=due_online)
    return {"steps": steps, "step": steps.index(ANSWER if is_asked else PAY) + 1}


def _waits(appointment: Appointment, now: datetime) -> bool:
    is_hold = appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.PAYMENT
    return is_hold and not appointment.has_ended(now)


def _seconds_to_news(appointment: Appointment, now: datetime) -> int:
    """How long until the page has something else to say: the warning, then the end."""
    ends = appointment.expires_at
    assert ends is not None, "the database refuses a wait without an end"
    warned = ends - WARNED
    news = warned if now < warned else ends
    return math.ceil((news - now) / timedelta(seconds=1)) + 1
