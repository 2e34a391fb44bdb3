"""Wagtail's background work (django-tasks) on Celery, because no ready backend fits Django 5.2."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.signals import task_enqueued
from django_tasks.utils import get_random_id

from common import clock
from common.tasks import wake


class CeleryBackend(BaseTaskBackend):
    """Sends a task to the workers once the surrounding transaction has committed: Wagtail does not wait for that.

    Results are not kept; nothing of Wagtail's asks for them.
    """

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=get_random_id(),
            status=TaskResultStatus.READY,
            enqueued_at=clock.now(),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        wake("medconsult.run_task", task.module_path, result.args, result.kwargs)
        task_enqueued.send(type(self), task_result=result)
        return result


@shared_task(name="medconsult.run_task")
def run_task(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Run a django-task by its dotted path; anything else at that path is refused."""
    task = import_string(path)
    if not isinstance(task, Task):
        raise TypeError(f"{path} is not a task")
    task.call(*args, **kwargs)
