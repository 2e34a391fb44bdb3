"""The visit note's machine (FHIR R4 Composition.status), and what a note is made of."""

from __future__ import annotations

from django.db.models import TextChoices

from booking.states import Status as VisitStatus
from common.errors import Conflict


class NoteStatus(TextChoices):
    PRELIMINARY = "preliminary", "Not signed yet"
    FINAL = "final", "Signed"
    AMENDED = "amended", "Signed, amended since"
    ENTERED_IN_ERROR = "entered-in-error", "Entered in error"


class Section(TextChoices):
    """The parts of a note as its doctor reads them, in their order."""

    REASON = "reason", "Reason for the visit"
    HISTORY = "history", "History"
    EXAMINATION = "examination", "Examination"
    ASSESSMENT = "assessment", "Assessment"
    PLAN = "plan", "Plan"
    FOLLOW_UP = "follow_up", "Follow-up"


# The same parts as the patient reads them.
IN_PLAIN_WORDS = {
    Section.REASON: "Why you came",
    Section.HISTORY: "What you told the doctor",
    Section.EXAMINATION: "What the doctor found",
    Section.ASSESSMENT: "What the doctor thinks it is",
    Section.PLAN: "What was agreed",
    Section.FOLLOW_UP: "What happens next",
}

# A note can be prepared before the visit; of what never took place there is nothing to write.
NOTED = frozenset({VisitStatus.BOOKED, VisitStatus.ARRIVED, VisitStatus.FULFILLED})

SIGNED = frozenset({NoteStatus.FINAL, NoteStatus.AMENDED})

TRANSITIONS: dict[NoteStatus, frozenset[NoteStatus]] = {
    NoteStatus.PRELIMINARY: frozenset({NoteStatus.FINAL, NoteStatus.ENTERED_IN_ERROR}),
    NoteStatus.FINAL: frozenset({NoteStatus.AMENDED, NoteStatus.ENTERED_IN_ERROR}),
    NoteStatus.AMENDED: frozenset({NoteStatus.AMENDED, NoteStatus.ENTERED_IN_ERROR}),
    NoteStatus.ENTERED_IN_ERROR: frozenset(),
}


def assert_can_move(current: str, target: NoteStatus) -> None:
    """Raises `Conflict` (code `illegal_transition`, with the current state) where the machine has no such arrow."""
    if target not in TRANSITIONS[NoteStatus(current)]:
        raise Conflict("illegal_transition", "This note can no longer be changed that way.", current=current)
