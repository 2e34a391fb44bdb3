"""Encrypting to whoever holds the backups' own key (age), as a stream; and the seal that only we can make.

Anybody may encrypt to a public key, so encryption does not say who wrote a backup: the manifest carries a digest under
the keys of encrypted fields, which also shows that those at hand are the ones that the restored texts need.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"medconsult backup manifest"


class BackupError(Exception):
    """A backup cannot be made or is not restored; the text says why, for a person to read."""


def recipients(texts: Sequence[str]) -> list[Any]:
    """Public keys of age. Raises `BackupError` for none, and for what is none."""
    if not texts:
        raise BackupError("BACKUP_RECIPIENTS is not set: nobody could open the backup, or anybody.")
    try:
        return [pyrage.x25519.Recipient.from_str(text.strip()) for text in texts]
    except pyrage.RecipientError as error:
        raise BackupError("BACKUP_RECIPIENTS holds something that is no public key of age (age1…).") from error


def identities(path: Path) -> list[Any]:
    """The secret keys in a file as age-keygen writes it. Raises `BackupError`."""
    try:
        lines = path.read_text(encoding="ascii").split()
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise BackupError(f"The secret key of the backups cannot be read from {path}.") from error
    if not found:
        raise BackupError(f"There is no secret key of age in {path} (AGE-SECRET-KEY-…).")
    return found


class _Counted:
    """A file that is written, and the digest of what went through."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def encrypt_to(path: Path, source: IO[bytes], keys: list[Any]) -> str:
    """Write what `source` gives, encrypted, and hand back the digest of the file. Only we may read it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        counted = _Counted(file)
        pyrage.encrypt_io(source, counted, keys)
        file.flush()
        os.fsync(file.fileno())
    return counted.digest.hexdigest()


def decrypt_from(path: Path, target: IO[bytes], keys: list[Any]) -> None:
    """Write into `target` what the file holds. Raises `BackupError` where the keys do not open it, or it was changed:
    what was written by then is not to be believed."""
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, target, keys)
    except FileNotFoundError as error:
        raise BackupError(f"There is no {path.name} in {path.parent}.") from error
    except BrokenPipeError:
        raise
    except (pyrage.DecryptError, OSError) as error:
        raise BackupError(f"{path.name} is not for this secret key, or was changed.") from error


@contextmanager
def written_by(write: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """What `write` writes, to be read here while it writes; whatever it fails with is raised at the end."""
    reader, writer = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with writer:
                write(writer)
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield reader
    finally:
        reader.close()
        thread.join()
    if failures:
        raise failures[0]


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal_of(content: bytes) -> str:
    """Made with the newest key of encrypted fields."""
    return _seal(content, settings.FIELD_ENCRYPTION_KEYS[0])


def is_sealed(content: bytes, seal: str) -> bool:
    """Whether one of our keys has made it."""
    return any(hmac.compare_digest(_seal(content, key), seal) for key in settings.FIELD_ENCRYPTION_KEYS)


def _seal(content: bytes, key: str) -> str:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(base64.urlsafe_b64decode(key))
    return hmac.new(derived, content, "sha256").hexdigest()
