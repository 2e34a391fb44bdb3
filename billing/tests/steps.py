"""What tests of payments do again and again: hold, begin, pay, and let the workers work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Sum

from billing.models import Dispute, Payment, Refund, StripeEvent
from billing.services import event_apply, payment_start, payment_sync, payments_sweep, refunds_send, session_end
from billing.services.sweep import QUIET
from billing.states import DISPUTE_WITHDRAWN, EventState, RefundStatus
from booking.models import Appointment
from booking.tests.factories import bookable_doctor
from booking.tests.steps import book, decide
from common import clock
from integrations.stripe.simulator.engine import Simulator

Deliver = Callable[[], list[int]]


def hold(price_minor: int = 4500, **more: Any) -> Appointment:
    """An appointment that is kept for an online payment."""
    # Whatever the time of day, cancelling is free: the visit is tomorrow at ten.
    decide(pay_at_clinic=False, free_cancellation_hours=1)
    return book(bookable_doctor(price_minor=price_minor), **more)


def begin(appointment: Appointment) -> Payment:
    assert appointment.patient.user
    return payment_start(actor=appointment.patient.user, appointment_id=appointment.public_id)


def work() -> None:
    """What the workers would do of what waits now, once."""
    for event_id in list(StripeEvent.objects.filter(state=EventState.RECEIVED).values_list("pk", flat=True)):
        event_apply(event_id=event_id)
    for payment_id in list(Payment.objects.exclude(session_end_wanted_at=None).values_list("pk", flat=True)):
        session_end(payment_id=payment_id)
    Refund.objects.filter(stripe_id=None).update(due_at=clock.now())
    refunds_send()


def sweep() -> None:
    """What the sweepers find when no event has come."""
    Payment.objects.update(created_at=clock.now() - QUIET * 2, checked_at=None)
    payments_sweep()


def paid(simulator: Simulator, deliver: Deliver, appointment: Appointment | None = None) -> Payment:
    """A payment that was paid on Stripe's page and has been told of."""
    payment = begin(appointment or hold())
    simulator.pay(payment.session_id or "")
    deliver()
    work()
    payment.refresh_from_db()
    return payment


def paid_and_asked(simulator: Simulator, appointment: Appointment | None = None) -> Payment:
    """As `paid`, where nobody has told us and somebody has asked: the quickest way."""
    payment = begin(appointment or hold())
    simulator.pay(payment.session_id or "")
    payment_sync(payment_id=payment.pk)
    payment.refresh_from_db()
    return payment


def told_and_done(deliver: Deliver) -> None:
    deliver()
    work()
    # The refunds that were sent just now are told of too.
    deliver()
    work()


def difference(simulator: Simulator) -> int:
    """By how many pence our ledger is above what is in the account at Stripe."""
    taken = Payment.objects.filter(method="online").aggregate(total=Sum("captured_minor"))["total"] or 0
    returned = Refund.objects.filter(status=RefundStatus.SUCCEEDED).exclude(stripe_id=None)
    back = returned.aggregate(total=Sum("amount_minor"))["total"] or 0
    held = Dispute.objects.filter(status__in=DISPUTE_WITHDRAWN).aggregate(total=Sum("amount_minor"))["total"] or 0
    return taken - back - held - simulator.balance()


def a_minute_later() -> None:
    """Every lease is over, and whatever waits for its next try is due."""
    past = clock.now() - QUIET
    Payment.objects.exclude(lease_until=None).update(lease_until=past)
    Refund.objects.update(due_at=past)
    Refund.objects.exclude(lease_until=None).update(lease_until=past)
    StripeEvent.objects.update(due_at=past)
