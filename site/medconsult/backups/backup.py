"""Making a backup: the database first, then the files, so that whatever a row names is there."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings

from audit.services import Subject, event_record, events_seal
from medconsult.backups import database, files
from medconsult.backups.manifest import Manifest, manifest_write
from medconsult.backups.sealed import encrypt_to, recipients, written_by

PREFIX = "medconsult-"
_UNFINISHED = ".unfinished"
# Nobody else's folder that begins alike.
_MADE_AT = f"{'[0-9]' * 8}T{'[0-9]' * 6}Z"


def backup_make(*, folder: Path, now: datetime) -> Path:
    """A new backup in a folder of its own under `folder`, and which. It has its name only once it is whole; what one
    that was killed has left is removed first.

    Nothing has to stand still meanwhile. Raises `BackupError`.
    """
    keys = recipients(settings.BACKUP_RECIPIENTS)
    name = f"{PREFIX}{now:%Y%m%dT%H%M%SZ}"
    making = folder / f"{name}{_UNFINISHED}"
    with _under_way(folder):
        making.mkdir(mode=0o700)
        try:
            events_seal()
            manifest = _written(making, keys, now)
            manifest_write(making, manifest, keys)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        made = making.rename(folder / name)
    rows, found = sum(manifest.tables.values()), sum(map(len, manifest.files.values()))
    event_record("backup.made", Subject("backup", name), actor=None, seal=manifest.seal, rows=rows, files=found)
    return made


@contextmanager
def _under_way(folder: Path) -> Iterator[None]:
    """Those under way hold the folder together; who has it alone clears it of what was left."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Some shares of a network know no such lock, or not of a folder: there nothing is removed.
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in folder.glob(f"{PREFIX}{_MADE_AT}{_UNFINISHED}"):
                shutil.rmtree(left, ignore_errors=True)
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_SH)
        yield
    finally:
        os.close(held)


def _written(making: Path, keys: list[object], now: datetime) -> Manifest:
    parts: dict[str, str] = {}
    found: dict[str, dict[str, str]] = {}
    with database.one_moment() as snapshot:
        tables, seal = database.rows_by_table(), database.last_seal()
        with database.dumped(snapshot) as dump:
            parts["database.age"] = encrypt_to(making / "database.age", dump, keys)
    for place in files.PLACES:
        found[place] = {}
        with written_by(partial(files.pack, place, digests=found[place])) as packed:
            parts[f"{place}.age"] = encrypt_to(making / f"{place}.age", packed, keys)
    return Manifest(
        made_at=now.isoformat(),
        database_major=database.server_major(),
        tables=tables,
        files=found,
        parts=parts,
        seal=seal,
    )


def backups_thin(*, folder: Path, keep: int) -> list[Path]:
    """Remove the oldest whole backups but for `keep`, and hand back which."""
    whole = sorted(path for path in folder.glob(f"{PREFIX}{_MADE_AT}") if path.is_dir())
    old = whole[:-keep]
    for path in old:
        shutil.rmtree(path)
    return old
