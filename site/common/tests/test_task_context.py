from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

from celery import shared_task
from celery.app.task import Context
from celery.signals import before_task_publish, task_postrun, task_prerun

from common import request_context
from common.request_context import RequestContext, acting
from common.task_context import HEADER

ACTOR = uuid.UUID("0f3e62f5-0f0b-4d3c-9d6c-7d3a3f1b2c4d")


@shared_task(name="common.tests.nothing")
def nothing() -> None:
    pass


def headers_of_a_sent_task() -> dict[str, Any]:
    headers: dict[str, Any] = {}
    before_task_publish.send(sender=nothing.name, headers=headers)
    return headers


def seen_in_the_worker(headers: dict[str, Any]) -> RequestContext:
    task = SimpleNamespace(name=nothing.name, request=Context(headers))
    task_prerun.send(sender=nothing, task_id="t1", task=task)
    try:
        return request_context.current()
    finally:
        task_postrun.send(sender=nothing, task_id="t1", task=task)


def test_a_task_acts_for_the_request_that_sent_it_and_forgets_it_afterwards() -> None:
    with acting(request_id="r1", actor_id=ACTOR, address="203.0.113.9"):
        headers = headers_of_a_sent_task()
    assert seen_in_the_worker(headers) == RequestContext(request_id="r1", actor_id=ACTOR, route=nothing.name)
    assert request_context.current() == RequestContext()


def test_the_address_does_not_travel() -> None:
    with acting(request_id="r1", address="203.0.113.9"):
        assert "203.0.113.9" not in str(headers_of_a_sent_task())


def test_what_no_request_sent_goes_under_the_tasks_own_id() -> None:
    assert seen_in_the_worker({}) == RequestContext(request_id="t1", route=nothing.name)
    assert seen_in_the_worker(headers_of_a_sent_task()) == RequestContext(request_id="t1", route=nothing.name)


def test_the_headers_are_plain_json() -> None:
    assert headers_of_a_sent_task()[HEADER] == {"request_id": "", "actor_id": None}
