"""The product behind a real PgBouncer, in both modes that it may run in: docs/deploy.md, "Behind PgBouncer"."""

from __future__ import annotations

import re
import subprocess
import time as stopwatch
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import time
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.mail import EmailMessage
from django.db import DatabaseError, OperationalError, connection, connections, transaction

from accounts.models import User
from accounts.tests.factories import PatientFactory
from audit.models import Event
from audit.services import events_seal
from audit.verifier import log_verify
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import book
from common.errors import Busy
from common.locks import locked
from devtools.checks import installation
from devtools.places import ROOT
from devtools.process import our_environment
from devtools.testing.database import RunDatabase
from devtools.testing.parallel import Outcome, at_once
from home.locks import sole_publisher
from medconsult.settings.base import database_of
from medconsult.settings.env import TIME_LIMITS, read_environment
from notifications.models import Message
from notifications.services import messages_deliver
from notifications.states import MessageStatus
from tests.deployment.pooler import INI, Pooler, pooling
from tests.faults.steps import is_long, queue_messages
from tests.faults.web import assert_one_answer_and_one_row_each, at_work, clients, port_of, serving
from tests.races.conftest import CLIENTS, Client, overlaps, refusals, winners

ROUNDS = 20
MESSAGES = 30
FEW = 4
MODES = {"transaction": FEW, "session": CLIENTS + 2}
SHORT = {"statement_timeout = ''15s''": "statement_timeout = ''1s''", "timeout = ''20s''": "timeout = ''1s''"}

the_long_look = pytest.mark.skipif(not is_long(), reason="Only with RACE_ROUNDS=100, as make test-long asks")


@dataclass(frozen=True)
class Site:
    """`mode` is PgBouncer's; threads that the test starts connect through it, by the product's own settings."""

    mode: str
    pooler: Pooler


@pytest.fixture(params=list(MODES))
def site(
    request: pytest.FixtureRequest,
    worker_database: RunDatabase,
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    mode = str(request.param)
    with pooling(worker_database, mode=mode, size=MODES[mode], changes=SHORT) as pooler:
        use(monkeypatch, WEB_POOL_URL=pooler.url("medconsult_web"))
        yield Site(mode, pooler)
        connections["default"].close()


def use(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    """What the web server's processes would connect by is what this test's threads connect by."""
    for name, value in {"PROCESS_KIND": "web", **environment}.items():
        monkeypatch.setenv(name, value)
    now = connections.settings["default"]
    asked = database_of(read_environment(**installation("postgres://nobody@127.0.0.1:9/none")))
    # The others are Django's own defaults, which it has filled in by now.
    monkeypatch.setitem(connections.settings, "default", {**now, "OPTIONS": {}, **asked})


def alone(action: Callable[[], Any]) -> Outcome[Any]:
    [outcome] = at_once([action])
    return outcome


def said(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def servers_sessions() -> int:
    """How many connections the server has besides this one."""
    mine = "datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    return int(said(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}"))


def test_the_pools_have_the_limits_of_their_processes() -> None:
    text = INI.read_text()
    for kind in ("web", "worker"):
        [line] = re.findall(rf"(?m)^medconsult_{kind} = (.*)$", text)
        limits = [int(found) for found in re.findall(r"timeout = ''(\d+)s''", line)]
        assert tuple(limits) == TIME_LIMITS[kind]


@pytest.mark.parametrize(("job", "used"), [("worker", "pool"), ("bulk-worker", "pool"), ("beat", "")])
def test_who_holds_a_lock_of_its_session_goes_past_the_pool(tmp_path: Path, job: str, used: str) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho $PROCESS_KIND $WORKER_POOL_URL\n")
    python.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "WORKER_POOL_URL": "pool"}
    entrypoint = ["sh", str(ROOT / "docker" / "entrypoint.sh"), job]
    ran = subprocess.run(entrypoint, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1].split() == ["worker", *used.split()]


@the_long_look
def test_one_slot_goes_to_one_of_twenty(site: Site) -> None:
    doctor, people = bookable_doctor(), [PatientFactory.create() for _ in range(CLIENTS)]
    kind, place = doctor.visit_types.get(), doctor.locations.get().pk
    for number in range(ROUNDS):
        wanted = [
            Client(person, kind, place, next_slot_start(1 + number % 10, time(9 + number // 10))) for person in people
        ]
        outcomes = at_once(wanted)
        assert len(winners(outcomes)) == 1
        assert set(refusals(outcomes)) <= {"slot_taken", "busy"}
    assert overlaps() == 0
    assert servers_sessions() <= MODES[site.mode]


@the_long_look
def test_the_pools_time_limits_hold_and_a_rows_lock_is_waited_for_as_long_as_ever(site: Site) -> None:
    slow = alone(lambda: said("SELECT pg_sleep(5)"))
    assert isinstance(slow.error, OperationalError)
    assert "statement timeout" in str(slow.error)

    def rest() -> None:
        with transaction.atomic():
            said("SELECT 1")
            stopwatch.sleep(2)
            said("SELECT 1")

    assert isinstance(alone(rest).error, DatabaseError)
    row = PatientFactory.create().user
    assert row is not None

    def take() -> None:
        with transaction.atomic():
            said("SELECT set_config('statement_timeout', '0', true)")
            locked(User.objects.all(), pk=row.pk)

    with transaction.atomic():
        locked(User.objects.all(), pk=row.pk)
        began = stopwatch.monotonic()
        assert isinstance(alone(take).error, Busy)
        assert stopwatch.monotonic() - began >= 3
    assert alone(take).error is None
    shown = {alone(lambda: said("SHOW lock_timeout")).value for _ in range(MODES[site.mode] + 1)}
    assert shown == {"0"}


@the_long_look
def test_long_reads_and_the_publishers_lock_hold_while_others_ask(site: Site) -> None:
    """With everybody on the same few sessions, as transaction mode has it."""
    for _ in range(5):
        PatientFactory.create()

    def read() -> int:
        return sum(1 for _ in User.objects.order_by("pk").iterator(chunk_size=1) if said("SELECT 1"))

    def publish() -> bool:
        with sole_publisher() as ours:
            for _ in range(10):
                said("SELECT 1")
                stopwatch.sleep(0.02)
            return ours

    for _ in range(5):
        outcomes = at_once([read, read, read, publish, publish])
        assert [one.error for one in outcomes] == [None] * 5
        assert [one.value for one in outcomes[:3]] == [User.objects.count()] * 3
        assert any(one.value for one in outcomes[3:])
    left = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE locktype = 'advisory' AND datname = current_database()"
    )
    assert said(left) == 0


@the_long_look
def test_workers_send_each_message_once_and_seal_each_event_once(site: Site, mailoutbox: list[EmailMessage]) -> None:
    queue_messages(MESSAGES)
    book(bookable_doctor())
    actions: list[Callable[[], Any]] = [*[messages_deliver] * 3, *[events_seal] * 2]
    outcomes = at_once(actions)
    assert [one.error for one in outcomes] == [None] * 5
    assert set(Message.objects.values_list("status", flat=True)) == {MessageStatus.SENT}
    assert len(mailoutbox) == Message.objects.count() > MESSAGES
    events_seal()
    assert Event.objects.exists()
    assert log_verify().findings == []


@the_long_look
def test_without_the_setting_it_does_not_start(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what it takes is needed."""
    use(monkeypatch, WEB_POOL_URL="", DATABASE_URL=site.pooler.url("medconsult_web"))
    refused = alone(lambda: said("SELECT 1")).error
    assert isinstance(refused, OperationalError)
    assert "options" in str(refused)


@the_long_look
def test_the_web_server_books_for_everybody_once(
    worker_database: RunDatabase, transactional_db: None, valkey_url: str, tmp_path: Path
) -> None:
    impatient = {"query_wait_timeout = 10": "query_wait_timeout = 1"}
    with pooling(worker_database, mode="transaction", size=FEW, changes=impatient) as pooler:
        environment = our_environment(
            DATABASE_URL=worker_database.url,
            WEB_POOL_URL=pooler.url("medconsult_web"),
            REDIS_URL=valkey_url,
            DJANGO_SETTINGS_MODULE="medconsult.settings.test",
            WEB_CONCURRENCY="2",
            WEB_THREADS="6",
        )
        with serving(environment, tmp_path / "web.log") as web:
            everybody = clients(port_of(web), 48)
            with at_work(everybody):
                pass
            assert servers_sessions() <= FEW
            with ExitStack() as stack:
                for _ in range(FEW):
                    busy = stack.enter_context(psycopg.connect(pooler.url("medconsult_web")))
                    busy.execute("SELECT 1")
                [late] = clients(port_of(web), 1)
                assert not late.once()
            assert late.statuses == [HTTPStatus.SERVICE_UNAVAILABLE]
            late()
            everybody.append(late)
    assert all(client.statuses[-1] == HTTPStatus.CREATED for client in everybody)
    assert all(len(client.statuses) == 1 for client in everybody[:-1])
    assert_one_answer_and_one_row_each(everybody)
