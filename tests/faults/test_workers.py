"""Workers as an installation runs them: one that a task kills each time, and one that is asked to end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.models import LostTask
from common.queues import Queue
from common.tasks import wake
from devtools.process import Child, Command
from home.operations import alarms_of, figures_now
from notifications.models import Message
from notifications.states import MessageStatus
from tests.faults.celery_app import POISON
from tests.faults.mail_server import MailServer
from tests.faults.steps import is_long, queue_messages, told_to, wait_for

DELIVERIES = 4

Start = Callable[..., Child]


@pytest.fixture
def start(process_environment: dict[str, str], tmp_path: Path) -> Any:
    """`start(queue, …)`: a worker of one queue, with one process, and `FAULT_…` of `tests.faults.celery_app`."""
    children: list[Child] = []

    def started(queue: Queue, grace: float = 5, **settings: Any) -> Child:
        argv = [sys.executable, "-m", "celery", "-A", "tests.faults.celery_app", "worker", "--queues", queue.value]
        argv += ["--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        more = {"FAULT_SETTINGS": json.dumps(settings), "FAULT_DEATHS": str(tmp_path / "deaths")}
        env = {**process_environment, **more, "PROCESS_KIND": "worker"}
        children.append(Child(Command(name="worker", argv=argv, log=tmp_path / "worker.log", env=env, grace=grace)))
        return children[-1]

    yield started
    for child in children:
        child.stop()


def test_a_task_that_kills_each_process_is_given_up_visibly_and_holds_nobody_up(
    start: Start, tmp_path: Path, redis_client: Any
) -> None:
    wake("billing.apply_event", POISON)
    queue_messages(3)
    child = start(Queue.URGENT)
    wait_for(LostTask.objects.exists, child)
    assert [(lost.task, lost.arguments, lost.error) for lost in LostTask.objects.all()] == [
        ("billing.apply_event", [POISON], "WorkerLostError")
    ]
    deaths = (tmp_path / "deaths").read_text().split()
    assert len(deaths) == len(set(deaths)) == DELIVERIES
    assert set(Message.objects.values_list("status", flat=True)) == {MessageStatus.SENT}
    # It does not go round any more.
    wait_for(lambda: (redis_client.llen(Queue.URGENT), redis_client.hlen("unacked")) == (0, 0), child)
    assert "tasks_lost" in [alarm.name for alarm in alarms_of(figures_now(clock.now()))]


def test_a_worker_that_is_asked_to_end_sends_what_it_has_begun_once_and_leaves_the_rest(
    start: Start, mail_server: MailServer, redis_client: Any
) -> None:
    """A run sends two hundred at most, so that several workers, one after the other, are ended in the long look."""
    mail_server.mailbox.seconds = 0.05
    workers = 5 if is_long() else 1
    queue_messages(count := 200 * (workers - 1) + 4)
    for number in range(workers):
        child = start(Queue.URGENT, grace=60, **mail_server.settings | {"EMAIL_TIMEOUT": 10})
        before = mail_server.mailbox.reading
        wait_for(lambda: mail_server.mailbox.reading > before, child)  # noqa: B023 - called in this round
        child.ask_to_stop()
        assert child.wait(timeout=60) == 0, child.tail()
        arrived = sum(len(ids) for ids in mail_server.arrived.values())
        assert arrived == Message.objects.filter(status=MessageStatus.SENT).count() == min(200 * (number + 1), count)
        # What it did not come to waits for the next, and nothing is kept by one that is gone.
        assert redis_client.hlen("unacked") == 0
    assert sorted(mail_server.arrived) == sorted(told_to(number) for number in range(count))
    assert all(len(ids) == 1 for ids in mail_server.arrived.values())
