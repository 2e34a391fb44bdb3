from __future__ import annotations

from celery import shared_task

from billing import services
from common import clock
from common.errors import Busy
from integrations.stripe.errors import Refused, Unavailable


@shared_task(name="billing.apply_event")
def apply_event(event_id: int) -> str:
    """Take over what a delivered event is about."""
    return services.event_apply(event_id=event_id, now=clock.now()).value


@shared_task(name="billing.check_payment")
def check_payment(payment_id: int) -> bool:
    """Ask Stripe how one payment stands."""
    try:
        return services.payment_sync(payment_id=payment_id, now=clock.now())
    except (Unavailable, Refused, Busy):
        # The sweeper asks again.
        return False


@shared_task(name="billing.end_session")
def end_session(payment_id: int) -> bool:
    """End a Checkout Session that nobody is to pay any more."""
    return services.session_end(payment_id=payment_id, now=clock.now())


@shared_task(name="billing.send_refunds")
def send_refunds() -> int:
    """Ask Stripe for the refunds that are due."""
    return services.refunds_send(now=clock.now())


@shared_task(name="billing.sweep_payments")
def sweep_payments() -> int:
    """Ask about payments without news, and do what a crash or a lost event has left."""
    return services.payments_sweep(now=clock.now())
