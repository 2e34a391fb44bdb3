"""The product's web server as an installation runs it, and programs that book there with keys of their own."""

from __future__ import annotations

import http.client
import json
import sys
import time as stopwatch
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from accounts.services import token_issue
from accounts.states import ALL_SCOPES
from accounts.tests.factories import PatientFactory
from booking.models import Appointment
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import user_of
from common.models import IdempotencyRecord
from devtools.process import Child, Command
from devtools.valkey import free_port
from tests.faults.steps import PATIENCE

AT_ONCE = 6
A_DOCTORS_DAY = 16
# As docker/gunicorn.conf.py has it, and a little for the process itself.
GRACE = 30.0
NOBODY_ANSWERS = 0
BOOK = "/api/v1/appointments/"


@dataclass
class Client:
    """A program that asks again with the same key until it has an answer, where nobody answers as well."""

    port: int
    token: str
    body: str
    key: str
    statuses: list[int] = field(default_factory=list)
    appointment: str = ""
    patience: float = PATIENCE

    def __call__(self) -> None:
        began = stopwatch.monotonic()
        while stopwatch.monotonic() < began + self.patience and not self.once():
            stopwatch.sleep(0.05)

    def once(self) -> bool:
        """Ask once; whether that was an answer."""
        try:
            status, body = self._ask()
        except (OSError, http.client.HTTPException):
            status, body = NOBODY_ANSWERS, b""
        self.statuses.append(status)
        if status in {NOBODY_ANSWERS, HTTPStatus.SERVICE_UNAVAILABLE}:
            return False
        self.appointment = json.loads(body).get("id", "")
        return True

    def _ask(self) -> tuple[int, bytes]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": self.key,
        }
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as asked:
            asked.request("POST", BOOK, self.body, headers)
            answer = asked.getresponse()
            if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                assert int(answer.headers["Retry-After"]) > 0
            return answer.status, answer.read()


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
            _, token = token_issue(user=user_of(PatientFactory.create()), scopes=ALL_SCOPES)
            made.append(Client(port, token, json.dumps(wanted), key=f"fault-{len(made)}"))
    return made


@contextmanager
def at_work(everybody: list[Client]) -> Iterator[list[Future[None]]]:
    """Everybody asks, a few at once, until each has an answer; where the test has failed, nobody asks any more."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(client) for client in everybody]
        try:
            yield asked
            for one in asked:
                one.result()
        except BaseException:
            for client in everybody:
                client.patience = 0
            raise


def assert_one_answer_and_one_row_each(everybody: list[Client]) -> None:
    told = {client.appointment for client in everybody}
    assert len(told) == len(everybody)
    assert told == {str(public_id) for public_id in Appointment.objects.values_list("public_id", flat=True)}
    assert IdempotencyRecord.objects.filter(key__startswith="fault-").count() == len(everybody)


@contextmanager
def serving(environment: Mapping[str, str], log: Path, *, port: int | None = None) -> Iterator[Child]:
    """Gunicorn by the product's own settings, at `child.command.env["BIND"]`, until the block ends or before."""
    bind = f"127.0.0.1:{port or free_port()}"
    argv = [sys.executable, "-m", "gunicorn", "--config", "docker/gunicorn.conf.py"]
    env = {**environment, "BIND": bind}
    child = Child(Command(name="web", argv=argv, log=log, env=env, grace=GRACE))
    try:
        _wait_until_it_answers(port_of(child), child)
        yield child
    finally:
        child.stop()


def port_of(child: Child) -> int:
    assert child.command.env
    return int(child.command.env["BIND"].rpartition(":")[2])


def _wait_until_it_answers(port: int, child: Child) -> None:
    deadline = stopwatch.monotonic() + PATIENCE
    while stopwatch.monotonic() < deadline and child.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as asked:
                asked.request("GET", "/api/v1/doctors/")
                asked.getresponse().read()
        except OSError:
            stopwatch.sleep(0.1)
        else:
            return
    pytest.fail(f"The web server did not start:\n{child.tail()}")
