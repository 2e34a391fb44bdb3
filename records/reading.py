"""What of a note, a prescription or a document one reader is shown: the same on pages and in the API.

What was entered in error may be about somebody else, so its text is for whoever wrote it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from common.fields import opened_or_words
from records import selectors
from records.models import Document, Prescription, VisitNote
from records.policies import (
    added,
    is_author,
    is_prescriber,
    may_end_prescription,
    may_second,
    opens_as_carer,
    reads_as_carer,
)
from records.selectors import PrescriptionReading, Reading
from records.states import DocumentStatus, NoteStatus, PrescriptionStatus


@dataclass(frozen=True, kw_only=True)
class NoteRead:
    """`readings` are its versions, the first one first; `error_reason` is for its author and whom they ask."""

    is_author: bool
    as_carer: bool
    for_patient: bool
    seconds: bool
    is_whole: bool
    is_released: bool
    error_reason: str
    readings: Sequence[Reading]


def note_read(user: User, note: VisitNote, *, now: datetime) -> NoteRead:
    """Of a note that the person may see (`selectors.note_for`)."""
    author = is_author(user, note)
    as_carer = not author and reads_as_carer(user, note)
    seconds = may_second(user, note)
    is_hidden = note.status == NoteStatus.ENTERED_IN_ERROR and not author
    readings = [] if is_hidden else selectors.readings_of(note)
    return NoteRead(
        is_author=author,
        as_carer=as_carer,
        for_patient=as_carer or (note.patient.user_id == user.pk and not author),
        seconds=seconds,
        is_whole=is_hidden or selectors.is_whole(note, readings),
        is_released=note.released_at is not None and note.released_at <= now,
        error_reason=opened_or_words(note, "error_reason") if author or seconds else "",
        readings=readings,
    )


@dataclass(frozen=True, kw_only=True)
class PrescriptionRead:
    """`reading` has nothing signed in it where the reader may not read that."""

    status: PrescriptionStatus
    is_author: bool
    as_carer: bool
    for_patient: bool
    can_end: bool
    is_altered: bool
    reason: str
    reading: PrescriptionReading


def prescription_read(user: User, prescription: Prescription, *, now: datetime) -> PrescriptionRead:
    """Of a prescription that the person may see (`selectors.prescription_for`)."""
    author, status = is_prescriber(user, prescription), prescription.status_at(now)
    is_hidden = (status == PrescriptionStatus.ENTERED_IN_ERROR and not author) or not prescription.is_signed
    reading = PrescriptionReading(signature=None, signed=None) if is_hidden else selectors.reading_of(prescription)
    return PrescriptionRead(
        status=status,
        is_author=author,
        as_carer=opens_as_carer(user, prescription),
        for_patient=prescription.patient.user_id == user.pk and not author,
        can_end=may_end_prescription(user, prescription),
        is_altered=not is_hidden and reading.signed is None,
        reason=opened_or_words(prescription, "reason") if author or not is_hidden else "",
        reading=reading,
    )


@dataclass(frozen=True, kw_only=True)
class DocumentRead:
    """`versions` are the others that the reader may see, the latest first."""

    is_adder: bool
    is_hidden: bool
    versions: Sequence[Document]


def document_read(user: User, document: Document) -> DocumentRead:
    """Of a document that the person may see (`selectors.document_for`)."""
    is_adder = added(user, document)
    is_hidden = document.status == DocumentStatus.ENTERED_IN_ERROR and not is_adder
    versions = [] if is_hidden else selectors.versions_of(user, document)
    return DocumentRead(is_adder=is_adder, is_hidden=is_hidden, versions=versions)
