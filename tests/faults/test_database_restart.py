"""The database goes away while patients book, and comes back: each client has one answer, each key one row."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time as stopwatch
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from psycopg.sql import SQL, Identifier

from accounts.services import token_issue
from accounts.tests.factories import PatientFactory
from booking.models import Appointment
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import user_of
from common.models import IdempotencyRecord
from devtools.process import Child, Command
from devtools.testing.database import RunDatabase
from devtools.valkey import free_port
from tests.faults.steps import PATIENCE, wait_for

# Two hundred where RACE_ROUNDS asks for the long look (quality.md, "Reliability").
BOOKINGS = 200 if int(os.environ.get("RACE_ROUNDS", "0")) >= 100 else 48
CLIENTS = 6
A_DOCTORS_DAY = 16
AWAY_SECONDS = 0.7
HEALED_WITHIN = 10.0


@dataclass
class Client:
    """A program that asks again with the same key until it has an answer."""

    port: int
    token: str
    body: str
    key: str
    statuses: list[int] = field(default_factory=list)
    appointment: str = ""

    def __call__(self) -> None:
        deadline = stopwatch.monotonic() + PATIENCE
        while stopwatch.monotonic() < deadline:
            status, body = self._ask()
            self.statuses.append(status)
            if status != HTTPStatus.SERVICE_UNAVAILABLE:
                self.appointment = json.loads(body).get("id", "")
                return
            stopwatch.sleep(0.05)

    def _ask(self) -> tuple[int, bytes]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": self.key,
        }
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as asked:
            asked.request("POST", "/api/appointments/", self.body, headers)
            answer = asked.getresponse()
            if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                assert int(answer.headers["Retry-After"]) > 0
            return answer.status, answer.read()


@pytest.fixture
def port(process_environment: dict[str, str], tmp_path: Path) -> Iterator[int]:
    """Where the product answers: Gunicorn as an installation runs it, one process of several threads."""
    chosen = free_port()
    web = {"BIND": f"127.0.0.1:{chosen}", "WEB_CONCURRENCY": "1", "WEB_THREADS": str(CLIENTS)}
    argv = [sys.executable, "-m", "gunicorn", "--config", "docker/gunicorn.conf.py"]
    child = Child(Command(name="web", argv=argv, log=tmp_path / "web.log", env={**process_environment, **web}))
    try:
        _wait_until_it_answers(chosen, child)
        yield chosen
    finally:
        child.stop()


def _wait_until_it_answers(port: int, child: Child) -> None:
    deadline = stopwatch.monotonic() + PATIENCE
    while stopwatch.monotonic() < deadline and child.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as asked:
                asked.request("GET", "/api/doctors/")
                asked.getresponse().read()
        except OSError:
            stopwatch.sleep(0.1)
        else:
            return
    pytest.fail(f"The web server did not start:\n{child.tail()}")


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


def clients(port: int, count: int) -> list[Client]:
    """Everybody wants a time of their own."""
    made: list[Client] = []
    while len(made) < count:
        doctor = bookable_doctor()
        kind, place = doctor.visit_types.get(), doctor.locations.get()
        opens = next_slot_start(3).replace(minute=0) - timedelta(hours=1)
        for number in range(min(A_DOCTORS_DAY, count - len(made))):
            wanted = {
                "visit_type": str(kind.public_id),
                "location": place.slug,
                "start": (opens + number * timedelta(minutes=30)).isoformat(),
            }
            _, token = token_issue(user=user_of(PatientFactory.create()))
            made.append(Client(port, token, json.dumps(wanted), key=f"restart-{len(made)}"))
    return made


def test_each_client_has_one_answer_and_each_key_one_row(port: int, worker_database: RunDatabase) -> None:
    everybody = clients(port, BOOKINGS)
    connections.close_all()
    with ThreadPoolExecutor(CLIENTS) as pool:
        asked = [pool.submit(client) for client in everybody]
        wait_for(lambda: sum(one.done() for one in asked) >= BOOKINGS // 4)
        with database_away(worker_database):
            # Long enough for every client to have met it.
            stopwatch.sleep(AWAY_SECONDS)
            answered_before = sum(one.done() for one in asked)
        back = stopwatch.monotonic()
        wait_for(lambda: sum(one.done() for one in asked) > answered_before)
        healed = stopwatch.monotonic() - back
        for one in asked:
            one.result()
    assert healed < HEALED_WITHIN
    statuses = {status for client in everybody for status in client.statuses}
    assert statuses == {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE}
    told = {client.appointment for client in everybody}
    assert len(told) == BOOKINGS
    assert told == {str(public_id) for public_id in Appointment.objects.values_list("public_id", flat=True)}
    assert IdempotencyRecord.objects.filter(key__startswith="restart-").count() == BOOKINGS
