"""PgBouncer by docker/pgbouncer/pgbouncer.ini, in front of the database that a test runs on."""

from __future__ import annotations

import re
import shutil
import tempfile
import time as stopwatch
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from devtools.places import ROOT, private_folder, service_account
from devtools.process import Child, Command
from devtools.testing.database import RunDatabase
from devtools.valkey import free_port
from tests.faults.steps import PATIENCE

INI = ROOT / "docker" / "pgbouncer" / "pgbouncer.ini"
PASSWORD = "of-this-test-alone"


@dataclass(frozen=True)
class Pooler:
    port: int
    user: str

    def url(self, pool: str) -> str:
        """As WEB_POOL_URL takes it."""
        return f"postgres://{self.user}:{PASSWORD}@127.0.0.1:{self.port}/{pool}"


def pgbouncer_here() -> str:
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if found is None:
        pytest.skip("There is no PgBouncer here: install it (Debian: pgbouncer).")
    return found


@contextmanager
def pooling(
    database: RunDatabase, *, mode: str, size: int, changes: Mapping[str, str] | None = None
) -> Iterator[Pooler]:
    """In `mode`, with `size` connections to the server for each pool; `changes` by what stands in the file."""
    with tempfile.TemporaryDirectory(prefix="medconsult-pool-") as made, ExitStack() as stack:
        pooler, child = _started(private_folder(Path(made), service_account()), database, mode, size, changes or {})
        stack.callback(child.stop)
        _wait_until_it_answers(pooler, child)
        yield pooler


def _started(
    folder: Path, database: RunDatabase, mode: str, size: int, changes: Mapping[str, str]
) -> tuple[Pooler, Child]:
    account = service_account()
    there = conninfo_to_dict(database.url)
    pooler = Pooler(free_port(), str(there["user"]))
    text = _changed(
        INI.read_text(encoding="utf-8"),
        {
            "host=database port=5432 dbname=medconsult": f"host={there['host']} port=5432 dbname={database.name}",
            "listen_addr = *": "listen_addr = 127.0.0.1\nunix_socket_dir =",
            "listen_port = 6432": f"listen_port = {pooler.port}",
            "/etc/pgbouncer/userlist.txt": f"{folder}/userlist.txt",
            "pool_mode = transaction": f"pool_mode = {mode}",
            "pool_size=20": f"pool_size={size}",
            "pool_size=10": f"pool_size={size}",
            **changes,
        },
    )
    # Its clients show a password; the server that tests run on asks for none.
    for name, content in (("pgbouncer.ini", text), ("userlist.txt", f'"{pooler.user}" "{PASSWORD}"\n')):
        (folder / name).write_text(content, encoding="utf-8")
        if account:
            account.own(folder / name)
    argv = [pgbouncer_here(), str(folder / "pgbouncer.ini")]
    return pooler, Child(Command(name="PgBouncer", argv=argv, log=folder / "log", folder=folder, account=account))


def _changed(text: str, changes: Mapping[str, str]) -> str:
    for said, instead in changes.items():
        assert said in text, said
        text = re.sub(re.escape(said), lambda _, instead=instead: instead, text)  # type: ignore[misc]
    return text


def _wait_until_it_answers(pooler: Pooler, child: Child) -> None:
    until = stopwatch.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(pooler.url("medconsult_web"), connect_timeout=5).close()
        except psycopg.OperationalError:
            assert child.poll() is None, child.tail()
            assert stopwatch.monotonic() < until, child.tail()
            stopwatch.sleep(0.1)
        else:
            return
