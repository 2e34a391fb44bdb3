from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from celery import current_app
from django.db import connection, connections
from kombu.exceptions import OperationalError

from common import clock
from common.beat import OneAtATime
from common.models import JobRun
from common.periodic import JOBS
from common.queues import Queue
from devtools.testing.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)

TASK_OF = {job.name: job.task for job in JOBS}
Sent = Callable[[], Counter[str]]


class Beat:
    """A scheduler on a thread, and so on a database session, of its own."""

    def __init__(self) -> None:
        self.scheduler = OneAtATime(current_app)
        self._thread = ThreadPoolExecutor(max_workers=1)

    def tick(self) -> float:
        return self._thread.submit(self.scheduler.tick).result()

    def dies(self) -> None:
        self._thread.submit(connections.close_all).result()
        self._thread.shutdown()


@pytest.fixture
def beats() -> Iterator[tuple[Beat, Beat]]:
    first, second = Beat(), Beat()
    yield first, second
    for beat in (first, second):
        with suppress(RuntimeError):
            beat.dies()


@pytest.fixture
def sent(redis_client: Any) -> Sent:
    """How often each task was sent since this was last asked."""

    def take() -> Counter[str]:
        names = [json.loads(one)["headers"]["task"] for queue in Queue for one in redis_client.lrange(queue, 0, -1)]
        redis_client.flushdb()
        return Counter(names)

    return take


def make_due(*names: str, ago: timedelta = timedelta(days=2)) -> None:
    JobRun.objects.filter(name__in=names or TASK_OF).update(sent_at=clock.now() - ago)


def test_every_job_is_sent_once_by_one_of_two_and_taken_over_when_that_one_is_gone(
    beats: tuple[Beat, Beat], sent: Sent
) -> None:
    first, second = beats
    first.tick()
    second.tick()
    assert sent() == {}, "what was never sent waits for its period"
    make_due()
    assert second.tick() == OneAtATime.max_interval
    assert sent() == {}
    first.tick()
    first.tick()
    second.tick()
    assert sent() == dict.fromkeys(TASK_OF.values(), 1)
    first.dies()
    second.tick()
    assert sent() == {}, "it knows what the first one has sent"
    make_due("messages", "reconciliation")
    second.tick()
    assert sent() == {TASK_OF["messages"]: 1, TASK_OF["reconciliation"]: 1}


@pytest.mark.parametrize("lock", ["held", "taken away"])
def test_two_at_the_same_moment_send_once(lock: str, monkeypatch: pytest.MonkeyPatch, sent: Sent) -> None:
    JobRun.objects.create(name="messages", noticed_at=clock.now() - timedelta(days=1))
    both, known = Barrier(2), OneAtATime._last_sent

    def read_together(self: OneAtATime) -> Any:
        found = known(self)
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.5)
        return found

    monkeypatch.setattr(OneAtATime, "_last_sent", read_together)
    if lock == "taken away":
        monkeypatch.setattr(OneAtATime, "_is_the_one", lambda _: True)
    outcomes = at_once([OneAtATime(current_app).tick, OneAtATime(current_app).tick])
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert sent() == {TASK_OF["messages"]: 1 if lock == "held" else 2}


def test_with_the_broker_away_a_job_stays_due(
    beats: tuple[Beat, Beat], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = beats
    first.tick()
    make_due("reconciliation")

    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("refused")

    with monkeypatch.context() as away:
        away.setattr(current_app, "send_task", fail)
        first.tick()
    first.tick()
    assert sent() == {TASK_OF["reconciliation"]: 1}


def test_a_beat_whose_session_the_database_has_ended_goes_on_with_another(beats: tuple[Beat, Beat], sent: Sent) -> None:
    first, second = beats
    first.tick()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    make_due("messages")
    assert first.tick() == OneAtATime.max_interval
    second.tick()
    first.tick()
    assert sent() == {TASK_OF["messages"]: 1}


def test_what_waited_too_long_in_the_queue_is_not_run_any_more(beats: tuple[Beat, Beat], redis_client: Any) -> None:
    first, _ = beats
    first.tick()
    make_due("messages")
    first.tick()
    (message,) = (json.loads(one) for one in redis_client.lrange(Queue.URGENT, 0, -1))
    assert message["headers"]["expires"]
