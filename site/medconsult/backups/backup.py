"""Making a backup: the database first, then the files, so that whatever a row names is there."""

from __future__ import annotations

import shutil
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


def backup_make(*, folder: Path, now: datetime) -> Path:
    """A new backup in a folder of its own under `folder`, and which. It has its name only once it is whole.

    Nothing has to stand still meanwhile. Raises `BackupError`.
    """
    keys = recipients(settings.BACKUP_RECIPIENTS)
    name = f"{PREFIX}{now:%Y%m%dT%H%M%SZ}"
    making = folder / f"{name}{_UNFINISHED}"
    making.mkdir(mode=0o700, parents=True)
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
    whole = sorted(path for path in folder.glob(f"{PREFIX}*") if path.is_dir() and path.suffix != _UNFINISHED)
    old = whole[:-keep]
    for path in old:
        shutil.rmtree(path)
    return old
