from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from billing import services
from common import clock
from common.errors import Conflict
from integrations.stripe.errors import Refused, Unavailable

# Stripe retries a delivery for three days, so what is older than a week and unknown is lost for ever.
RECONCILED = timedelta(days=8)


@shared_task(name="billing.apply_event")
def apply_event(event_id: int) -> str:
    """Take over what a delivered event is about."""
    return services.event_apply(event_id=event_id, now=clock.now()).value


@shared_task(name="billing.check_payment")
def check_payment(payment_id: int) -> bool:
    """Ask Stripe how one payment stands."""
    try:
        return services.payment_sync(payment_id=payment_id, now=clock.now())
    except (Unavailable, Refused, Conflict):
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


@shared_task(name="billing.draw_receipt")
def draw_receipt(receipt_id: int) -> None:
    """Draw the PDF of one receipt."""
    services.receipt_draw(receipt_id=receipt_id)


@shared_task(name="billing.draw_receipts")
def draw_receipts() -> int:
    """Draw the receipts that have no PDF yet."""
    return services.receipts_draw()


@shared_task(name="billing.reconcile")
def reconcile() -> None:
    """The nightly comparison with Stripe, over the last days; nothing where nobody pays online."""
    if settings.PAYMENT_PROVIDER is None:
        return
    now = clock.now()
    services.reconcile(actor=None, since=now - RECONCILED, now=now)
