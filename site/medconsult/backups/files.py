"""The files' part: whatever the public and the private storage hold, folder or bucket alike, as a stream of tar."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from medconsult.backups.sealed import BackupError

SPOOLED = 16 * 1024 * 1024
# What is in each, and where it goes.
PLACES = {"media": "default", "private": "private"}


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a storage, by the name that a row has it by."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    within = f"{folder}/" if folder else ""
    for name in sorted(filter(None, files)):
        yield within + name
    for name in sorted(filter(None, folders)):
        yield from names_in(storage, within + name)


class _Digested:
    """A file that is read, and the digest of what was."""

    def __init__(self, file: Any) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.file.read(size)
        self.digest.update(data)
        return data


def pack(place: str, target: IO[bytes], digests: dict[str, str]) -> None:
    """Write every file into `target`, and its digest into `digests`. What is removed meanwhile is left out."""
    storage = storages[PLACES[place]]
    with tarfile.open(fileobj=target, mode="w|") as tar:
        for name in names_in(storage):
            try:
                file = storage.open(name)
            except FileNotFoundError:
                continue
            with file:
                entry = tarfile.TarInfo(name)
                entry.size = file.size
                digested = _Digested(file)
                tar.addfile(entry, digested)
            digests[name] = digested.digest.hexdigest()


def unpack(place: str, source: IO[bytes], expected: Mapping[str, str]) -> None:
    """Write every file back to where it was. Raises `BackupError` for one that the manifest does not name so."""
    storage = storages[PLACES[place]]
    missing = dict(expected)
    with tarfile.open(fileobj=source, mode="r|") as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if content is None or entry.name not in missing:
                raise BackupError(f"{place} holds a file that the manifest does not name.")
            # A bucket's client wants to go back in what it sends.
            with SpooledTemporaryFile(SPOOLED) as spooled:
                digested = _Digested(content)
                shutil.copyfileobj(digested, spooled)
                if digested.digest.hexdigest() != missing.pop(entry.name):
                    raise BackupError(f"{place}: {entry.name} is not what the manifest says.")
                spooled.seek(0)
                if storage.save(entry.name, File(spooled)) != entry.name:
                    raise BackupError(f"{place}: {entry.name} was there already.")
        # Else whoever writes would be left with a pipe that nobody reads.
        while source.read(1 << 20):
            pass
    if missing:
        raise BackupError(f"{place}: {len(missing)} files are not in the backup.")


def is_empty(place: str) -> bool:
    return next(names_in(storages[PLACES[place]]), None) is None
