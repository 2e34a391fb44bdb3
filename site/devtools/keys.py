"""Random secrets of an installation on this machine, kept beside its data."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path


def installation_keys(folder: Path) -> dict[str, str]:
    """`SECRET_KEY` and `FIELD_ENCRYPTION_KEYS` of the installation in `folder`, made on the first call."""
    path = folder / "keys.json"
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(fresh_keys()))
        unfinished.rename(path)
    return dict(json.loads(path.read_text()))


def fresh_keys() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
