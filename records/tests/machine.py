"""The visit note's machine as a specification that can be run: domain.md's table, and a world to hold against it.

`verdict` says what each verb has to do to a note, `World` does it with the services and the database, and looks after
each step at everything that must hold whatever happened before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.states import Status as VisitStatus
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common import clock
from common.errors import NotFound
from notifications.models import Message
from records.models import NoteVersion, VisitNote, VisitNoteUserGrant
from records.note_content import NoteContent, from_text
from records.selectors import is_whole, note_for, notes_visible_to, readings_of
from records.services import record_share
from records.states import ASKED_FOR
from records.tests.steps import visit

DAY = timedelta(days=1)
TREATING_AFTER, TREATING_BEFORE = 90 * DAY, 14 * DAY
EMPTY = NoteContent()
CHANGES, SAME, REFUSED = "changes", "stays the same", "is refused"

# domain.md, "Visit note": every arrow that there is; what is written without a signature stays where it is.
ARROWS = {
    "preliminary": {"preliminary", "final", "entered-in-error"},
    "final": {"final", "amended", "entered-in-error"},
    "amended": {"amended", "entered-in-error"},
    "entered-in-error": set(),
}
SIGNED = {"final", "amended"}
PARTIES = ("author", "colleague", "asked", "shared with", "patient", "carer", "other patient", "office", "superuser")


class Seen:
    """A note as its row was, and what is signed of it."""

    def __init__(self, row: VisitNote, texts: list[NoteContent | None], drafts: set[int]) -> None:
        self.key, self.public_id, self.status = row.pk, row.public_id, str(row.status)
        self.visit, self.doctor, self.patient = row.appointment_id, row.doctor_id, row.patient_id
        self.draft = from_text(row.draft) if row.has_draft else None
        self.draft_version, self.saved_at = row.draft_version, row.draft_saved_at
        self.signed_at, self.released_at = row.signed_at, row.released_at
        self.asked_at, self.second, self.corrected_at = row.error_asked_at, row.error_second_id, row.corrected_at
        self.version_count, self.texts, self.signed_drafts = row.version_count, texts, drafts

    @property
    def can_be_written(self) -> bool:
        return self.status != "entered-in-error" and self.asked_at is None

    @property
    def stored(self) -> NoteContent:
        if self.draft is not None:
            return self.draft
        return (self.texts[-1] if self.texts else None) or NoteContent()

    def is_released(self, now: datetime) -> bool:
        return self.signed_at is not None and self.released_at is not None and self.released_at <= now

    def is_open_to_answer(self, now: datetime) -> bool:
        return self.asked_at is not None and self.corrected_at is None and now < self.asked_at + ASKED_FOR


@dataclass(frozen=True)
class Deed:
    """What somebody tries: `version` is the draft's that they have seen."""

    verb: str
    party: str
    version: int = 0
    content: NoteContent = EMPTY
    reason: str = ""
    release: datetime | None = None
    names_colleague: bool = True


def verdict(deed: Deed, seen: Seen, now: datetime, start: datetime) -> str:
    """What it has to do; `start` is the visit's."""
    if deed.verb in ("agree", "decline"):
        return CHANGES if deed.party == "asked" and seen.is_open_to_answer(now) else REFUSED
    return _VERDICTS[deed.verb](deed, seen, now, start) if deed.party == "author" else REFUSED


def _save(deed: Deed, seen: Seen, now: datetime, start: datetime) -> str:
    if not seen.can_be_written:
        return REFUSED
    if deed.content == seen.stored:
        return SAME
    return CHANGES if deed.version == seen.draft_version else REFUSED


def _sign(deed: Deed, seen: Seen, now: datetime, start: datetime) -> str:
    if seen.draft is None and deed.version in seen.signed_drafts:
        return SAME
    if not seen.can_be_written or seen.draft is None or deed.version != seen.draft_version or start > now:
        return REFUSED
    if seen.draft.is_empty or (seen.texts and (seen.draft == seen.texts[-1] or not deed.reason)):
        return REFUSED
    is_day_wrong = deed.release is not None and not now < deed.release <= now + timedelta(days=366)
    return REFUSED if is_day_wrong and not seen.is_released(now) else CHANGES


def _discard(deed: Deed, seen: Seen, now: datetime, start: datetime) -> str:
    if seen.draft is None:
        return SAME
    return CHANGES if deed.version == seen.draft_version else REFUSED


def _ask(deed: Deed, seen: Seen, now: datetime, start: datetime) -> str:
    return CHANGES if seen.status in SIGNED and seen.asked_at is None and deed.names_colleague else REFUSED


def _withdraw(deed: Deed, seen: Seen, now: datetime, start: datetime) -> str:
    if seen.corrected_at is not None:
        return REFUSED
    return SAME if seen.asked_at is None else CHANGES


_VERDICTS: dict[str, Callable[[Deed, Seen, datetime, datetime], str]] = {
    "save": _save,
    "sign": _sign,
    "discard": _discard,
    "ask": _ask,
    "withdraw": _withdraw,
}


class Look:
    """All that can be seen of the notes: a refusal has to leave it as it was."""

    def __init__(self) -> None:
        self.notes = list(VisitNote.objects.select_related("appointment", "patient", "doctor").order_by("pk"))
        self.versions = {row["id"]: row for row in NoteVersion.objects.order_by("pk").values()}
        self.readings = {note.pk: readings_of(note) for note in self.notes}
        self.rows = {note.pk: self._seen(note) for note in self.notes}
        self.raw = list(VisitNote.objects.order_by("pk").values())
        self.states: dict[int, list[str]] = {note.pk: [] for note in self.notes}
        for key, status in VisitNote.history.order_by("history_id").values_list("id", "status"):
            self.states[key].append(status)
        self.events = Counter(Event.objects.filter(action__startswith="note.").values_list("object_id", flat=True))
        self.messages = list(Message.objects.order_by("pk").values_list("pk", "dedupe_key", "status"))
        self.grants = list(VisitNoteUserGrant.objects.order_by("pk").values())

    def _seen(self, note: VisitNote) -> Seen:
        drafts = {row["draft_version"] for row in self.versions.values() if row["note_id"] == note.pk}
        return Seen(note, [reading.content for reading in self.readings[note.pk]], drafts)

    def __eq__(self, other: object) -> bool:
        names = ("raw", "versions", "states", "events", "messages", "grants")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = None  # type: ignore[assignment]

    def assert_kept(self, before: Look, now: datetime) -> None:
        """Nothing signed has changed since, and what a patient could read they can read still."""
        for key, row in before.versions.items():
            assert self.versions.get(key) == row, "a signed version changed"
        for key, seen in before.rows.items():
            assert not seen.is_released(now) or self.rows[key].is_released(now), "what was released is closed again"

    def assert_told(self, before: Look, *, is_quiet: bool) -> None:
        """What changed has one row more in the history and one event; a saved draft, which nobody else reads, none."""
        old = {row["id"]: row for row in before.raw}
        for row in self.raw:
            key = row["id"]
            more = int(old.get(key) != row and not is_quiet)
            assert len(self.states[key]) - len(before.states.get(key, [])) == more, row["status"]
            assert self.events[str(row["public_id"])] - before.events[str(row["public_id"])] == more, row["status"]
            assert self.states[key][-1] == row["status"]


class World:
    """Four doctors, two patients and five visits; and whoever else would like to read."""

    def __init__(self, begin: datetime) -> None:
        self.author, self.colleague, self.asked, self.reader = (bookable_doctor() for _ in range(4))
        self.patient, other = PatientFactory.create_batch(2)
        self.visits = {
            made.pk: made
            for made in (
                visit(self.author, self.patient, start=begin - DAY),
                visit(self.author, self.patient, start=begin + DAY, status=VisitStatus.BOOKED),
                visit(self.author, self.patient, start=begin - 2 * DAY, is_confidential=True),
                visit(self.colleague, self.patient, start=begin - 3 * DAY),
                visit(self.author, other, start=begin - 4 * DAY),
            )
        }
        self.carer_until, self.share_until = begin + 30 * DAY, begin
        carer = CarerFactory.create(patient=self.patient, can_read=True, can_book=False, expires_at=self.carer_until)
        own = user_of(self.patient)
        share = record_share(actor=own, doctor_id=self.reader.public_id, until=clock.clinic_day(begin + 20 * DAY))
        self.share_until = share.expires_at
        self.people: dict[str, User] = {
            "colleague": user_of(self.colleague),
            "asked": user_of(self.asked),
            "shared with": user_of(self.reader),
            "patient": own,
            "carer": carer.user,
            "other patient": user_of(other),
            "office": UserFactory.create(roles=[Role.ADMINISTRATOR, Role.CONTENT_EDITOR, Role.AUDITOR]),
            "superuser": UserFactory.create(is_superuser=True),
        }

    def party(self, seen: Seen, party: str) -> User:
        """Who that is for a note; its colleague is whoever of the two did not write it."""
        if party not in ("author", "colleague"):
            return self.people[party]
        return user_of(self.author if (seen.doctor == self.author.pk) == (party == "author") else self.colleague)

    def may_read(self, seen: Seen, user: User, now: datetime) -> bool:
        """domain.md and docs/decisions/0020, 0021, in a form of its own."""
        visit_of = self.visits[seen.visit]
        is_released = seen.is_released(now)
        if visit_of.patient.user_id == user.pk:
            return is_released
        if user == self.people["carer"] and visit_of.patient == self.patient:
            return is_released and not visit_of.is_confidential and now < self.carer_until
        return hasattr(user, "doctor") and self._reads_as_doctor(seen, user, now)

    def _reads_as_doctor(self, seen: Seen, user: User, now: datetime) -> bool:
        doctor, visit_of = user.doctor, self.visits[seen.visit]
        if doctor.pk == seen.doctor:
            return True
        if doctor == self.asked and seen.second == user.pk:
            return seen.is_open_to_answer(now)
        if doctor == self.reader and visit_of.patient == self.patient and now < self.share_until:
            return seen.is_released(now) and seen.status in SIGNED
        about_now = (one for one in self.visits.values() if one.doctor == doctor and one.patient == visit_of.patient)
        treats = any(now - TREATING_AFTER < one.start < now + TREATING_BEFORE for one in about_now)
        return treats and seen.status in SIGNED

    def moments(self, look: Look) -> list[datetime]:
        """When something ends or begins by itself."""
        found = [self.carer_until, self.share_until]
        found += [at + length for one in self.visits.values() for at, length in ((one.start, TREATING_AFTER),)]
        found += [one.start for one in self.visits.values()]
        found += [row.released_at for row in look.rows.values() if row.released_at]
        found += [row.asked_at + ASKED_FOR for row in look.rows.values() if row.asked_at]
        return found

    def holds(self, look: Look, turn: int) -> None:
        """What must be true at every time. Who may read is asked of the patient, and of the others in turn."""
        now = clock.now()
        standing = Counter(row.visit for row in look.rows.values() if row.status != "entered-in-error")
        assert max(standing.values(), default=0) <= 1, "two notes of a visit stand"
        for note in look.notes:
            readings = look.readings[note.pk]
            assert is_whole(note, readings), "a note is not as it was signed"
            assert [one.version.number for one in readings] == list(range(1, note.version_count + 1))
            states = look.states[note.pk]
            assert all(after in ARROWS[state] for state, after in pairwise(states)), states
        others = [user_of(self.author), *self.people.values()]
        for user in (self.people["patient"], others[turn % len(others)]):
            expected = {row.key for row in look.rows.values() if self.may_read(row, user, now)}
            shown = {key for key in expected if look.rows[key].status != "entered-in-error"}
            assert {note.pk for note in notes_visible_to(user)} == shown, f"the list of {user.pk}"
        if look.notes:
            note = look.notes[turn % len(look.notes)]
            may = note.pk in expected
            assert user.has_perm("records.view_visitnote", note) is may
            assert self._finds(user, note) is may

    @staticmethod
    def _finds(user: User, note: VisitNote) -> bool:
        try:
            return note_for(user, note.public_id) == note
        except NotFound:
            return False

    def appointment(self, seen: Seen) -> Appointment:
        return self.visits[seen.visit]

    def facts(self, deed: Deed, seen: Seen) -> dict[str, Any]:
        return {"actor": self.party(seen, deed.party), "note_id": seen.public_id}
