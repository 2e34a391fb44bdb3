from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from django_tasks import task, task_backends
from django_tasks.exceptions import InvalidTaskError
from wagtail.models import Page, ReferenceIndex
from wagtail.tasks import update_reference_index_task

from medconsult.tasks_backend import CeleryBackend, run_task

pytestmark = pytest.mark.django_db
ran: list[Any] = []


@task()
def note(*args: Any, **kwargs: Any) -> None:
    ran.append((args, kwargs))


def queued(redis_client: Any) -> list[Any]:
    """The arguments of every `run_task` that waits in the broker."""
    messages = [json.loads(message) for message in redis_client.lrange("default", 0, -1)]
    return [json.loads(b64decode(one["body"]))[0] for one in messages if one["headers"]["task"] == run_task.name]


def test_it_is_the_backend_of_this_product() -> None:
    assert isinstance(task_backends["default"], CeleryBackend)


def test_work_waits_for_the_commit(redis_client: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        note.enqueue(1, word="x")
        assert queued(redis_client) == []
    assert queued(redis_client) == [[note.module_path, [1], {"word": "x"}]]


def test_what_is_rolled_back_leaves_no_work(redis_client: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue(1)
        raise ZeroDivisionError
    assert queued(redis_client) == []


def test_the_worker_runs_what_was_sent() -> None:
    ran.clear()
    run_task(note.module_path, [1], {"word": "x"})
    assert ran == [((1,), {"word": "x"})]


def test_only_tasks_can_be_run_that_way() -> None:
    with pytest.raises(TypeError):
        run_task("os.getcwd", [], {})


def test_work_for_later_is_refused_rather_than_done_now() -> None:
    with pytest.raises(InvalidTaskError):
        note.using(priority=5)


def test_saving_a_page_sends_wagtails_own_work(redis_client: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = Page.objects.get(depth=1).add_child(instance=Page(title="A page", slug="a-page"))
    sent = [arguments for arguments in queued(redis_client) if arguments[0] == update_reference_index_task.module_path]
    assert [path_args for _, path_args, _ in sent][-1] == ["wagtailcore", "page", str(page.pk)]
    run_task(*sent[-1])
    assert not ReferenceIndex.objects.filter(object_id=str(page.pk)).exists()


def test_the_worker_knows_the_task() -> None:
    assert run_task.name in current_app.tasks
