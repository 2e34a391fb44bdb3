from __future__ import annotations

from datetime import datetime

from billing.locks import payments_of_locked
from billing.models import Payment
from billing.services.promises import promises_top_up
from billing.states import OPEN, Attention, PaymentStatus
from booking.models import Appointment
from booking.states import Status
from common.tasks import wake


def payments_follow_release(*, appointment: Appointment, now: datetime) -> None:
    """What becomes of an appointment's payments when it is cancelled, its hold ends or it is entered in error.

    For booking's transaction, which holds the appointment: open sessions are to end, what was taken goes back by the
    frozen policy (by the practice always all of it), and what was entered in error waits for an officer's decision.
    """
    in_error = appointment.status == Status.ENTERED_IN_ERROR
    for payment in payments_of_locked(appointment.pk):
        if payment.status in OPEN and payment.is_online:
            Payment.objects.filter(pk=payment.pk).update(session_end_wanted_at=now)
            wake("billing.end_session", payment.pk)
        elif payment.status == PaymentStatus.SUCCEEDED and (in_error or payment.attention == Attention.DISPUTE_LOST):
            # What a bank took is not owed any more by a visit that does not stand.
            payment.attention = Attention.ENTERED_IN_ERROR if in_error else Attention.NONE
            payment.save(update_fields=["attention"])
    if not in_error:
        promises_top_up(appointment=appointment, now=now)
