from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Patient, User
from accounts.states import Scope
from booking.models import Appointment
from booking.selectors import appointments_visible_to
from booking.states import Status as VisitStatus
from common import clock
from common.among import OfEach
from common.errors import NotFound
from common.keyset import KeyPage, latest_first
from records.models import VisitNote
from records.models.notes import NOTE_TEXTS
from records.note_content import NoteContent, from_text
from records.selectors.access import authored_rules, granted_rules, helped_rule, of_patients, own_rules, rows_open
from records.selectors.note_versions import readings_of
from records.selectors.texts import drafted
from records.selectors.ways import Ways, ways_of
from records.states import SIGNED, NoteStatus

_SHOWN_WITH = ("appointment__location", "appointment__visit_type", "doctor", "patient")
# A visit that took place by then and has no note is something to do; older ones were written elsewhere.
TO_WRITE_DAYS = 30
SHOWN_TO_DO = 50


def notes_visible_to(
    user: User | AnonymousUser,
    *,
    filters: Q | None = None,
    order_by: Sequence[str] = ("-created_at", "-pk"),
    limit: int | None = None,
    in_error: bool = False,
    patient: Patient | None = None,
    as_author: bool = False,
) -> QuerySet[VisitNote]:
    """The visit notes that a person may read: as the doctor who writes them, as the patient what is signed and
    released, as a carer whom the patient lets read that, as a doctor to whom the record is open what colleagues have
    signed, or by a grant.

    Nothing else opens them: no place where one works, no office, no superuser. `filters`, order and limit go into each
    of these arms; for one patient's `patient` asks, and for what the person has written as a doctor `as_author`, which
    costs less. What was entered in error is hidden unless
    `in_error` asks for it. A suspended doctor reads nothing but what is their own as a patient, also where a grant
    opens a note: `has_perm` alone does not know that.
    """
    if not user.is_authenticated:
        return VisitNote.objects.none()
    now = clock.now()
    ways = Ways() if as_author else ways_of(user, VisitNote, now=now, patient=patient)
    return rows_open(
        VisitNote.objects.select_related(*_SHOWN_WITH).defer(*NOTE_TEXTS),
        user=user,
        ways=ways,
        owned=authored_rules(user) if as_author else _note_rules(user, ways, now=now),
        filters=(filters or Q()) & (Q() if in_error else ~Q(status=NoteStatus.ENTERED_IN_ERROR)),
        order_by=order_by,
        limit=limit,
        patient=patient,
    )


def _note_rules(user: User, ways: Ways, *, now: datetime) -> list[Q | OfEach]:
    own = [*own_rules(user, ways, patients_read=released_rule(now)), *granted_rules(ways)]
    cared = [cared_notes_rule(user) & released_rule(now)] if user.may_be_carer else []
    return [*own, *cared, *colleague_rules(ways, now=now)]


def cared_notes_rule(user: User) -> Q:
    """The notes of those who let the person read them as a carer, but of visits that they keep from carers."""
    return helped_rule(user, Scope.READ) & Q(appointment__is_confidential=False)


def released_rule(now: datetime) -> Q:
    """What a patient may read of their own: signed, and from the day on that its doctor chose."""
    return Q(signed_at__isnull=False, released_at__lte=now)


def colleague_rules(ways: Ways, *, now: datetime) -> list[Q | OfEach]:
    """What colleagues have signed in the records that are open to a doctor; of one that is shared nothing before its
    patient may read it."""
    signed = Q(status__in=sorted(SIGNED))
    return [*of_patients(ways.unasked, signed), *of_patients(ways.shared, signed & released_rule(now))]


def note_for(user: User | AnonymousUser, note_id: UUID) -> VisitNote:
    """One note that the person may read, also one that was entered in error.

    Raises `NotFound`, the same for what exists and what does not.
    """
    found = notes_visible_to(user, filters=Q(public_id=note_id), in_error=True).first()
    if found is None:
        raise NotFound("We cannot find that note.")
    return found


def note_of_visit(user: User, appointment: Appointment) -> VisitNote | None:
    """The note of a visit, where the person may read it."""
    return notes_visible_to(user, filters=Q(appointment=appointment), limit=1).first()


def notes_about(user: User, patient: Patient, *, limit: int) -> QuerySet[VisitNote]:
    """What is signed about one patient, as far as the person may read it, the latest first."""
    signed, latest = Q(signed_at__isnull=False), ("-signed_at", "-pk")
    return notes_visible_to(user, patient=patient, filters=signed, order_by=latest, limit=limit)


def notes_as_carer(user: User, patient: Patient, *, limit: int) -> QuerySet[VisitNote]:
    """What a carer reads of somebody's notes, the latest first, whatever else they may read besides."""
    cared, latest = cared_notes_rule(user) & released_rule(clock.now()), ("-signed_at", "-pk")
    return notes_visible_to(user, patient=patient, filters=cared, order_by=latest, limit=limit)


def content_to_write(note: VisitNote) -> NoteContent:
    """What the doctor goes on writing: the open draft, else what was signed last. Raises as `note_draft_of`."""
    if note.has_draft:
        return note_draft_of(note)
    readings = readings_of(note)
    return (readings[-1].content if readings else None) or NoteContent()


def note_draft_of(note: VisitNote) -> NoteContent:
    """What its doctor is writing. Raises `Conflict` (`altered`) where that cannot be read any more."""
    return drafted(note, from_text)


def notes_of(user: User, *, size: int, before: UUID | None = None, after: UUID | None = None) -> KeyPage[VisitNote]:
    """A page of a patient's own signed and released notes, the latest first, from the edge that `before` or `after`
    name; a note that the person cannot see names no page, which is the first one then.
    """
    own = Q(patient__user=user) & released_rule(clock.now())
    return latest_first(partial(notes_visible_to, user), own, "signed_at", size=size, before=before, after=after)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What a doctor has to write: drafts that are not signed, visits without a note, and what colleagues ask."""

    drafts: list[VisitNote]
    unwritten: list[Appointment]
    asked: list[VisitNote]

    @property
    def count(self) -> int:
        return len(self.drafts) + len(self.unwritten) + len(self.asked)


def to_do_of(user: User, *, now: datetime) -> Waiting:
    """At most 50 of each, the oldest first."""
    drafts = notes_visible_to(
        user,
        filters=Q(draft_saved_at__isnull=False),
        order_by=("draft_saved_at", "pk"),
        limit=SHOWN_TO_DO,
        as_author=True,
    )
    kept = VisitNote.objects.filter(appointment=OuterRef("pk")).exclude(status=NoteStatus.ENTERED_IN_ERROR)
    took_place = Q(doctor__user=user, status=VisitStatus.FULFILLED, start__gt=now - timedelta(days=TO_WRITE_DAYS))
    unwritten = appointments_visible_to(user, filters=took_place & Q(~Exists(kept)), limit=SHOWN_TO_DO, at_work=False)
    asked = notes_visible_to(
        user,
        filters=Q(error_second=user, error_asked_at__isnull=False, corrected_at__isnull=True),
        order_by=("error_asked_at", "pk"),
        limit=SHOWN_TO_DO,
    )
    return Waiting(drafts=list(drafts), unwritten=list(unwritten), asked=list(asked))
