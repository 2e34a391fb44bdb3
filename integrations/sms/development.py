"""Development's texts: each becomes a file, read back by the development mail page. Nothing leaves the machine."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from common import clock

_CODE = re.compile(r"\b\d{6}\b")


@dataclass(frozen=True, kw_only=True)
class StoredText:
    """A text as it was sent. `code` is the one that it asks its reader to type, or nothing."""

    to: str
    body: str
    sent_at: datetime

    @property
    def code(self) -> str:
        found = _CODE.search(self.body)
        return found.group() if found else ""


def keep(*, to: str, body: str) -> None:
    """Keep it as a file of its own in SMS_FILE_PATH: there entirely, or not at all."""
    folder = Path(settings.SMS_FILE_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
    unfinished = folder / f".{name}"
    unfinished.write_text(json.dumps({"to": to, "body": body}), encoding="utf-8")
    unfinished.rename(folder / f"{name}.json")


def stored_texts(limit: int = 100) -> list[StoredText]:
    """The newest texts, newest first."""
    names = sorted(Path(settings.SMS_FILE_PATH).glob("[!.]*.json"), reverse=True)
    return [_read(name) for name in names[:limit]]


def _read(path: Path) -> StoredText:
    content = json.loads(path.read_text(encoding="utf-8"))
    sent_at = datetime.strptime(path.stem[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return StoredText(to=content["to"], body=content["body"], sent_at=sent_at)
