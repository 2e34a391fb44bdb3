"""What pages say of payments, billing's own and those of other apps, which import nothing."""

from __future__ import annotations

from django import template

from accounts.models import User
from accounts.policies import may_act_for
from accounts.states import Scope
from billing import selectors, words
from billing.models import Refund
from billing.selectors.ending import IfCancelled
from booking.models import Appointment
from booking.states import CancelReason
from common import clock

register = template.Library()


@register.filter
def refund_words(refund: Refund) -> str:
    """What becomes of a refund as `refunds_told` reads it, in the words of whoever paid."""
    return words.refund_words(refund)


@register.simple_tag
def sums_if_cancelled(appointment: Appointment, viewer: User) -> IfCancelled | None:
    """Nothing for whoever does not pay for the patient, nor where nothing was paid."""
    if not may_act_for(viewer, appointment.patient, Scope.PAY):
        return None
    sums = selectors.if_cancelled(appointment, now=clock.now())
    return sums if sums.back or sums.kept or sums.is_rest else None


@register.simple_tag
def sums_once_cancelled(appointment: Appointment, viewer: User) -> IfCancelled | None:
    """Nothing but of what the patient has cancelled, for whoever pays for it: the practice keeps nothing."""
    at = appointment.cancelled_at
    if (
        at is None
        or appointment.cancel_reason != CancelReason.PATIENT
        or not may_act_for(viewer, appointment.patient, Scope.PAY)
    ):
        return None
    sums = selectors.if_cancelled(appointment, now=at)
    return sums if sums.is_rest or sums.kept else None
