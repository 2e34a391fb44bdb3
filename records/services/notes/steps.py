"""The steps that records' services share; each runs inside their transaction, on a note that they locked."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from audit.selectors import TOLD_FROM, moment
from common import clock
from common.errors import Conflict
from common.history import sign
from notifications.services import messages_withdraw
from records.errors import StaleDraft
from records.models import VisitNote
from records.note_content import NoteContent
from records.selectors import is_whole, note_draft_of, readings_of


def write(note: VisitNote, *, actor: User | None, **changes: Any) -> None:
    """Save some fields, and sign for them in the history."""
    for name, value in changes.items():
        setattr(note, name, value)
    sign(note, actor)
    note.save(update_fields=list(changes))


def signed_content(note: VisitNote) -> NoteContent:
    """What the latest version says; nothing for a note that nobody has signed.

    Raises `Conflict` (`altered`) where it is not what was signed: nobody is to build on that.
    """
    readings = readings_of(note)
    if not is_whole(note, readings):
        raise Conflict("altered", "This note is not as it was signed. Tell whoever runs this site; do not change it.")
    content = readings[-1].content if readings else None
    return content or NoteContent()


def told_key(note: VisitNote, number: int) -> str:
    """Names the message that tells the patient of a version."""
    return f"record_new:{note.public_id}:{number}"


def untell(note: VisitNote) -> None:
    """Take back what the patient was to hear of later: on the day of release of what is replaced or counts no more."""
    if note.released_at is not None and note.released_at > clock.now():
        messages_withdraw(dedupe_keys=[told_key(note, number) for number in range(1, note.version_count + 1)])


def told_from(note: VisitNote) -> dict[str, Any]:
    """For an event that the patient is to see no earlier than the note itself."""
    is_open = note.released_at is None or note.released_at <= clock.now()
    return {} if is_open or note.released_at is None else {TOLD_FROM: moment(note.released_at)}


def assert_current(note: VisitNote, version: int) -> None:
    """Raises `StaleDraft` where the draft is not the one that the person has seen."""
    if version != note.draft_version:
        raise StaleDraft(note_draft_of(note), note.draft_version)
