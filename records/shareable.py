"""What of a record can be shared, each by a line of `SHAREABLE`: how it is found, called, and whose it is to share.

Its model is guarded, has a `patient`, and `view_<model>` is what a share grants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.selectors import patient_of
from common import clock
from common.errors import Conflict, Forbidden, NotFound
from common.templatetags.when import long_date
from common.uploads.states import UploadState
from records.models import Document, HealthRecord, Prescription, RecordShare, VisitNote
from records.models.notes import NOTE_TEXTS
from records.policies import added, is_author, is_prescriber
from records.selectors import document_for, note_for, prescription_for
from records.states import ASKED_FOR, DocumentStatus, NoteStatus, PrescriptionStatus, ShareKind

IN_ERROR = "in_error"
NOT_CHECKED = "This file is not checked for viruses yet, or was refused, so it is not shared."


@dataclass(frozen=True, kw_only=True)
class Shareable:
    """`find(user, public_id)` answers what that person may read, or raises `NotFound`.

    `wrote(user, thing)` says who may share it besides the patient, `refusal(thing)` why nobody may share it now.
    `other_end(thing, user)` is until when they may read it for another reason than a share. `route` is its page's.
    """

    model: type[Model]
    find: Callable[[User, UUID], Any]
    title: Callable[[Any], str]
    wrote: Callable[[User, Any], bool] = lambda _user, _thing: False
    refusal: Callable[[Any], Conflict | None] = lambda _thing: None
    other_end: Callable[[Any, User], datetime | None] = lambda _thing, _user: None
    shown_with: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    route: str = ""

    def may_be_shared_by(self, user: User, thing: Any) -> bool:
        """Whether the person is one who shares it: its patient, or whoever wrote it."""
        return thing.patient.user_id == user.pk or self.wrote(user, thing)

    @property
    def rows(self) -> QuerySet[Any]:
        """All of them, without what only their own pages read: one changed byte of that must not end a share."""
        return self.model._default_manager.defer(*self.not_read)

    @property
    def codename(self) -> str:
        return f"view_{self.model._meta.model_name}"


def _own_record(user: User, public_id: UUID) -> HealthRecord:
    found = HealthRecord.objects.filter(patient=patient_of(user), public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _note_title(note: VisitNote) -> str:
    return f"The visit note of {long_date(note.appointment.start, note.appointment.location.zone)}, {note.doctor.name}"


def _in_error(what: str, current: str) -> Conflict:
    return Conflict(IN_ERROR, f"This {what} was entered in error, so it is not shared.", current=current)


def _not_yet() -> Conflict:
    return Conflict("not_released", "The patient cannot read this yet, so it cannot be shared yet.")


def _of_note(note: VisitNote) -> Conflict | None:
    if note.status == NoteStatus.ENTERED_IN_ERROR:
        return _in_error("note", note.status)
    is_open = note.is_signed and note.released_at is not None and note.released_at <= clock.now()
    return None if is_open else _not_yet()


def _of_prescription(prescription: Prescription) -> Conflict | None:
    if prescription.status == PrescriptionStatus.ENTERED_IN_ERROR:
        return _in_error("prescription", prescription.status)
    return None if prescription.is_signed else _not_yet()


def _of_document(document: Document) -> Conflict | None:
    if document.status == DocumentStatus.ENTERED_IN_ERROR:
        return _in_error("document", document.status)
    if document.status == DocumentStatus.SUPERSEDED:
        return Conflict("superseded", "There is a newer version of this document. Share that.", current=document.status)
    return None if document.state == UploadState.CURRENT else Conflict("not_checked", NOT_CHECKED)


def _asked_until(note: VisitNote, user: User) -> datetime | None:
    """The colleague who is asked whether it was entered in error reads it too."""
    is_asked = note.error_asked_at is not None and note.corrected_at is None and note.error_second_id == user.pk
    return note.error_asked_at + ASKED_FOR if is_asked and note.error_asked_at else None


SHAREABLE: dict[str, Shareable] = {
    ShareKind.RECORD: Shareable(
        model=HealthRecord, find=_own_record, title=lambda _: "The whole health record", shown_with=("patient",)
    ),
    ShareKind.NOTE: Shareable(
        model=VisitNote,
        find=note_for,
        title=_note_title,
        wrote=is_author,
        refusal=_of_note,
        other_end=_asked_until,
        shown_with=("appointment__location", "doctor"),
        not_read=NOTE_TEXTS,
        route="records:note",
    ),
    ShareKind.PRESCRIPTION: Shareable(
        model=Prescription,
        find=prescription_for,
        title=lambda one: f"The prescription of {long_date(one.signed_at)}, {one.doctor.name}",
        wrote=is_prescriber,
        refusal=_of_prescription,
        shown_with=("doctor",),
        not_read=("draft", "reason"),
        route="records:prescription",
    ),
    ShareKind.DOCUMENT: Shareable(
        model=Document,
        find=document_for,
        title=lambda one: f"A document ({one.get_category_display().lower()}) of {long_date(one.uploaded_at)}",
        wrote=added,
        refusal=_of_document,
        route="records:document",
    ),
}


def can_share(user: User, kind: str, thing: Any) -> bool:
    """Whether the person may share it now: for the pages that offer that."""
    one = SHAREABLE[kind]
    return one.may_be_shared_by(user, thing) and one.refusal(thing) is None


def shareable_of(kind: str) -> Shareable:
    """Raises `NotFound` for a kind that nobody can share."""
    if kind not in SHAREABLE:
        raise NotFound
    return SHAREABLE[kind]


def shareable_to(user: User, kind: str, object_id: UUID) -> Any:
    """One thing of a record that the person may share now: as its patient, or as whoever wrote it.

    Raises `NotFound`, `Forbidden` (`not_yours_to_share`) and `Conflict` (why in its code).
    """
    one = shareable_of(kind)
    thing = one.find(user, object_id)
    if not one.may_be_shared_by(user, thing):
        raise Forbidden("not_yours_to_share", "Only the patient, or the doctor who wrote this, can share it.")
    if refusal := one.refusal(thing):
        raise refusal
    return thing


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A share as pages show it; `path` is the page of what is shared (empty for the whole record)."""

    share: RecordShare
    title: str
    path: str
    is_by_patient: bool

    @property
    def last_day(self) -> date:
        return clock.last_day(self.share.expires_at)


def _told(one: Shareable, thing: Any) -> str:
    """What was entered in error may be about somebody else, so it is called no more than that."""
    refusal = one.refusal(thing)
    return "Something that was entered in error" if refusal and refusal.code == IN_ERROR else one.title(thing)


def shared(shares: Iterable[RecordShare]) -> list[Shared]:
    """The shares with what they are about, in their order: one statement for each kind."""
    rows = list(shares)
    titles: dict[tuple[str, UUID], str] = {}
    for kind, one in SHAREABLE.items():
        ids = [share.object_id for share in rows if share.kind == kind]
        if ids:
            things = one.rows.filter(public_id__in=ids).select_related(*one.shown_with)
            titles |= {(kind, thing.public_id): _told(one, thing) for thing in things}
    return [
        Shared(
            share=share,
            title=titles[share.kind, share.object_id],
            path=reverse(route, args=[share.object_id]) if (route := SHAREABLE[share.kind].route) else "",
            is_by_patient=share.shared_by_id == share.patient.user_id,
        )
        for share in rows
    ]
