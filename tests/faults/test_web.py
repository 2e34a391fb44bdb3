"""The web server while patients book: its database goes away and comes back, and it is asked to end."""

from __future__ import annotations

import os
import signal
import time as stopwatch
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection, connections, transaction
from psycopg.sql import SQL, Identifier

from booking.models import Appointment
from common.models import IdempotencyRecord
from devtools.places import service_account
from devtools.postgres import SUPERUSER, Cluster
from devtools.process import Child, our_environment
from devtools.roles import OWNER, ensure_roles
from devtools.testing.database import RunDatabase, ensure_template, migrated_template, with_database
from devtools.testing.plugin import _django_address
from doctors.models import Doctor
from tests.faults.steps import is_long, wait_for
from tests.faults.web import (
    AT_ONCE,
    NOBODY_ANSWERS,
    Client,
    assert_one_answer_and_one_row_each,
    at_work,
    clients,
    port_of,
    serving,
)

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

# Two hundred where the long look is asked for (quality.md, "Reliability").
BOOKINGS = 200 if is_long() else 48
AWAY_SECONDS = 0.7
HEALED_WITHIN = 10.0
# Of one process: where it is asked to end while six are in the middle, what each is at is known.
THREADS = {"WEB_CONCURRENCY": "1", "WEB_THREADS": str(AT_ONCE)}

the_long_look = pytest.mark.skipif(not is_long(), reason="Only with RACE_ROUNDS=100, as make test-long asks")


@contextmanager
def database_away(database: RunDatabase) -> Iterator[None]:
    """As clients see a server that is shut down: their connections are ended, and no new one is let in.

    The server itself belongs to all tests that run beside this one.
    """
    name = Identifier(database.name)
    with psycopg.connect(database.maintenance.info.dsn, autocommit=True) as operator:
        operator.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            operator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.name]
            )
            yield
        finally:
            operator.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


@pytest.fixture(scope="module")
def environment(worker_database: RunDatabase, valkey_url: str) -> dict[str, str]:
    return our_environment(
        DATABASE_URL=worker_database.url, REDIS_URL=valkey_url, DJANGO_SETTINGS_MODULE="medconsult.settings.test"
    )


@pytest.fixture(scope="module")
def started(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """One server for the module's tests, each of which heals it or ends it: it costs more than what they do."""
    with serving({**environment, **THREADS}, tmp_path_factory.mktemp("web") / "web.log") as child:
        yield child


@pytest.fixture
def web(transactional_db: None, started: Child) -> Child:
    return started


def test_each_client_has_one_answer_and_each_key_one_row(web: Child, worker_database: RunDatabase) -> None:
    everybody = clients(port_of(web), BOOKINGS)
    connections.close_all()
    with at_work(everybody) as asked:
        wait_for(lambda: sum(one.done() for one in asked) >= BOOKINGS // 4)
        with database_away(worker_database):
            # Long enough for every client to have met it.
            stopwatch.sleep(AWAY_SECONDS)
            answered_before = sum(one.done() for one in asked)
        back = stopwatch.monotonic()
        wait_for(lambda: sum(one.done() for one in asked) > answered_before)
        healed = stopwatch.monotonic() - back
    assert healed < HEALED_WITHIN
    statuses = {status for client in everybody for status in client.statuses}
    assert statuses == {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE}
    assert_one_answer_and_one_row_each(everybody)


# The last that uses the module's server.
def test_who_is_in_the_middle_when_the_server_is_asked_to_end_is_answered(web: Child) -> None:
    begun = clients(port_of(web), AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        with transaction.atomic():
            # Whoever books with a doctor waits for that doctor's row.
            list(Doctor.objects.select_for_update().order_by("pk"))
            asked = [pool.submit(client.once) for client in begun]
            wait_for(lambda: _waiting_for_locks() == AT_ONCE, web)
            web.ask_to_stop()
            wait_for(lambda: "Handling signal: term" in web.tail(), web)
        assert all(one.result() for one in asked)
    assert {status for client in begun for status in client.statuses} == {HTTPStatus.CREATED}
    assert web.wait(timeout=30) == 0, web.tail()
    assert_one_answer_and_one_row_each(begun)


def _waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


@the_long_look
def test_under_load_no_key_is_half_done_when_the_server_is_asked_to_end(
    environment: dict[str, str], transactional_db: None, tmp_path: Path
) -> None:
    """By the settings of docker/compose.yaml: two processes of one thread."""
    with serving(environment, tmp_path / "web.log") as web:
        everybody = clients(port_of(web), BOOKINGS)
        connections.close_all()
        with at_work(everybody) as asked:
            wait_for(lambda: sum(one.done() for one in asked) >= BOOKINGS // 4)
            web.ask_to_stop()
            assert web.wait(timeout=30) == 0, web.tail()
            wait_for(lambda: _rows_are_whole(everybody))
            with serving(environment, tmp_path / "next.log", port=port_of(web)):
                for one in asked:
                    one.result()
    statuses = {status for client in everybody for status in client.statuses}
    assert statuses == {HTTPStatus.CREATED, NOBODY_ANSWERS}
    assert_one_answer_and_one_row_each(everybody)


def _rows_are_whole(everybody: list[Client]) -> bool:
    """Whoever was not answered has no row and no key: nothing was done for them, or all of it and the answer lost."""
    answered = sum(bool(client.appointment) for client in everybody)
    keys = IdempotencyRecord.objects.filter(key__startswith="fault-").count()
    return Appointment.objects.count() == keys == answered


class OwnServer:
    """A database server of one test alone, which ends and starts again."""

    def __init__(self, home: Path) -> None:
        self.cluster = Cluster.near(home, service_account())

    def start(self, *, safe: bool = True) -> None:
        self._child = self.cluster.start(safe=safe)

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is PostgreSQL's fast shutdown, SIGQUIT a crash after which it has to recover."""
        pid_file = self.cluster.data / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), how)
        # Before that is gone it takes no connection any more, and no other server may start.
        wait_for(lambda: not pid_file.exists())
        self._child.stop()


@pytest.fixture
def own_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[OwnServer, str]]:
    """Durable as an installation's, with a migrated database that Django uses."""
    server = OwnServer(tmp_path / "own")
    # Migrating takes many times as long where every commit reaches the disk.
    server.start(safe=False)
    with psycopg.connect(server.cluster.server.url(SUPERUSER, "postgres"), autocommit=True) as operator:
        ensure_roles(operator)
    url = server.cluster.server.url(OWNER, "postgres")
    with psycopg.connect(url, autocommit=True) as maintenance:
        name = ensure_template(maintenance, url, migrated_template()).name
    server.end()
    server.start()
    connections.close_all()
    with monkeypatch.context() as patch, django_db_blocker.unblock():
        for key, value in _django_address(with_database(url, name)).items():
            patch.setitem(connections["default"].settings_dict, key, value)
        yield server, with_database(url, name)
        connections.close_all()
    server.end()


@the_long_look
def test_the_database_server_itself_restarts_and_crashes(
    own_server: tuple[OwnServer, str], valkey_url: str, tmp_path: Path
) -> None:
    server, url = own_server
    environment = our_environment(
        DATABASE_URL=url, REDIS_URL=valkey_url, DJANGO_SETTINGS_MODULE="medconsult.settings.test"
    )
    everybody: list[Client] = []
    with serving({**environment, **THREADS}, tmp_path / "web.log") as web:
        for how in (signal.SIGINT, signal.SIGQUIT):
            these = clients(port_of(web), BOOKINGS)
            connections.close_all()
            with at_work(these) as asked:
                wait_for(lambda: sum(one.done() for one in asked) >= BOOKINGS // 4)
                server.end(how)
                answered_before = sum(one.done() for one in asked)
                server.start()
                back = stopwatch.monotonic()
                wait_for(lambda: sum(one.done() for one in asked) > answered_before)  # noqa: B023 - of this round
                healed = stopwatch.monotonic() - back
            everybody += these
            assert_one_answer_and_one_row_each(everybody)
            refused = sum(status == HTTPStatus.SERVICE_UNAVAILABLE for client in these for status in client.statuses)
            print(f"{how.name}: {len(these)} bookings, {refused} times 503, healed after {healed:.2f} s")
            assert healed < HEALED_WITHIN
    statuses = {status for client in everybody for status in client.statuses}
    assert statuses == {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE}
