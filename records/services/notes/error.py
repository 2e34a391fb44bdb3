"""Entered in error: the doctor who signed a note asks a colleague, and the note is taken back when both say so."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from common import clock
from common.errors import Conflict, Invalid
from common.permissions import grant, revoke
from doctors.models import Doctor
from doctors.states import VerificationStatus
from records.locks import note_locked
from records.models import VisitNote
from records.policies import assert_may_second, assert_may_write
from records.selectors import note_for
from records.services.access.rights import reading_settle
from records.services.notes.steps import told_from, untell, write
from records.states import ASKED_FOR, NoteStatus, ShareKind, assert_can_move

REASON_LENGTH = 500


@transaction.atomic
def note_error_ask(*, actor: User, note_id: UUID, reason: str, colleague_email: str) -> VisitNote:
    """Ask a colleague, a verified doctor, whether a signed note was entered in error.

    They can read it for 14 days, or until they have answered. Raises `NotFound`, `Forbidden`, `Busy`, `Conflict`
    (`illegal_transition`, `already_asked`) and `Invalid` (fields `reason`, `colleague`).
    """
    note_for(actor, note_id)
    note = note_locked(note_id)
    assert_may_write(actor, note)
    if not note.is_signed:
        raise Conflict("illegal_transition", "Only what is signed is taken back by two.", current=note.status)
    if note.error_asked_at is not None:
        raise Conflict("already_asked", "A colleague is asked already.", current=note.status)
    if not reason.strip() or len(reason) > REASON_LENGTH:
        problem = f"Say why, in at most {REASON_LENGTH} characters."
        raise Invalid("reason_needed", problem, fields={"reason": [problem]})
    colleague, now = _colleague(note, actor, colleague_email), clock.now()
    write(note, actor=actor, error_reason=reason.strip(), error_asked_at=now, error_second=colleague)
    grant(colleague, "second_visitnote", note, expires_at=now + ASKED_FOR)
    reading_settle(kind=ShareKind.NOTE, thing=note, reader=colleague)
    event_record("note.error_asked", note, actor=actor, colleague=str(colleague.public_id))
    return note


def _colleague(note: VisitNote, actor: User, email: str) -> User:
    doctor = (
        Doctor.objects.filter(
            user__email__iexact=email.strip(),
            user__is_active=True,
            verification_status=VerificationStatus.VERIFIED,
            is_barred=False,
        )
        .exclude(user=actor)
        .exclude(user=note.patient.user_id)
        .select_related("user")
        .first()
    )
    if doctor is None or doctor.user is None:
        problem = "No other verified doctor here has this email address."
        raise Invalid("no_colleague", problem, fields={"colleague": [problem]})
    return doctor.user


@transaction.atomic
def note_error_withdraw(*, actor: User, note_id: UUID) -> VisitNote:
    """The doctor takes back the question; again is answered like the first time.

    Raises `NotFound`, `Forbidden`, `Busy`, and `Conflict` (`illegal_transition`) once the colleague has agreed.
    """
    note_for(actor, note_id)
    note = note_locked(note_id)
    assert_may_write(actor, note)
    if note.corrected_at is not None:
        raise Conflict("illegal_transition", "Your colleague has agreed already.", current=note.status)
    if note.error_asked_at is not None:
        _end_the_question(note, actor)
        event_record("note.error_withdrawn", note, actor=actor)
    return note


@transaction.atomic
def note_error_answer(*, actor: User, note_id: UUID, agrees: bool) -> VisitNote:
    """The colleague who was asked says whether the note was entered in error; they can read it no longer.

    Raises `NotFound`, `Forbidden` (`not_asked`), `Busy`, `Conflict` (`illegal_transition`).
    """
    note_for(actor, note_id)
    note = note_locked(note_id)
    assert_may_second(actor, note)
    if not agrees:
        _end_the_question(note, actor)
        event_record("note.error_declined", note, actor=actor)
        return note
    assert_can_move(note.status, NoteStatus.ENTERED_IN_ERROR)
    write(
        note,
        actor=actor,
        status=NoteStatus.ENTERED_IN_ERROR,
        corrected_at=clock.now(),
        draft="",
        draft_saved_at=None,
        draft_version=note.draft_version + 1,
    )
    _take_back(note, note.error_second)
    untell(note)
    event_record("note.entered_in_error", note, actor=actor, **told_from(note))
    return note


def _end_the_question(note: VisitNote, actor: User) -> None:
    colleague = note.error_second
    write(note, actor=actor, error_reason="", error_asked_at=None, error_second=None)
    _take_back(note, colleague)


def _take_back(note: VisitNote, colleague: User | None) -> None:
    """The right to answer; and to read it, unless it is shared with them besides."""
    assert colleague is not None
    revoke(colleague, "second_visitnote", note)
    reading_settle(kind=ShareKind.NOTE, thing=note, reader=colleague)
