"""The steps that records' services share; each runs inside their transaction, on a note that they locked."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from common.errors import Conflict
from common.history import sign
from records.content import NoteContent, from_text
from records.errors import StaleDraft
from records.models import VisitNote
from records.selectors import is_whole, readings_of


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


def assert_current(note: VisitNote, version: int) -> None:
    """Raises `StaleDraft` where the draft is not the one that the person has seen."""
    if version != note.draft_version:
        raise StaleDraft(from_text(note.draft), note.draft_version)
