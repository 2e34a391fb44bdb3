"""Waking the workers: a task is sent by its name, so that no service imports another app's tasks."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app, shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from common import clock, lost_tasks
from common.models import IdempotencyRecord, Tally
from common.uploads.services import uploads_sweep

IDEMPOTENCY_DAYS = 7

logger = logging.getLogger(__name__)


def wake(task_name: str, *args: Any) -> None:
    """Send a task once the surrounding transaction has committed; `args` are ids, never a person's values.

    Never raises: with the broker away the work waits in the database for its sweeper.
    """
    transaction.on_commit(partial(_send, task_name, args), robust=True)


def _send(task_name: str, args: tuple[Any, ...]) -> None:
    try:
        current_app.send_task(task_name, args=args)
    except (OperationalError, OSError) as error:
        logger.warning("The broker is away (%s), so %s waits for its sweeper", type(error).__name__, task_name)


@shared_task(name="common.sweep_uploads")
def sweep_uploads() -> int:
    """Remove the bytes of uploads whose rows were undone."""
    return uploads_sweep(now=clock.now())


@shared_task(name="common.sweep_expired")
def sweep_expired() -> int:
    """Remove what answers nothing any more: old idempotency records, ended sessions, cached values past their time,
    counts whose stretch is over, tasks given up long ago."""
    SessionStore.clear_expired()
    Tally.objects.filter(ends_at__lt=clock.now()).delete()
    lost_tasks.forget_old(clock.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM common_cache WHERE expires < now()")
    horizon = clock.now() - timedelta(days=IDEMPOTENCY_DAYS)
    removed, _ = IdempotencyRecord.objects.filter(created_at__lt=horizon).delete()
    return removed
