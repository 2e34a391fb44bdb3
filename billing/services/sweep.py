"""What goes on when news was lost or a worker died: every step here may be taken again."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from billing.errors import PaymentsAway
from billing.models import Payment, StripeEvent
from billing.selectors import payments_to_check
from billing.services.events import event_apply
from billing.services.start import session_open
from billing.services.sync import payment_sync
from billing.states import OPEN, EventState, PaymentStatus
from common import clock
from common.errors import Conflict
from integrations.stripe.errors import Refused, Unavailable
from integrations.stripe.gateway import gateway

# How long a payment may be without news before it is asked about.
QUIET = timedelta(minutes=2)


def session_end(*, payment_id: int, now: datetime | None = None) -> bool:
    """End a session that nobody is to pay any more, and take over how it ended; False where Stripe is to be asked
    again. Paid at the last moment is paid: the money then goes back or books, as `settle` says."""
    now = now or clock.now()
    payment = Payment.objects.select_related("appointment").get(pk=payment_id)
    if payment.session_end_wanted_at is None or payment.status not in OPEN:
        Payment.objects.filter(pk=payment_id).update(session_end_wanted_at=None)
        return True
    try:
        if payment.session_id is None:
            # Its answer may have been lost: asking again with the same key tells, and makes none a second time.
            with suppress(Conflict):
                payment = session_open(payment=payment)
        if payment.session_id is not None:
            gateway().session_expire(payment.session_id)
            if not payment_sync(payment_id=payment_id, now=now):
                return False
    except (Unavailable, PaymentsAway, Conflict, Refused):
        return False
    # What waits for an officer has ended at Stripe all the same.
    Payment.objects.filter(pk=payment_id).exclude(status__in=sorted(OPEN - {PaymentStatus.REVIEW})).update(
        session_end_wanted_at=None
    )
    return True


def payments_sweep(*, now: datetime | None = None, limit: int = 100) -> int:
    """Ask about payments without news, end sessions that are to end, apply events that wait; how many were done."""
    now = now or clock.now()
    done = 0
    wanted = Payment.objects.filter(session_end_wanted_at__isnull=False).order_by("session_end_wanted_at")
    for payment_id in list(wanted.values_list("pk", flat=True)[:limit]):
        done += session_end(payment_id=payment_id, now=now)
    waiting = StripeEvent.objects.filter(state=EventState.RECEIVED, due_at__lte=now).order_by("due_at")
    for event_id in list(waiting.values_list("pk", flat=True)[:limit]):
        done += event_apply(event_id=event_id, now=now) == EventState.APPLIED
    for payment_id in list(payments_to_check(before=now - QUIET, limit=limit)):
        done += _asked_again(payment_id, now)
    return done


def _asked_again(payment_id: int, now: datetime) -> bool:
    payment = Payment.objects.select_related("appointment").get(pk=payment_id)
    try:
        if payment.session_id is None:
            session_open(payment=payment)
        return payment_sync(payment_id=payment_id, now=now)
    except (Unavailable, PaymentsAway, Conflict, Refused):
        # With the time of the try, so that those behind it have their turn.
        Payment.objects.filter(pk=payment_id).update(checked_at=now)
        return False
