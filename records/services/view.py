from __future__ import annotations

from accounts.models import User
from audit.services import event_record
from records.models import VisitNote
from records.policies import is_author


def note_viewed(*, actor: User, note: VisitNote) -> None:
    """Say in the audit log that somebody read a note; patients who read their own leave no trace.

    If it cannot be said, nothing is to be shown: let the error pass.
    """
    if note.patient.user_id == actor.pk and not is_author(actor, note):
        return
    event_record("note.viewed", note, actor=actor, capacity="doctor")
