from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from common import clock
from common.errors import Conflict
from common.fields import sealed
from records.errors import StaleDraft
from records.locks import note_locked
from records.models import VisitNote
from records.note_content import NoteContent, to_text
from records.policies import assert_may_write
from records.selectors import headings_to_write, note_draft_of, note_for
from records.services.notes.steps import assert_current, signed_content, write
from records.states import SIGNED, NoteStatus


@transaction.atomic
def note_save(*, actor: User, note_id: UUID, version: int, content: NoteContent) -> VisitNote:
    """Keep what the doctor has typed: of a note that is not signed yet, or as an amendment of a signed one.

    `version` is the `draft_version` of what the doctor began with. The same text again changes nothing, whatever the
    version. It is kept under the sections that `headings_to_write` names, whichever the caller thinks of. It leaves no
    event: a draft is read by nobody else, and it is saved every few seconds.
    Raises `NotFound`, `Forbidden`, `Busy`, `Conflict` (`illegal_transition`) for what was entered in error or waits
    for that and (`altered`) for what cannot be relied on, and `StaleDraft`, which carries what is stored.
    """
    note_for(actor, note_id)
    note = note_locked(note_id)
    assert_may_write(actor, note)
    assert_can_be_written(note)
    stored = note_draft_of(note) if note.has_draft else signed_content(note)
    content = content.under(headings_to_write(note, stored, content.sections))
    if content == stored and (content.headings == stored.headings or version != note.draft_version):
        return note
    if version != note.draft_version:
        since = note.versions.filter(draft_version__gte=version)
        raise StaleDraft(stored, note.draft_version, is_signed=not note.has_draft and since.exists())
    note.draft, note.draft_version, note.draft_saved_at = to_text(content), note.draft_version + 1, clock.now()
    # Every few seconds: the versions that are kept are those that were signed.
    saved = {"draft_version": note.draft_version, "draft_saved_at": note.draft_saved_at}
    VisitNote.objects.filter(pk=note.pk).update(draft=sealed(note, "draft", note.draft), **saved)
    return note


@transaction.atomic
def note_discard(*, actor: User, note_id: UUID, version: int) -> VisitNote:
    """Throw away an amendment that is not signed, or a note that nobody has signed.

    The latter stays as entered in error, and without its text. Discarding again is answered like the first. Of a draft
    that no key opens only its version has to be right.
    Raises `NotFound`, `Forbidden`, `Busy` and `StaleDraft`.
    """
    note_for(actor, note_id)
    note = note_locked(note_id)
    assert_may_write(actor, note)
    if not note.has_draft:
        return note
    assert_current(note, version)
    write(note, actor=actor, draft="", draft_saved_at=None, draft_version=note.draft_version + 1, **_ended(note))
    event_record("note.discarded", note, actor=actor)
    return note


def _ended(note: VisitNote) -> dict[str, object]:
    if note.status in SIGNED:
        return {}
    return {"status": NoteStatus.ENTERED_IN_ERROR, "corrected_at": clock.now()}


def assert_can_be_written(note: VisitNote) -> None:
    if not note.can_be_written:
        message = "This note is entered in error, or a colleague is asked about that, so it cannot be changed."
        raise Conflict("illegal_transition", message, current=note.status)
