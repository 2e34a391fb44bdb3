"""The product's worker, with what a test wants otherwise: `celery -A tests.faults.celery_app worker …`.

`FAULT_SETTINGS` are settings as JSON. Who takes over the event 0 of Stripe writes a line to `FAULT_DEATHS`, and dies.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

from celery.concurrency.asynpool import AsynPool
from celery.signals import worker_process_init

from common.queues import TASKS
from medconsult.celery import app

__all__ = ["app"]

POISON = 0
# The product waits five seconds before each new try, and Celery looks every five seconds for processes that are gone.
app.conf.task_annotations = {task: {**app.conf.task_annotations[task], "default_retry_delay": 0.1} for task in TASKS}
setattr(AsynPool, "timers", property(lambda pool: {pool.maintain_pool: 0.1}))  # noqa: B010


@worker_process_init.connect
def prepare(**_: Any) -> None:
    from django.conf import settings

    from billing import services

    for name, value in json.loads(os.environ.get("FAULT_SETTINGS", "{}")).items():
        setattr(settings, name, value)
    original = services.event_apply

    def event_apply(*, event_id: int, **more: Any) -> Any:
        if event_id == POISON:
            with Path(os.environ["FAULT_DEATHS"]).open("a") as deaths:
                deaths.write(f"{os.getpid()}\n")
            os.kill(os.getpid(), signal.SIGKILL)
        return original(event_id=event_id, **more)

    services.event_apply = event_apply
