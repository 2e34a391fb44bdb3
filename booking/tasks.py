from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from booking import services
from common import clock

REFILL_BATCH = 1000
# Beat asks again every minute, so a run that has much to do ends before the next begins.
REFILL_TIME = timedelta(seconds=50)


@shared_task(name="booking.sweep_pending")
def sweep_pending() -> int:
    """Cancel the holds and requests whose time is over."""
    return services.pending_expire(now=clock.now())


@shared_task(name="booking.queue_reminders")
def queue_reminders() -> int:
    """Remind everybody whose reminder's hour has come."""
    return services.reminders_queue(now=clock.now())


@shared_task(name="booking.refill_listing")
def refill_listing() -> int:
    """Write anew the listings whose places changed their hours, then those whose times have passed.

    Batch after batch while there are whole ones.
    """
    started = clock.now()
    written = services.listing_refill_places(now=started)
    while clock.now() - started < REFILL_TIME:
        batch = services.listing_refill(now=clock.now(), batch=REFILL_BATCH)
        written += batch
        if batch < REFILL_BATCH:
            break
    return written


@shared_task(name="booking.refresh_listing")
def refresh_listing(doctor_id: int) -> None:
    services.listing_refresh(doctor_id=doctor_id, now=clock.now())


@shared_task(name="booking.go_on_cancelling")
def go_on_cancelling(cancelling_id: str) -> int:
    """Woken by whoever has many appointments cancelled; answers how many wait for the next run."""
    return services.cancelling_go_on(cancelling_id=UUID(cancelling_id))


@shared_task(name="booking.sweep_cancellings")
def sweep_cancellings() -> int:
    """Run by the clock: goes on with what was left of such."""
    return services.cancellings_sweep()
