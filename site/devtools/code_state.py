"""Digests of the code, to tell whether something made from it is still true."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from devtools.places import ROOT


def migrations_state(settings: str) -> str:
    """A digest of what decides how a database looks after the migrations under `medconsult.settings.<settings>`."""
    folder = ROOT / "site" / "medconsult" / "settings"
    return digest_of(
        *_migration_files(), ROOT / "requirements" / "dev.txt", folder / "base.py", folder / f"{settings}.py"
    )


def migrations() -> dict[str, str]:
    """A digest of each of our migrations, by its path from the root of the checkout."""
    return {str(path.relative_to(ROOT)): digest_of(path) for path in sorted(_real_files(_migration_files()))}


def _migration_files() -> list[Path]:
    return [*ROOT.glob("*/migrations/**/*.*"), *ROOT.glob("site/*/migrations/**/*.*")]


def sample_state() -> str:
    """A digest of what decides which sample data the demo gets."""
    package = ROOT / "site" / "medconsult"
    return digest_of(*package.glob("demo/**/*.*"), *package.glob("management/commands/*.py"))


def digest_of(*paths: Path) -> str:
    """Sixteen hexadecimal digits for the names and contents of the files among `paths`."""
    digest = hashlib.sha256()
    for path in sorted(_real_files(paths)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _real_files(paths: Iterable[Path]) -> set[Path]:
    return {path for path in paths if path.is_file() and path.suffix != ".pyc"}
