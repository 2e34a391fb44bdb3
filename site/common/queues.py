"""Which queue each task waits in, how long it may run there, and which workers take from it: all in this one place.

A worker takes from its queues in the order in which it names them. Bulk work has a worker of its own, so that however
long it takes, nobody who has just booked waits behind it for their mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from redis import Redis, RedisError


class Queue(StrEnum):
    URGENT = "urgent"
    """Somebody has just done something and waits for what follows: their mail, their money."""
    DEFAULT = "default"
    BULK = "bulk"
    """Long, or for nobody in particular."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """After `soft` a task is interrupted by an exception, after `hard` its process is ended.

    Either way it is over, and what it has left undone is found by its sweeper (`common.periodic`).
    """

    soft: timedelta
    hard: timedelta


# An export is claimed for the whole of its run (15 minutes, records.services.exports): whom the limit ends, nobody has
# overtaken. All are far shorter than the broker's visibility timeout, after which it would hand out a task again.
LIMITS = {
    Queue.URGENT: Limit(soft=timedelta(minutes=4), hard=timedelta(minutes=5)),
    Queue.DEFAULT: Limit(soft=timedelta(minutes=4), hard=timedelta(minutes=5)),
    Queue.BULK: Limit(soft=timedelta(minutes=14), hard=timedelta(minutes=15)),
}

# As docker/entrypoint.sh starts them; what is named first is taken first.
WORKERS = {"worker": (Queue.URGENT, Queue.DEFAULT), "bulk-worker": (Queue.BULK,)}

TASKS = {
    "notifications.deliver_messages": Queue.URGENT,
    "notifications.sweep_messages": Queue.URGENT,
    "billing.apply_event": Queue.URGENT,
    "billing.check_payment": Queue.URGENT,
    "billing.end_session": Queue.URGENT,
    "billing.send_refunds": Queue.URGENT,
    "billing.sweep_payments": Queue.DEFAULT,
    "billing.draw_receipt": Queue.DEFAULT,
    "audit.seal_events": Queue.DEFAULT,
    "audit.log_anchor": Queue.DEFAULT,
    "booking.sweep_pending": Queue.DEFAULT,
    "booking.queue_reminders": Queue.DEFAULT,
    "booking.refresh_listing": Queue.DEFAULT,
    "booking.refill_listing": Queue.DEFAULT,
    "verification.check_evidence": Queue.DEFAULT,
    "records.check_document": Queue.DEFAULT,
    "records.expire_prescriptions": Queue.DEFAULT,
    "home.publish_scheduled_pages": Queue.DEFAULT,
    "home.watch": Queue.DEFAULT,
    "medconsult.run_task": Queue.DEFAULT,
    "accounts.sweep_sessions": Queue.BULK,
    "accounts.refresh_outside_tokens": Queue.BULK,
    "notifications.purge_messages": Queue.BULK,
    "billing.draw_receipts": Queue.BULK,
    "billing.reconcile": Queue.BULK,
    "booking.go_on_cancelling": Queue.BULK,
    "booking.sweep_cancellings": Queue.BULK,
    "common.sweep_expired": Queue.BULK,
    "common.sweep_uploads": Queue.BULK,
    "doctors.fold_facets": Queue.BULK,
    "home.draw_pictures": Queue.BULK,
    "home.forget_enquiries": Queue.BULK,
    "records.build_export": Queue.BULK,
    "records.sweep_documents": Queue.BULK,
    "records.sweep_exports": Queue.BULK,
    "verification.expire_credentials": Queue.BULK,
    "verification.sweep_evidence": Queue.BULK,
    "verification.warn_of_expiry": Queue.BULK,
}


def routes() -> dict[str, dict[str, Any]]:
    """For CELERY_TASK_ROUTES."""
    return {task: {"queue": queue.value} for task, queue in TASKS.items()}


def task_settings() -> dict[str, dict[str, Any]]:
    """For CELERY_TASK_ANNOTATIONS: each task's limits in seconds, and its tries where its process is lost."""
    return {
        task: {
            "max_retries": 3,
            "default_retry_delay": 5,
            "soft_time_limit": int(LIMITS[queue].soft.total_seconds()),
            "time_limit": int(LIMITS[queue].hard.total_seconds()),
        }
        for task, queue in TASKS.items()
    }


def lengths() -> dict[Queue, int] | None:
    """How many tasks wait in each queue; None where the broker does not answer within a second."""
    options: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": None}
    try:
        with Redis.from_url(settings.CELERY_BROKER_URL, **options) as client:
            return {queue: int(client.llen(queue.value)) for queue in Queue}
    except (RedisError, OSError):
        return None
