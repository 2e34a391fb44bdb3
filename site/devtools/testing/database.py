"""One migrated template database for a state of the code, and a copy of it for each worker of each run."""

from __future__ import annotations

import hashlib
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from devtools.code_state import migrations_state
from devtools.places import ROOT
from devtools.process import our_environment
from devtools.roles import APPLICATION, ensure_roles, set_default_privileges

TEMPLATE_PREFIX = "medconsult_template_"
RUN_PREFIX = "medconsult_test_"
TEMPLATES_KEPT = 4


class TemplateError(Exception):
    """The migrations do not run; the text is what they printed."""


@dataclass(frozen=True)
class RunDatabase:
    """A database that belongs to one worker of one run."""

    maintenance: Connection
    """Open to another database of the server, in autocommit."""
    template: str
    name: str
    url: str

    def recreate(self) -> None:
        """Bring it back to the state after the migrations, whatever has been done to it; ends all its connections."""
        self.drop()
        copy = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(self.name), Identifier(self.template))
        self.maintenance.execute(copy + _fast_strategy(self.maintenance))

    def drop(self) -> None:
        self.maintenance.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(self.name)))


@contextmanager
def run_database(server_url: str, worker: str) -> Iterator[RunDatabase]:
    """A fresh migrated database on the server for the length of the block.

    The first caller after a change of the migrations waits for them to run. Raises `TemplateError`.
    """
    with psycopg.connect(server_url, autocommit=True) as maintenance:
        _sweep_dead_runs(maintenance)
        template = ensure_template(maintenance, server_url)
        name = f"{RUN_PREFIX}{secrets.token_hex(4)}_{worker}"
        # As long as this connection lives nobody sweeps the database away.
        maintenance.execute("SELECT pg_advisory_lock(%s)", [_lock_key(name)])
        database = RunDatabase(maintenance, template, name, with_database(server_url, name))
        database.recreate()
        try:
            yield database
        finally:
            database.drop()


def with_database(url: str, name: str) -> str:
    """`url` with another database in it."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def ensure_template(maintenance: Connection, server_url: str) -> str:
    """The name of the template for the code as it is now; made where it is missing, by one caller at a time."""
    name = TEMPLATE_PREFIX + migrations_state("test")
    maintenance.execute("SELECT pg_advisory_lock(%s)", [_lock_key(TEMPLATE_PREFIX)])
    try:
        if name not in databases(maintenance, TEMPLATE_PREFIX):
            _make_template(maintenance, server_url, name)
            _drop_old_templates(maintenance)
    finally:
        maintenance.execute("SELECT pg_advisory_unlock(%s)", [_lock_key(TEMPLATE_PREFIX)])
    return name


def databases(connection: Connection, prefix: str) -> list[str]:
    """The databases whose name starts with `prefix`, the newest first."""
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [prefix]
    )
    return [name for (name,) in found]


def _make_template(maintenance: Connection, server_url: str, name: str) -> None:
    _demand_roles(maintenance)
    # Under another name until it is whole: what carries the final name can be copied.
    unfinished = f"{name}_unfinished"
    maintenance.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(unfinished)))
    maintenance.execute(SQL("CREATE DATABASE {}").format(Identifier(unfinished)))
    url = with_database(server_url, unfinished)
    with psycopg.connect(url, autocommit=True) as connection:
        set_default_privileges(connection)
    migrated = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=our_environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="medconsult.settings.test"),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if migrated.returncode:
        raise TemplateError(f"The migrations fail:\n{migrated.stdout}{migrated.stderr}")
    maintenance.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(name)))


def _demand_roles(maintenance: Connection) -> None:
    known = maintenance.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone()
    if known is None:
        ensure_roles(maintenance)


def _drop_old_templates(maintenance: Connection) -> None:
    for name in databases(maintenance, TEMPLATE_PREFIX)[TEMPLATES_KEPT:]:
        maintenance.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _sweep_dead_runs(maintenance: Connection) -> None:
    """Drop what runs that were killed have left: the databases on whose name nobody holds the lock."""
    for name in databases(maintenance, RUN_PREFIX):
        key = [_lock_key(name)]
        row = maintenance.execute("SELECT pg_try_advisory_lock(%s)", key).fetchone()
        if row and row[0]:
            maintenance.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
            maintenance.execute("SELECT pg_advisory_unlock(%s)", key)


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _fast_strategy(connection: Connection) -> SQL:
    """Copying files takes half the time, but asks for a checkpoint: dear where those reach the disk."""
    row = connection.execute("SHOW fsync").fetchone()
    return SQL(" STRATEGY FILE_COPY") if row == ("off",) else SQL("")
