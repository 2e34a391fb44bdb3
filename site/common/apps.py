from __future__ import annotations

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        from common import job_runs, lost_tasks, task_context

        task_context.connect()
        job_runs.connect()
        lost_tasks.connect()
