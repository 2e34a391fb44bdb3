"""Beat: any number may run, one of them sends.

The one that sends holds a lock of its database session; when it is gone, so is the lock, and another goes on. What was
sent when stands in the database, so it goes on where the first one stopped: nothing twice, nothing left out, and no
file of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celery.beat import Scheduler
from django.db import Error, connection
from kombu.exceptions import OperationalError

from common import clock
from common.models import JobRun

# The four bytes of "beat" in ASCII: one number among PostgreSQL's advisory locks.
LOCK = 0x62656174
SECONDS_BETWEEN_LOOKS = 5

logger = logging.getLogger(__name__)


class OneAtATime(Scheduler):
    """Beat's scheduler. It goes to the server itself, past a pooler of connections: its lock is the session's."""

    max_interval = SECONDS_BETWEEN_LOOKS
    _sends: bool | None = None

    def setup_schedule(self) -> None:
        self.update_from_dict(self.app.conf.beat_schedule)

    def tick(self, *_: Any, **__: Any) -> float:
        """Send what is due, if no other beat does; how many seconds until there may be more to do."""
        try:
            return self._send_due() if self._is_the_one() else self.max_interval
        except Error as error:
            logger.warning("Beat waits: the database is away (%s)", type(error).__name__)
            # With it goes the lock, if it was still ours.
            connection.close()
            return self.max_interval

    def _is_the_one(self) -> bool:
        """A session that has the lock gets it again, so asking also proves that the session still lives."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            (sends,) = cursor.fetchone()
        if sends != self._sends:
            logger.info("This beat sends" if sends else "Another beat sends; this one waits")
            self._sends = sends
        return bool(sends)

    def _send_due(self) -> float:
        last_sent = self._last_sent()
        waits: list[float] = [self.max_interval]
        entries: Mapping[str, Any] = self.schedule
        for name, entry in entries.items():
            is_due, wait = entry.schedule.is_due(last_sent[name])
            if is_due and not self._send(name, entry):
                return self.max_interval
            waits.append(wait)
        return min(waits)

    def _last_sent(self) -> Mapping[str, datetime]:
        """When each was sent last; one that never was counts from when it was first seen."""
        runs = JobRun.objects.values_list("name", "sent_at", "noticed_at")
        known = {name: sent_at or noticed_at for name, sent_at, noticed_at in runs}
        now = clock.now()
        new = {name: now for name in self.schedule if name not in known}
        if new:
            rows = [JobRun(name=name, noticed_at=now) for name in new]
            JobRun.objects.bulk_create(rows, ignore_conflicts=True)
        return known | new

    def _send(self, name: str, entry: Any) -> bool:
        """Noted once the broker has it: with the broker away the job stays due."""
        try:
            self.app.send_task(entry.task, retry=False, **entry.options)
        except (OperationalError, OSError) as error:
            logger.warning("Beat waits: the broker is away (%s)", type(error).__name__)
            return False
        JobRun.objects.filter(name=name).update(sent_at=clock.now())
        return True
