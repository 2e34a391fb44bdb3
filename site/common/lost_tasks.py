"""What the workers gave up: written down where an operator looks, since the queue forgets it (docs/decisions/0034).

A task that failed by an error of its own has said so in the log, and a message or an export has its own end. This is of
those that could not: their process died at each try, or was ended for time.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import TimeLimitExceeded, WorkerLostError
from celery.signals import task_failure
from django.db import Error, connections
from django.db.models import QuerySet

from common import clock
from common.models import LostTask

# For so long it is an alarm; its sweeper has gone on with what it left long before.
NEWS = timedelta(days=1)
KEPT = timedelta(days=30)
SHOWN = 50

logger = logging.getLogger(__name__)


def connect() -> None:
    task_failure.connect(note_lost, dispatch_uid="lost_tasks")


def note_lost(*, sender: Any, exception: BaseException, args: Sequence[Any], **_: Any) -> None:
    """Called in the worker's first process, which forks the others: no connection of its own may stay open."""
    if not isinstance(exception, (WorkerLostError, TimeLimitExceeded)):
        return
    error = type(exception).__name__
    logger.error("The task %s was given up (%s)", sender.name, error)
    try:
        LostTask.objects.create(task=sender.name, arguments=list(args or ()), error=error, at=clock.now())
    except Error as trouble:
        logger.warning("That %s was given up was not written down (%s)", sender.name, type(trouble).__name__)
    finally:
        connections.close_all()


def lost_lately(now: datetime) -> QuerySet[LostTask]:
    """What was given up within a day, the newest first."""
    return LostTask.objects.filter(at__gt=now - NEWS).order_by("-at", "-pk")[:SHOWN]


def forget_old(now: datetime) -> None:
    LostTask.objects.filter(at__lte=now - KEPT).delete()
