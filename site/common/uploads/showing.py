"""Uploaded files as pages list them: each with its state in words, and when the page has to look again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from django.template.defaultfilters import filesizeformat

from common.uploads.models import MediaType, Upload
from common.uploads.states import UploadState

UploadT = TypeVar("UploadT", bound=Upload)
# A scanner that answers does so in seconds.
SCANNER_IS_SLOW = timedelta(minutes=1)
AWAY = "The virus check does not answer at the moment. We keep your file and check it as soon as it does."


class Look(NamedTuple):
    """How a state is shown: a word, an icon, and a tone."""

    label: str
    icon: str
    tone: str


_LOOKS = {
    UploadState.QUARANTINED: ("hourglass", "info"),
    UploadState.CURRENT: ("circle-check", "success"),
    UploadState.INFECTED: ("shield-alert", "danger"),
    UploadState.UNREADABLE: ("file-x", "danger"),
}
_NOTES = {
    UploadState.INFECTED: "We kept nothing of it. Check your computer for viruses, and choose another file.",
    UploadState.UNREADABLE: "We kept nothing of it. Open it yourself to see whether it is whole. A PDF that is locked, "
    "or holds a program or another file, we cannot take: print it to a new PDF and choose that one.",
}


@dataclass(frozen=True, kw_only=True)
class FileRow(Generic[UploadT]):
    """One file as its uploader sees it. `is_waiting`: its virus check has not been yet."""

    file: UploadT
    look: Look
    facts: str
    note: str
    is_waiting: bool
    can_open: bool
    can_take_back: bool = False


def row_of_file(file: UploadT, now: datetime, *, can_take_back: bool = False) -> FileRow[UploadT]:
    state = UploadState(file.state)
    is_waiting = state == UploadState.QUARANTINED
    is_slow = is_waiting and now - file.uploaded_at > SCANNER_IS_SLOW
    return FileRow(
        file=file,
        look=Look(str(state.label), *_LOOKS[state]),
        facts=facts_of_file(file),
        note=AWAY if is_slow else _NOTES.get(state, ""),
        is_waiting=is_waiting,
        can_open=state == UploadState.CURRENT,
        can_take_back=can_take_back,
    )


def facts_of_file(file: Upload) -> str:
    return f"{MediaType(file.media_type).label}, {filesizeformat(file.size)}"


@dataclass(frozen=True, kw_only=True)
class Files(Generic[UploadT]):
    """A list of files that asks again as long as one of them waits."""

    rows: list[FileRow[UploadT]]
    waiting: list[str]
    is_slow: bool

    @property
    def seconds(self) -> int:
        """How long the page waits before it asks again."""
        return 15 if self.is_slow else 2

    @property
    def query(self) -> str:
        """What the page that asks again has seen: see `has_moved`."""
        return f"waiting={','.join(self.waiting)}{'&slow=1' if self.is_slow else ''}"

    def has_moved(self, waiting: str, *, was_slow: bool) -> bool:
        """Whether the list says anything that a page with that list in it does not say yet."""
        return waiting != ",".join(self.waiting) or was_slow != self.is_slow

    def told_since(self, waiting: str) -> str:
        """What has become of those that waited, to be announced."""
        seen = set(waiting.split(","))
        settled = [row for row in self.rows if str(row.file.public_id) in seen and not row.is_waiting]
        if not settled and self.is_slow:
            return AWAY
        return " ".join(f"{row.file.name}: {row.look.label}." for row in settled)


def files_of(rows: Sequence[FileRow[UploadT]], now: datetime) -> Files[UploadT]:
    waiting = [row.file for row in rows if row.is_waiting]
    return Files(
        rows=list(rows),
        waiting=[str(file.public_id) for file in waiting],
        is_slow=bool(waiting) and all(now - file.uploaded_at > SCANNER_IS_SLOW for file in waiting),
    )
