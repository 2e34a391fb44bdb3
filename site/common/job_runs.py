"""What the workers write down of the jobs that the clock starts: when each began, how it ended, and on which worker."""

from __future__ import annotations

import logging
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.db import Error

from common import clock
from common.periodic import JOB_OF

logger = logging.getLogger(__name__)
GOOD = "SUCCESS"


def connect() -> None:
    task_prerun.connect(note_begin, dispatch_uid="job_runs")
    task_postrun.connect(note_end, dispatch_uid="job_runs")


def note_begin(*, task: Any, **_: Any) -> None:
    from common.models import JobOutcome

    worker = str(getattr(task.request, "hostname", None) or "")[:100]
    _note(task.name, started_at=clock.now(), outcome=JobOutcome.RUNNING, worker=worker)


def note_end(*, task: Any, state: str | None = None, retval: Any = None, **_: Any) -> None:
    from common.models import JobOutcome

    now = clock.now()
    if state == GOOD:
        _note(task.name, ended_at=now, done_at=now, outcome=JobOutcome.DONE, error="")
    else:
        _note(task.name, ended_at=now, outcome=JobOutcome.FAILED, error=type(retval).__name__[:100])


def _note(task_name: str, **changes: Any) -> None:
    """Whoever woke the task: a run is a run. With the database away the work itself says so, and this keeps quiet."""
    from common.models import JobRun

    job = JOB_OF.get(task_name)
    if job is None:
        return
    run = JobRun(name=job.name, noticed_at=clock.now(), **changes)
    try:
        JobRun.objects.bulk_create([run], update_conflicts=True, unique_fields=["name"], update_fields=list(changes))
    except Error as error:
        logger.warning("The run of %s was not written down (%s)", job.name, type(error).__name__)
