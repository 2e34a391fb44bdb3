"""What goes back of an appointment's payments when it is cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.models import Payment
from billing.selectors.payments import captured_for_visit, left_of
from billing.states import Outcome, PaymentStatus
from booking.models import Appointment
from booking.policies import LATE_REFUND, is_free_to_cancel


def owed_if_cancelled(payment: Payment, *, by_patient: bool, within_policy: bool) -> int:
    """By the frozen policy, in minor units, of what was taken for the visit that the appointment is now; all of it
    where the practice cancels."""
    # What did not add up has booked nothing, so there is nothing to keep a part of it for.
    is_whole = within_policy or not by_patient or payment.outcome == Outcome.REVIEW
    percent = 100 if is_whole else int(payment.appointment.policy.get(LATE_REFUND, 0))
    return captured_for_visit(payment) * percent // 100


@dataclass(frozen=True, kw_only=True)
class IfCancelled:
    """What goes back of an appointment's payments if the patient cancels it, and what is kept, in minor units."""

    back: int
    kept: int


def if_cancelled(appointment: Appointment, *, now: datetime) -> IfCancelled:
    """For whoever pays for it, before they decide; without what was given back, or promised, before."""
    within_policy = is_free_to_cancel(appointment.policy, now=now)
    back = left = 0
    for payment in Payment.objects.filter(appointment=appointment, status=PaymentStatus.SUCCEEDED):
        payment.appointment = appointment
        here = left_of(payment)
        left += here
        back += min(here, owed_if_cancelled(payment, by_patient=True, within_policy=within_policy))
    return IfCancelled(back=back, kept=left - back)
