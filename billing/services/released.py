from __future__ import annotations

from datetime import datetime

from billing.locks import payments_of_locked, promises_locked
from billing.models import Payment
from billing.selectors import left_of, owed_if_cancelled
from billing.services.refunds import refund_move, refund_promise
from billing.states import ELSEWHERE, OPEN, Attention, PaymentStatus, RefundReason, RefundStatus
from booking.models import Appointment
from booking.states import CancelReason, Status
from common.tasks import wake


def payments_follow_release(*, appointment: Appointment, within_policy: bool, now: datetime) -> None:
    """What becomes of an appointment's payments when it is cancelled, its hold ends or it is entered in error.

    For booking's transaction, which holds the appointment: open sessions are to end, what was taken goes back by the
    frozen policy (by the practice always all of it), and what was entered in error waits for an officer's decision.
    """
    for payment in payments_of_locked(appointment.pk):
        payment.appointment = appointment
        if payment.status in OPEN and payment.is_online:
            Payment.objects.filter(pk=payment.pk).update(session_end_wanted_at=now)
            wake("billing.end_session", payment.pk)
        elif payment.status == PaymentStatus.SUCCEEDED:
            _give_back(payment, within_policy=within_policy, now=now)


def _give_back(payment: Payment, *, within_policy: bool, now: datetime) -> None:
    appointment = payment.appointment
    if appointment.status == Status.ENTERED_IN_ERROR:
        payment.attention = Attention.ENTERED_IN_ERROR
        payment.save(update_fields=["attention"])
        return
    by_patient = appointment.cancel_reason == CancelReason.PATIENT
    owed = owed_if_cancelled(payment, by_patient=by_patient, within_policy=within_policy)
    _officers_give_way(payment, owed, now)
    amount = min(left_of(payment), owed)
    reason = RefundReason.POLICY if by_patient else RefundReason.PRACTICE
    refund_promise(payment=payment, amount_minor=amount, reason=reason, now=now)


def _officers_give_way(payment: Payment, owed: int, now: datetime) -> None:
    """What officers promised and nobody has asked for gives way to what is owed by rule, where both do not fit: a
    colleague may yet refuse it, and the patient would be without either."""
    for refund in promises_locked(payment):
        if left_of(payment) >= owed:
            return
        if refund.reason in (RefundReason.OFFICER, RefundReason.COMPLAINT):
            refund_move(refund=refund, status=RefundStatus.CANCELED, now=now, failure=ELSEWHERE)
