"""What the workers write down of the jobs that the clock starts, and how each job stands by that."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.db import Error

from common import clock
from common.models import JobOutcome, JobRun
from common.periodic import JOB_OF, JOBS, Job
from common.queues import LIMITS

logger = logging.getLogger(__name__)
GOOD = "SUCCESS"


def connect() -> None:
    task_prerun.connect(note_begin, dispatch_uid="job_runs")
    task_postrun.connect(note_end, dispatch_uid="job_runs")


def note_begin(*, task: Any, **_: Any) -> None:
    worker = str(getattr(task.request, "hostname", None) or "")[:100]
    _note(task.name, started_at=clock.now(), outcome=JobOutcome.RUNNING, worker=worker)


def note_end(*, task: Any, state: str | None = None, retval: Any = None, **_: Any) -> None:
    now = clock.now()
    if state == GOOD:
        _note(task.name, ended_at=now, done_at=now, outcome=JobOutcome.DONE, error="")
    else:
        _note(task.name, ended_at=now, outcome=JobOutcome.FAILED, error=type(retval).__name__[:100])


def _note(task_name: str, **changes: Any) -> None:
    """Whoever woke the task: a run is a run. With the database away the work itself says so, and this keeps quiet."""
    job = JOB_OF.get(task_name)
    if job is None:
        return
    run = JobRun(name=job.name, noticed_at=clock.now(), **changes)
    try:
        JobRun.objects.bulk_create([run], update_conflicts=True, unique_fields=["name"], update_fields=list(changes))
    except Error as error:
        logger.warning("The run of %s was not written down (%s)", job.name, type(error).__name__)


@dataclass(frozen=True, kw_only=True)
class JobState:
    """A job and its last run; `run` is None before beat has first seen the job."""

    job: Job
    run: JobRun | None
    now: datetime

    @property
    def good_since(self) -> datetime | None:
        """Since when it has not ended well: its last good end, or when it was first seen."""
        return (self.run.done_at or self.run.noticed_at) if self.run else None

    @property
    def is_late(self) -> bool:
        return self.good_since is not None and self.good_since < self.now - self.job.late_after

    @property
    def words(self) -> str:
        """How its last run went."""
        if self.run is None or self.run.started_at is None:
            return "Has not run yet"
        if self.run.outcome == JobOutcome.FAILED:
            return f"Failed ({self.run.error})"
        if self.run.outcome == JobOutcome.RUNNING:
            limit = LIMITS[self.job.queue].hard
            return "Was ended in the middle" if self.run.started_at < self.now - limit else "Runs now"
        return "Done"


def job_states(now: datetime) -> list[JobState]:
    """Every job of the table as it stands, in one statement."""
    runs = JobRun.objects.in_bulk([job.name for job in JOBS])
    return [JobState(job=job, run=runs.get(job.name), now=now) for job in JOBS]
