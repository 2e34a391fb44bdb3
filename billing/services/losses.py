"""What banks took of a visit's payments, for good: whether the visit is unpaid without it."""

from __future__ import annotations

from billing.models import Payment
from billing.selectors import attention_left
from billing.states import DISPUTE_GONE, Attention, Outcome
from booking.models import Appointment


def losses_follow(appointment: Appointment, *, is_paid: bool = False) -> None:
    """Ask anew, after the visit's price or what was paid for it changed, whether somebody has to look at what banks
    took of it: as long as it stands unpaid without that. Where something is paid (`is_paid`), none comes back to the
    officers' list, for they may have settled it.

    For whoever holds the appointment and its payments.
    """
    among = {Attention.DISPUTE_LOST} if is_paid else {Attention.DISPUTE_LOST, Attention.NONE}
    lost = Payment.objects.filter(disputes__status__in=sorted(DISPUTE_GONE), attention__in=sorted(among)).distinct()
    for payment in lost.filter(appointment=appointment).exclude(outcome=Outcome.REFUNDED):
        payment.appointment = appointment
        attention = attention_left(payment)
        if attention != payment.attention:
            payment.attention = attention
            payment.save(update_fields=["attention"])
