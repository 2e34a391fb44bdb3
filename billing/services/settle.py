from __future__ import annotations

from datetime import datetime

from django.db import transaction

from audit.services import event_record
from billing import facts
from billing.models import Payment
from billing.services.promises import promises_top_up
from billing.services.receipts import receipt_issue
from billing.services.refunds import refund_promise
from billing.states import Outcome, RefundReason
from booking.services import appointment_confirm_payment
from booking.states import STANDING, CancelReason, PendingReason, Status
from common.errors import Busy, Conflict
from common.history import sign
from notifications.services import messages_queue


def settle(*, payment: Payment, now: datetime) -> None:
    """What comes of money that has arrived, once: the appointment is booked, or all of it goes back.

    For whoever holds the appointment and then the payment, in their transaction.
    """
    if payment.outcome not in ("", Outcome.REVIEW):
        return
    appointment = payment.appointment
    payment.is_late = appointment.cancel_reason == CancelReason.HOLD_EXPIRED or appointment.has_ended(now)
    reason = _why_not(payment, now)
    payment.outcome = Outcome.REFUNDED if reason else Outcome.BOOKED
    sign(payment, None)
    payment.save(update_fields=["outcome", "is_late"])
    event_record(
        "payment.settled",
        payment,
        actor=None,
        patient=appointment.patient,
        outcome=payment.outcome,
        late=payment.is_late,
    )
    receipt_issue(payment=payment, now=now)
    if reason is None:
        messages_queue(messages=facts.payment_received(payment), now=now)
        # It may have become another kind of visit since this was asked for.
        promises_top_up(appointment=appointment, now=now)
    else:
        refund_promise(payment=payment, amount_minor=payment.captured_minor, reason=reason, now=now)


def _why_not(payment: Payment, now: datetime) -> RefundReason | None:
    """Why the appointment cannot be had for it; None where it is booked by it now."""
    appointment = payment.appointment
    waits = appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.PAYMENT
    if payment.purpose == Payment.Purpose.DIFFERENCE:
        return None if appointment.status in STANDING else RefundReason.LATE
    if not (waits or payment.is_late):
        # Booked already: by another payment, or at the desk.
        return RefundReason.DUPLICATE if appointment.status == Status.BOOKED else RefundReason.LATE
    try:
        with transaction.atomic():
            appointment_confirm_payment(appointment_id=appointment.public_id, now=now)
    except Busy:
        raise
    except Conflict:
        return RefundReason.LATE
    return None
