from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    cpu: int
    elapsed: int
    statements: int


@dataclass(frozen=True)
class Server:
    """Gunicorn with two workers in front of one database."""

    port: int

    def ask(
        self, path: str, *, method: str = "GET", body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own; cost in microseconds as the server measured it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        cost = [int(response.headers.get(name, 0)) for name in ("X-CPU", "X-Elapsed", "X-SQL")]
        return Answer(response.status, content, *cost)


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[Server]:
    port = _free_port()
    server = Server(port)
    child = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "docker/gunicorn.conf.py"],
        cwd=ROOT,
        env={**os.environ, **environment, "BIND": f"127.0.0.1:{port}", "DJANGO_SETTINGS_MODULE": "bench.settings"},
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_answer(server, child)
        yield server
    finally:
        child.terminate()
        child.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _await_answer(server: Server, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError("The server did not start; run it by hand to see why.")
        try:
            if server.ask("/bench/f/").status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not answer within a minute.")
