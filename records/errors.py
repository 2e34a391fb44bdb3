from __future__ import annotations

from common.errors import Conflict
from records.note_content import NoteContent


class StaleDraft(Conflict):
    """Somebody (the same doctor, in another window) has saved since. `stored` is what is saved now, as `version`.

    What was typed is the caller's to keep and show beside it.
    """

    def __init__(self, stored: NoteContent, version: int) -> None:
        self.stored, self.version = stored, version
        message = "This note was changed in another window since this page was opened. Nothing was overwritten."
        super().__init__("stale_draft", message)
