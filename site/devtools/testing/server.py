"""The PostgreSQL server that test runs share: started by the first, stopped when the last is gone."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from devtools import valkey
from devtools.places import ROOT, private_folder, service_account
from devtools.postgres import SUPERUSER, Cluster, PostgresError
from devtools.process import Child
from devtools.roles import OWNER, ensure_roles
from devtools.testing import memory

# Kept so that nobody collects them: a server's guardian outlives the run that happened to start it.
_started: list[Child] = []


def server_folder() -> Path:
    """Where test runs keep their server: one for the checkout, whatever `DEMO_DIR` says."""
    return ROOT / ".dev" / "test"


@contextmanager
def shared_server(folder: Path | None = None) -> Iterator[str]:
    """The address of a server to make databases on, as a role that may, for the length of the block.

    `DATABASE_URL` in the environment wins. Ours is durable against nothing: fsync is off.
    Raises `PostgresError`.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    cluster = Cluster.near(folder or server_folder(), service_account())
    with (cluster.home / "users.lock").open("a") as users:
        # Held shared by every run; the server's guardian ends it when it gets the lock for itself.
        fcntl.flock(users, fcntl.LOCK_SH)
        with (cluster.home / "start.lock").open("a") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            if not cluster.answers():
                _started.append(_start(cluster, Path(users.name)))
        yield cluster.server.url(OWNER, "postgres")


def _start(cluster: Cluster, lock: Path) -> Child:
    try:
        child = cluster.start(safe=False, lock=lock)
    except PostgresError:
        # Without fsync a crash of the machine breaks the files, and another version cannot read them.
        shutil.rmtree(cluster.data, ignore_errors=True)
        child = cluster.start(safe=False, lock=lock)
    with psycopg.connect(cluster.server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        ensure_roles(connection)
        # A database is dropped while a connection of another role to it may still be on its way out.
        connection.execute(SQL("GRANT pg_signal_backend TO {}").format(Identifier(OWNER)))
        memory.make_place(connection, cluster)
    return child


@contextmanager
def own_valkey() -> Iterator[str]:
    """The address of a Valkey for the length of the block (`REDIS_URL` wins). Raises `ValkeyError`."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    account = service_account()
    with tempfile.TemporaryDirectory(prefix="medconsult-valkey-") as folder:
        running = valkey.start(private_folder(Path(folder), account), account)
        try:
            yield running.url
        finally:
            running.child.stop()
