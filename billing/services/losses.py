"""Whether an officer has to look at a visit's payments: a refund of theirs failed, or a bank left the visit unpaid."""

from __future__ import annotations

from django.db.models import Q

from billing.models import Payment
from billing.selectors import attention_left
from billing.states import DISPUTE_GONE, Attention, Outcome, PaymentStatus, RefundStatus
from booking.models import Appointment
from common.history import sign

NOT_MADE_OF_IT = Q(refunds__status__in=(RefundStatus.FAILED, RefundStatus.CANCELED), refunds__let_go_minor=None)


def failures_follow(appointment: Appointment) -> None:
    """Ask anew, after what was promised or paid for a visit changed, whether refunds of its payments that failed have
    to be seen. What else they wait for stays. For whoever holds the appointment and its payments."""
    failed = Payment.objects.filter(appointment=appointment).exclude(status=PaymentStatus.REVIEW)
    for payment in failed.filter(NOT_MADE_OF_IT | Q(attention=Attention.REFUND_FAILED)).distinct():
        payment.appointment = appointment
        attention = attention_left(payment)
        if attention == payment.attention or Attention.REFUND_FAILED not in (attention, payment.attention):
            # What an officer has settled otherwise does not come back.
            continue
        payment.attention = attention
        sign(payment, None)
        payment.save(update_fields=["attention"])


def losses_follow(appointment: Appointment, *, is_mistake: bool = False) -> None:
    """Ask anew, after the visit's price or what was paid for it changed, whether somebody has to look at what banks
    took of it: as long as it stands unpaid without that. What an officer has settled does not come back to their list,
    but where something that was paid beside it was a mistake (`is_mistake`): they had not known that.

    For whoever holds the appointment and its payments.
    """
    among = sorted({Attention.DISPUTE_LOST, Attention.NONE})
    lost = Payment.objects.filter(disputes__status__in=sorted(DISPUTE_GONE), attention__in=among).distinct()
    for payment in lost.filter(appointment=appointment).exclude(outcome=Outcome.REFUNDED):
        payment.appointment = appointment
        attention = attention_left(payment)
        if attention == payment.attention or (attention and not is_mistake and _is_settled(payment)):
            continue
        payment.attention = attention
        # Whoever changed the visit or paid for it has settled nothing.
        sign(payment, None)
        payment.save(update_fields=["attention"])


def _is_settled(payment: Payment) -> bool:
    """Whether it was an officer, and not the rules, who said last that nobody has to look at what a bank took."""
    before, is_settled = "", False
    versions = payment.history.order_by("history_date", "history_id")
    for attention, user_id in versions.values_list("attention", "history_user_id"):
        if before == Attention.DISPUTE_LOST and attention == Attention.NONE:
            is_settled = user_id is not None
        before = attention
    return is_settled
