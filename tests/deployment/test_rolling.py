"""The running version is replaced while people book, and nobody meets an error: by docker/rolling-update.sh itself."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time as stopwatch
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from threading import Event

import pytest
import requests
from django.db import connections

from booking.models import Appointment
from devtools.places import ROOT
from tests.deployment.pair import NGINX, Pair, prepared, running
from tests.faults.steps import is_long, wait_for
from tests.faults.web import BOOK, Client, clients

BOOKINGS = 400 if is_long() else 24
ROUNDS = 3 if is_long() else 1
READERS = 2
# Between two requests of one of them: as little as the machine can bear beside the other tests.
PAUSE = 0.0 if is_long() else 0.1
the_long_look = pytest.mark.skipif(not is_long(), reason="Only with RACE_ROUNDS=100, as make test-long asks")
PAGES = ("/account/login/", "/account/signup/", "/healthz")
# Said in place of Docker's client: each call becomes a file, and ends when the test has done it.
DOCKER = """#!/bin/sh
set -eu
call="$CALLS/$$"
printf '%s' "$*" >"$call.new"
mv "$call.new" "$call.call"
while [ -e "$call.call" ]; do sleep 0.05; done
"""


@dataclass
class Load:
    """People who read, each with a connection of their own, and programs that book, each once."""

    pair: Pair
    answers: Counter[str] = field(default_factory=Counter)
    over: Event = field(default_factory=Event)

    def read(self) -> None:
        while not self.over.is_set():
            for path in PAGES:
                self._count(lambda path=path: self.pair.ask(path).status_code, HTTPStatus.OK)  # type: ignore[misc]
                stopwatch.sleep(PAUSE)

    def book(self, everybody: list[Client]) -> None:
        for one in everybody:
            self._count(lambda one=one: self._booked(one), HTTPStatus.CREATED)  # type: ignore[misc]
            stopwatch.sleep(0.05)

    def _booked(self, one: Client) -> int:
        headers = {"Authorization": f"Bearer {one.token}", "Idempotency-Key": one.key}
        headers["Content-Type"] = "application/json"
        return self.pair.send("POST", BOOK, data=one.body, headers=headers).status_code

    def _count(self, ask: Callable[[], int], expected: int) -> None:
        try:
            status = ask()
        except requests.RequestException as error:
            self.answers[type(error).__name__] += 1
        else:
            self.answers["answered" if status == expected else str(status)] += 1


@contextmanager
def under_load(pair: Pair, bookings: int) -> Iterator[Load]:
    """Until the block has ended and everybody has booked; then every answer is the one that was asked for."""
    load = Load(pair)
    everybody = clients(pair.port, bookings)
    connections.close_all()
    with ThreadPoolExecutor(READERS + 1) as pool:
        readers = [pool.submit(load.read) for _ in range(READERS)]
        booking = pool.submit(load.book, everybody)
        try:
            wait_for(lambda: load.answers["answered"] >= READERS * len(PAGES))
            yield load
            booking.result()
        finally:
            load.over.set()
        for reader in readers:
            reader.result()
    print(f"{load.answers.total()} requests, {bookings} of them bookings: {dict(load.answers)}")
    assert set(load.answers) == {"answered"}
    assert Appointment.objects.count() == bookings


def test_one_after_the_other_is_replaced_and_nobody_notices(
    transactional_db: None, production: dict[str, str], tmp_path: Path
) -> None:
    pair = prepared(tmp_path / "pair", production)
    calls = tmp_path / "calls"
    calls.mkdir()
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    environment = {**os.environ, "PATH": f"{docker.parent}:{os.environ['PATH']}", "CALLS": str(calls)}
    environment["SETTLE_SECONDS"] = "1"
    done: list[str] = []
    with ExitStack() as webs:
        for name in pair.ports:
            webs.enter_context(pair.web(name))
        webs.enter_context(running(pair))
        before = dict(pair.webs)
        with under_load(pair, BOOKINGS):
            script = [str(pair.docker / "rolling-update.sh")]
            with subprocess.Popen(script, env=environment, stderr=subprocess.PIPE, text=True) as update:
                while update.poll() is None:
                    for call in calls.glob("*.call"):
                        done.append(_done(pair, call.read_text(), webs))
                        call.unlink()
                    stopwatch.sleep(0.02)
                assert update.stderr
                assert update.returncode == 0, update.stderr.read()
        assert all(pair.webs[name] is not before[name] for name in before)
    assert done[0] == "compose -f compose.yaml run --rm --no-deps migrate"
    assert done[-1].endswith("nginx -s reload")
    # So that nothing stands in the way of the next `git pull`.
    assert (pair.docker / "nginx" / "upstream.conf").read_text() == (NGINX / "upstream.conf").read_text()


def _done(pair: Pair, call: str, webs: ExitStack) -> str:
    """What Docker would do, with processes of this machine."""
    words = call.split()
    if "nginx" in words:
        pair.write()
        ran = pair.nginx(*words[words.index("nginx") + 2 :])
        assert ran.returncode == 0, ran.stderr
    elif "--wait" in words:
        name = words[-1]
        # As Compose does: asked to end, waited for, and a new one in its place.
        pair.webs[name].stop()
        webs.enter_context(pair.web(name))
    return call


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM])
def test_whoever_ends_it_in_the_middle_leaves_both_in_the_list(how: signal.Signals, tmp_path: Path) -> None:
    """An operator's connection goes away while one of the two is being replaced."""
    shutil.copytree(ROOT / "docker", tmp_path / "docker")
    docker = tmp_path / "docker" / "docker"
    waits = 'touch "$0.waits"; while [ -e "$0.waits" ]; do sleep 0.05; done'
    docker.write_text(f'#!/bin/sh\ncase "$*" in *"--wait web") {waits} ;; esac\n')
    docker.chmod(0o755)
    environment = {**os.environ, "PATH": f"{docker.parent}:{os.environ['PATH']}", "SETTLE_SECONDS": "0"}
    names = tmp_path / "docker" / "nginx" / "upstream.conf"
    # Another machine that helps (docs/deploy.md, "How it grows").
    before = names.read_text().replace("}", "    server 192.0.2.7:8000;\n}")
    names.write_text(before)
    waiting = tmp_path / "docker" / "docker.waits"
    script = [tmp_path / "docker" / "rolling-update.sh"]
    with subprocess.Popen(script, env=environment) as update, ExitStack() as stack:
        # However this ends: it would wait for ever.
        stack.callback(waiting.unlink, missing_ok=True)
        wait_for(waiting.exists)
        assert names.read_text() == before.replace(
            "web:8000 resolve max_fails=3;", "web:8000 resolve max_fails=3 down;"
        )
        # A second one touches nothing: the list least of all, in which it would name both.
        second = subprocess.run(script, env=environment, capture_output=True, text=True, check=False, timeout=30)
        assert (second.returncode, second.stderr) == (1, "Another rolling-update.sh is under way here.\n")
        assert names.read_text() == before.replace(
            "web:8000 resolve max_fails=3;", "web:8000 resolve max_fails=3 down;"
        )
        update.send_signal(how)
        waiting.unlink()
    assert update.returncode != 0
    assert names.read_text() == before


@the_long_look
def test_gunicorn_reads_its_code_anew_and_nobody_notices(
    transactional_db: None, production: dict[str, str], tmp_path: Path
) -> None:
    """Where there is no Docker: SIGHUP, by which its socket stays open all the time."""
    pid_file = tmp_path / "gunicorn.pid"
    environment = {**production, "GUNICORN_CMD_ARGS": f"--pid {pid_file}"}
    with running(prepared(tmp_path / "pair", environment), "web") as pair, under_load(pair, BOOKINGS // 4) as load:
        log = pair.folder / "web.log"
        for number in range(ROUNDS):
            os.kill(int(pid_file.read_text()), signal.SIGHUP)
            wait_for(lambda: log.read_text().count("Worker exiting") > number)  # noqa: B023 - of this round
            # By the new one: whoever replaces it before it has read its code has nobody who answers meanwhile.
            enough = load.answers["answered"] + 2 * (READERS + 1)
            wait_for(lambda: load.answers["answered"] > enough)  # noqa: B023 - of this round
