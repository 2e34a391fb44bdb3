"""One migrated template database for a state of the code, and a copy of it for each worker of each run."""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from devtools.code_state import migrations, migrations_state
from devtools.places import ROOT
from devtools.process import our_environment
from devtools.roles import APPLICATION, ensure_roles, set_default_privileges
from devtools.testing import memory

TEMPLATE_PREFIX = "medconsult_template_"
UNFINISHED_PREFIX = "medconsult_unfinished_"
RUN_PREFIX = "medconsult_test_"
TEMPLATES_KEPT = 4


class TemplateError(Exception):
    """A template cannot be made (the migrations do not run, say); the text is what was printed."""


@dataclass(frozen=True)
class Template:
    """A database to copy: its name carries the state of what it was made from."""

    prefix: str
    state: str
    command: tuple[str, ...]
    """What `manage.py` is to do in it."""
    base: str | None = None
    """The template that it starts as a copy of."""
    grows_with: Mapping[str, str] = field(default_factory=dict)
    """What the command adds to a database, by name and digest: nothing again that is in an older template already."""
    media: Path | None = None
    """Where the files go that belong to its rows."""
    kept: int = TEMPLATES_KEPT
    """How many of its prefix stay, the newest first."""
    shows_progress: bool = False
    """Whether what `manage.py` prints is for the person who waits."""

    @property
    def name(self) -> str:
        return f"{self.prefix}{self.state}"

    @property
    def private(self) -> Path | None:
        """Where the files go that are not for everybody: never in `media`, which is published."""
        return self.media.with_name(f"{self.media.name}-private") if self.media else None


@dataclass(frozen=True)
class RunDatabase:
    """A database that belongs to one worker of one run."""

    maintenance: Connection
    """Open to another database of the server, in autocommit."""
    template: Template
    name: str
    url: str
    tablespace: str | None

    def recreate(self, template: Template | None = None) -> None:
        """Bring it back to the state after the migrations (or to `template`), and end all its connections."""
        self.drop()
        _copy(self.maintenance, (template or self.template).name, self.name, self.tablespace)

    def drop(self) -> None:
        _drop(self.maintenance, self.name)


@contextmanager
def run_database(server_url: str, worker: str) -> Iterator[RunDatabase]:
    """A fresh migrated database on the server for the length of the block.

    The first caller after a change of the migrations waits for them to run. Raises `TemplateError`.
    """
    with psycopg.connect(server_url, autocommit=True) as maintenance:
        _sweep_dead_runs(maintenance)
        template = ensure_template(maintenance, server_url, migrated_template())
        name = f"{RUN_PREFIX}{secrets.token_hex(4)}_{worker}"
        # As long as this connection lives nobody sweeps the database away.
        maintenance.execute("SELECT pg_advisory_lock(%s)", [_lock_key(name)])
        database = RunDatabase(
            maintenance, template, name, with_database(server_url, name), memory.known_place(maintenance)
        )
        database.recreate()
        try:
            yield database
        finally:
            database.drop()


def with_database(url: str, name: str) -> str:
    """`url` with another database in it."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def migrated_template() -> Template:
    """The database as the migrations leave it."""
    command = ("migrate", "--verbosity", "0")
    return Template(TEMPLATE_PREFIX, migrations_state("test"), command, grows_with=migrations())


def ensure_template(maintenance: Connection, server_url: str, template: Template) -> Template:
    """`template`, made where it is missing, by one caller at a time. Raises `TemplateError`."""
    maintenance.execute("SELECT pg_advisory_lock(%s)", [_lock_key(template.prefix)])
    try:
        if template.name not in databases(maintenance, template.prefix):
            _make(maintenance, server_url, template)
            for name in databases(maintenance, template.prefix)[template.kept :]:
                _drop(maintenance, name)
    finally:
        maintenance.execute("SELECT pg_advisory_unlock(%s)", [_lock_key(template.prefix)])
    return template


def databases(connection: Connection, prefix: str) -> list[str]:
    """The databases whose name starts with `prefix`, the newest first."""
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [prefix]
    )
    return [name for (name,) in found]


def _make(maintenance: Connection, server_url: str, template: Template) -> None:
    _demand_roles(maintenance)
    older = youngest_within(maintenance, template)
    if older:
        # Where it does not go on from there it starts from nothing, which then says what is wrong.
        with suppress(TemplateError):
            return _make_from(maintenance, server_url, template, older)
    return _make_from(maintenance, server_url, template, template.base or "template1")


def _make_from(maintenance: Connection, server_url: str, template: Template, source: str) -> None:
    # Under another name until it is whole: what carries the final name can be copied.
    unfinished = f"{UNFINISHED_PREFIX}{template.state}"
    _drop(maintenance, unfinished)
    _copy(maintenance, source, unfinished)
    url = with_database(server_url, unfinished)
    if source == "template1":
        with psycopg.connect(url, autocommit=True) as connection:
            set_default_privileges(connection)
    run_command(template, url)
    note = SQL("COMMENT ON DATABASE {} IS {}")
    maintenance.execute(note.format(Identifier(unfinished), Literal(json.dumps(dict(template.grows_with)))))
    maintenance.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(template.name)))


def youngest_within(maintenance: Connection, template: Template) -> str | None:
    """The newest template of the same kind that has nothing in it but what `template` is to have too."""
    if not template.grows_with:
        return None
    found = maintenance.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE starts_with(datname, %s) ORDER BY oid DESC",
        [template.prefix],
    )
    notes = ((name, json.loads(note or "{}")) for name, note in found)
    return next((name for name, has in notes if has and has.items() <= template.grows_with.items()), None)


def run_command(template: Template, url: str) -> None:
    """Have `manage.py` do in a database what it does in the template. Raises `TemplateError`."""
    media = {"MEDIA_ROOT": str(template.media), "PRIVATE_ROOT": str(template.private)} if template.media else {}
    done = subprocess.run(  # noqa: S603 — our own command
        [sys.executable, str(ROOT / "manage.py"), *template.command],
        cwd=ROOT,
        env=our_environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="medconsult.settings.test", **media),
        stdout=None if template.shows_progress else subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise TemplateError(f"manage.py {template.command[0]} fails:\n{done.stdout or ''}{done.stderr}")


def _copy(maintenance: Connection, source: str, name: str, tablespace: str | None = None) -> None:
    statement = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(source))
    if tablespace:
        statement += SQL(" TABLESPACE {}").format(Identifier(tablespace))
    # Copying files takes half the time, but asks for a checkpoint: dear where those reach the disk.
    if maintenance.execute("SHOW fsync").fetchone() == ("off",):
        statement += SQL(" STRATEGY FILE_COPY")
    maintenance.execute(statement)


def _drop(maintenance: Connection, name: str) -> None:
    maintenance.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _demand_roles(maintenance: Connection) -> None:
    known = maintenance.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone()
    if known is None:
        ensure_roles(maintenance)


def _sweep_dead_runs(maintenance: Connection) -> None:
    """Drop what runs that were killed have left: the databases on whose name nobody holds the lock."""
    for name in databases(maintenance, RUN_PREFIX):
        key = [_lock_key(name)]
        row = maintenance.execute("SELECT pg_try_advisory_lock(%s)", key).fetchone()
        if row and row[0]:
            _drop(maintenance, name)
            maintenance.execute("SELECT pg_advisory_unlock(%s)", key)


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
