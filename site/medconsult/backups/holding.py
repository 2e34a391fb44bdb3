"""Letting nothing leave that may have left before: after a restore, and by hand for a copy of a whole server."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import RedisError

from audit.services import Subject, event_record
from billing.services import refunds_look
from common import clock
from common.periodic import JOBS
from common.sending import sending_hold, sending_open
from common.tasks import wake
from notifications.services import messages_lay_aside_since_restore

# They send, or tell operators of what stands still.
_NOT_CAUGHT_UP = {"messages", "refunds", "watch"}
_FIRST = "reconciliation"

logger = logging.getLogger(__name__)


def hold_after_restore() -> list[str]:
    """Hold, and do at once what the clock has owed since the backup: what it has people told of is then held, too.

    First of all Stripe is asked what it has. Answers the jobs that failed: they go on by the clock as ever.
    """
    hold(now=clock.now())
    caches["redis"].clear()
    try:
        # What waits there is of another database.
        current_app.control.purge()
    except (OperationalError, RedisError, OSError):
        logger.warning("The broker does not answer: empty it before workers start.")
    failed = _catch_up()
    hold(now=clock.now())
    return failed


def _catch_up() -> list[str]:
    failed = []
    current_app.loader.import_default_modules()
    for job in sorted(JOBS, key=lambda job: job.name != _FIRST):
        if job.name in _NOT_CAUGHT_UP:
            continue
        try:
            current_app.tasks[job.task]()
        except Exception as error:  # noqa: BLE001 - one that needs what is not there yet must not stop the others
            logger.warning("The job %s did not end well (%s)", job.name, type(error).__name__)
            failed.append(job.name)
    return failed


@transaction.atomic
def hold(*, now: datetime) -> None:
    """Until `release` no message and no refund leaves; what is queued by now may have left before."""
    sending_hold(since=now)
    event_record("sending.held", Subject("sending", "all"), actor=None)


def release(*, queued_until: datetime, send_waiting: bool, now: datetime) -> int:
    """Let them go again. What was queued until that instant is laid aside, or sent after all; how many those are.

    Refunds that wait are looked up at Stripe first, which would make an old one a second time. Raises its
    `Unavailable`, `Refused`, and `Conflict` and `Busy`: nothing has been let go then.
    """
    if settings.PAYMENT_PROVIDER is not None:
        refunds_look(now=now)
    with transaction.atomic():
        count = 0 if send_waiting else messages_lay_aside_since_restore(queued_until=queued_until)
        sending_open()
        event_record("sending.released", Subject("sending", "all"), actor=None, laid_aside=count)
    wake("notifications.deliver_messages")
    return count
