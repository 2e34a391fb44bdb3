"""What a backup holds, by its own word: counts, digests, and where the audit log's chain ended."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medconsult.backups.sealed import BackupError, decrypt_from, encrypt_to, is_sealed, seal_of

NAME = "manifest.age"
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """`tables`: rows by table. `files`: by storage and name, the SHA-256 of each. `parts`: that of each file beside
    this one, as it lies there. `seal`: the last seal of the audit log, `sequence:digest`, empty where there is none."""

    made_at: str
    database_major: int
    tables: dict[str, int]
    files: dict[str, dict[str, str]]
    parts: dict[str, str]
    seal: str
    format: int = FORMAT


def manifest_write(folder: Path, manifest: Manifest, keys: list[Any]) -> None:
    body = json.dumps(asdict(manifest), sort_keys=True).encode()
    encrypt_to(folder / NAME, io.BytesIO(seal_of(body).encode() + b"\n" + body), keys)


def manifest_read(folder: Path, keys: list[Any]) -> Manifest:
    """Raises `BackupError` where it cannot be opened, or was not sealed by a key of ours."""
    opened = io.BytesIO()
    decrypt_from(folder / NAME, opened, keys)
    seal, _, body = opened.getvalue().partition(b"\n")
    if not is_sealed(body, seal.decode("ascii", errors="replace")):
        raise BackupError(
            "The backup was not made with any of FIELD_ENCRYPTION_KEYS: set those of its installation, or its texts "
            "would stay closed. If they are set, somebody else has made it."
        )
    said = json.loads(body)
    if said.get("format") != FORMAT:
        raise BackupError("The backup is of another version of this product, which can restore it.")
    return Manifest(**said)
