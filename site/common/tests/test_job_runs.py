from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from celery.app.task import Context
from celery.signals import task_postrun, task_prerun
from django.db import DatabaseError

from common.models import JobOutcome, JobRun

pytestmark = pytest.mark.django_db


def run(name: str, *, state: str = "SUCCESS", retval: Any = 3) -> None:
    task = SimpleNamespace(name=name, request=Context({"hostname": "worker@there"}))
    task_prerun.send(sender=run, task_id="t1", task=task)
    task_postrun.send(sender=run, task_id="t1", task=task, state=state, retval=retval)


def test_a_run_is_written_down_with_its_worker_and_end() -> None:
    run("audit.seal_events")
    found = JobRun.objects.get()
    assert (found.name, found.outcome, found.worker) == ("audit-seal", JobOutcome.DONE, "worker@there")
    assert found.started_at
    assert found.ended_at
    assert found.done_at == found.ended_at >= found.started_at


def test_a_run_that_failed_leaves_the_last_good_end_and_says_no_words() -> None:
    run("audit.seal_events")
    good = JobRun.objects.get()
    run("audit.seal_events", state="FAILURE", retval=ValueError("ann@example.org"))
    found = JobRun.objects.get()
    assert (found.outcome, found.error, found.done_at) == (JobOutcome.FAILED, "ValueError", good.done_at)
    assert found.ended_at
    assert found.ended_at > (good.ended_at or found.ended_at)


def test_what_no_clock_starts_is_not_written_down() -> None:
    run("records.build_export")
    assert not JobRun.objects.exists()


def test_with_the_database_away_the_task_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(JobRun.objects, "bulk_create", fail)
    run("audit.seal_events")
