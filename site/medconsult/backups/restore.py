"""Bringing a backup back into an empty place, and proving that it is all there before anybody may use it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections

from audit.anchors import Anchor, anchors_in
from audit.services import Subject, event_record
from audit.verifier import log_verify
from medconsult.backups import database, files
from medconsult.backups.holding import hold_after_restore
from medconsult.backups.manifest import Manifest, manifest_read
from medconsult.backups.sealed import BackupError, decrypt_from, file_digest, identities, written_by


def backup_restore(*, folder: Path, identity: Path) -> Manifest:
    """Database and files as they were, brought to this version's migrations; messages and refunds are held.

    Nobody else is at the database or the files. Raises `BackupError` before anything is written where the place is not
    empty, the backup was changed, or the keys do not fit; and afterwards where what came back is not what was kept.
    """
    keys = identities(identity)
    manifest = manifest_read(folder, keys)
    _assert_fits(folder, manifest)
    for place, expected in manifest.files.items():
        with written_by(partial(_decrypted, folder / f"{place}.age", keys=keys)) as packed:
            files.unpack(place, packed, expected)
    with database.restored() as target:
        decrypt_from(folder / "database.age", target, keys)
    # The settings of the old connection are those of an empty database.
    connections.close_all()
    _assert_counts(manifest)
    # It takes the rights on the audit log back, too, which the new database gives by default.
    call_command("migrate", interactive=False, verbosity=0)
    _assert_audit_log(manifest)
    hold_after_restore()
    event_record("backup.restored", Subject("backup", folder.name), actor=None, seal=manifest.seal)
    return manifest


def _decrypted(path: Path, target: Any, *, keys: list[Any]) -> None:
    decrypt_from(path, target, keys)


def _assert_fits(folder: Path, manifest: Manifest) -> None:
    for name, digest in manifest.parts.items():
        path = folder / name
        if not path.is_file() or file_digest(path) != digest:
            raise BackupError(f"{name} is not the one that the manifest was made with.")
    if not database.is_empty():
        raise BackupError("The database is not empty. A backup is restored into an empty one.")
    for place in files.PLACES:
        if not files.is_empty(place):
            raise BackupError(f"There are {place} files already. A backup is restored into an empty place.")
    if manifest.database_major > database.server_major():
        raise BackupError(f"The backup is of PostgreSQL {manifest.database_major}, and this server is older.")


def _assert_counts(manifest: Manifest) -> None:
    found = database.rows_by_table()
    differing = [name for name in manifest.tables.keys() | found.keys() if manifest.tables.get(name) != found.get(name)]
    if differing:
        raise BackupError(f"These tables did not come back whole: {', '.join(sorted(differing))}.")


def _assert_audit_log(manifest: Manifest) -> None:
    anchors: list[Anchor] = list(anchors_in(manifest.seal))
    report = log_verify(anchors=anchors)
    if report.findings or database.last_seal() != manifest.seal:
        raise BackupError("\n".join(["The audit log did not come back as it was:", *report.findings]))
