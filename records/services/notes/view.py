from __future__ import annotations

from accounts.models import User
from audit.services import event_record
from records.models import VisitNote
from records.policies import is_author, reads_as_carer
from records.services.access.view import capacity_of
from records.services.notes.steps import told_from
from records.states import NoteStatus


def note_viewed(*, actor: User, note: VisitNote) -> None:
    """Say in the audit log that somebody read a note; patients who read their own leave no trace,
    nor do doctors who go on with what they have not signed: nobody else can read that.

    If it cannot be said, nothing is to be shown: let the error pass.
    """
    is_by_author = is_author(actor, note)
    is_own_draft = is_by_author and note.status == NoteStatus.PRELIMINARY
    if is_own_draft or (note.patient.user_id == actor.pk and not is_by_author):
        return
    capacity = "carer" if reads_as_carer(actor, note) else capacity_of(actor)
    event_record("note.viewed", note, actor=actor, capacity=capacity, **told_from(note))
