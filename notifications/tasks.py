from __future__ import annotations

from celery import shared_task

from common import clock
from notifications import services


@shared_task(name="notifications.deliver_messages")
def deliver_messages() -> int:
    """Woken by whoever queued a message."""
    return services.messages_deliver(woken=True)


@shared_task(name="notifications.purge_messages")
def purge_messages() -> int:
    """Run by the clock: old messages are kept as facts, without what they said."""
    return services.messages_purge(now=clock.now())


@shared_task(name="notifications.sweep_messages")
def sweep_messages() -> int:
    """Run by the clock: finds what a crash, a lost wake-up or a failed attempt left behind."""
    return services.messages_deliver()
