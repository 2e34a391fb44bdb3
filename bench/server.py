from __future__ import annotations

import http.client
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.databases import HOME
from devtools.places import ROOT
from devtools.process import Child, Command, our_environment

START_SECONDS = 60


class BenchError(Exception):
    """The measuring cannot go on; the text says why, for a person to read."""


@dataclass(frozen=True)
class Answer:
    """What came, and what it cost: microseconds as the server measured them, and SQL statements."""

    status: int
    body: bytes
    cpu: int
    elapsed: int
    database: int
    statements: int


@dataclass(frozen=True)
class Server:
    """Gunicorn with two workers in front of one database."""

    port: int

    def ask(
        self, path: str, *, method: str = "GET", body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        cost = [int(response.headers.get(f"X-{name}", 0)) for name in ("CPU", "Elapsed", "Database", "Statements")]
        return Answer(response.status, content, *cost)


def django_environment(database: Mapping[str, str]) -> dict[str, str]:
    """What a process needs to run on one of the databases with production's settings."""
    return our_environment(
        DJANGO_SETTINGS_MODULE="bench.settings",
        BASE_URL="http://127.0.0.1",
        ALLOWED_HOSTS="127.0.0.1",
        INSECURE_HTTP="true",
        EMAIL_URL="dummy://",
        DEFAULT_FROM_EMAIL="MedConsult <no-reply@demo.example>",
        LOG_LEVEL="ERROR",
        **database,
    )


@contextmanager
def serving(database: Mapping[str, str], *, threads: int = 1) -> Iterator[Server]:
    """Two workers of `threads` threads for the length of the block. Raises `BenchError` where they do not start."""
    server = Server(_free_port())
    child = Child(
        Command(
            name="gunicorn",
            argv=[sys.executable, "-m", "gunicorn", "--config", str(ROOT / "docker" / "gunicorn.conf.py")],
            log=HOME / "logs" / "gunicorn.log",
            env=django_environment(database)
            | {"BIND": f"127.0.0.1:{server.port}", "WEB_CONCURRENCY": "2", "WEB_THREADS": str(threads)},
        )
    )
    try:
        _await_answer(server, child)
        yield server
    finally:
        child.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _await_answer(server: Server, child: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        try:
            if server.ask("/bench/f/").status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
    raise BenchError(f"The server does not answer. The end of {child.command.log}:\n{child.tail()}")
