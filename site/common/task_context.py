"""The request context across the queue: a task acts for the request that sent it.

Only the request's id and the actor's public id travel; the address stays out of the broker.
"""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun

from common import request_context

HEADER = "request_context"
_running: dict[str, ExitStack] = {}


def connect() -> None:
    before_task_publish.connect(send_along, dispatch_uid="request_context")
    task_prerun.connect(enter, dispatch_uid="request_context")
    task_postrun.connect(leave, dispatch_uid="request_context")


def send_along(*, headers: dict[str, Any], **_: Any) -> None:
    context = request_context.current()
    headers[HEADER] = {"request_id": context.request_id, "actor_id": context.actor_id and str(context.actor_id)}


def enter(*, task_id: str, task: Any, **_: Any) -> None:
    """What a request sent goes on under its id; what the clock or a person at a shell sent, under the task's own."""
    sent = getattr(task.request, HEADER, None) or {}
    stack = _running[task_id] = ExitStack()
    actor_id = sent.get("actor_id")
    stack.enter_context(
        request_context.acting(
            request_id=sent.get("request_id") or task_id,
            address=None,
            actor_id=uuid.UUID(actor_id) if actor_id else None,
            on_behalf_of_id=None,
            route=task.name,
        )
    )


def leave(*, task_id: str, **_: Any) -> None:
    if stack := _running.pop(task_id, None):
        stack.close()
