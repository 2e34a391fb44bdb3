from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, current_app
from celery.contrib.testing.worker import start_worker
from django.conf import settings

from common.periodic import JOBS
from common.queues import LIMITS, TASKS, WORKERS, Queue
from devtools import demo
from devtools.installation import Installation
from devtools.places import ROOT


def ours() -> dict[str, Any]:
    current_app.loader.import_default_modules()
    own = ("celery.", "common.tests.")
    return {name: task for name, task in current_app.tasks.items() if not name.startswith(own)}


def test_every_task_has_a_queue_and_its_limits() -> None:
    assert set(ours()) == set(TASKS)
    for name, task in ours().items():
        limit = LIMITS[TASKS[name]]
        assert task.soft_time_limit == limit.soft.total_seconds(), name
        assert task.time_limit == limit.hard.total_seconds(), name
        (queue,) = {current_app.amqp.router.route({}, name)["queue"].name}
        assert queue == TASKS[name]


def test_no_task_is_handed_out_again_while_it_may_still_run() -> None:
    broker: dict[str, Any] = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    longest = max(limit.hard.total_seconds() for limit in LIMITS.values())
    assert all(limit.soft < limit.hard for limit in LIMITS.values())
    assert longest < broker["visibility_timeout"]


def test_every_job_of_the_clock_has_a_name_a_task_and_words_of_its_own() -> None:
    assert len({job.name for job in JOBS}) == len({job.task for job in JOBS}) == len(JOBS)
    assert {job.period for job in JOBS} >= {"every 20 seconds", "every hour", "every 6 hours", "daily at 04:20 UTC"}
    assert all(job.queue in Queue and job.heals.endswith(".") for job in JOBS)


def test_the_image_and_the_demo_start_workers_for_every_queue_in_the_same_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entrypoint = (ROOT / "docker" / "entrypoint.sh").read_text()
    started = {
        name: tuple(queues.split(","))
        for name, queues in re.findall(r"^  ([a-z-]+)\)[^;]*?--queues ([a-z,]+)", entrypoint, re.MULTILINE)
    }
    assert started == WORKERS
    monkeypatch.setattr(demo, "_program", lambda _name, argv, *_: argv)
    programs: list[Any] = list(demo._background_programs(Installation(tmp_path), {}))
    in_demo = [argv[argv.index("--queues") + 1] for argv in programs if "--queues" in argv]
    assert [tuple(queues.split(",")) for queues in in_demo] == list(WORKERS.values())
    assert sorted(queue for queues in WORKERS.values() for queue in queues) == sorted(Queue)


def order_of(valkey_url: str, names: list[str], *, takes: tuple[str, ...], **options: Any) -> list[str]:
    """In which order a worker of one process does what was sent before it began; `options` are over our settings."""
    app, ran, last = Celery("of-a-test", fixups=[], set_as_current=False), [], threading.Event()
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url=valkey_url, **options)

    def do(name: str) -> None:
        ran.append(name)
        if len(ran) == len([one for one in names if app.amqp.router.route({}, one)["queue"].name in takes]):
            last.set()

    app.finalize()
    for name in set(names):
        app.tasks.unregister(name)
        app.task(name=name, shared=False)(do)
    for name in names:
        app.send_task(name, args=[name])
    with start_worker(app, pool="solo", queues=list(takes), perform_ping_check=False):
        assert last.wait(timeout=20)
    return ran


EXPORT, LISTING, MAIL = "records.build_export", "booking.refresh_listing", "notifications.deliver_messages"


def test_urgent_work_is_not_held_up_by_bulk_work(valkey_url: str) -> None:
    assert order_of(valkey_url, [EXPORT, MAIL], takes=WORKERS["worker"]) == [MAIL]


def test_without_queues_it_would_be(valkey_url: str) -> None:
    assert order_of(valkey_url, [EXPORT, MAIL], takes=WORKERS["worker"], task_routes={}) == [EXPORT, MAIL]


def test_a_worker_takes_what_is_urgent_first(valkey_url: str) -> None:
    sent = [LISTING, LISTING, MAIL, MAIL]
    assert order_of(valkey_url, sent, takes=WORKERS["worker"]) == [MAIL, MAIL, LISTING, LISTING]


def test_in_turns_it_would_not(valkey_url: str) -> None:
    sent = [LISTING, LISTING, MAIL, MAIL]
    assert order_of(valkey_url, sent, takes=WORKERS["worker"], broker_transport_options={}) != [
        MAIL,
        MAIL,
        LISTING,
        LISTING,
    ]
