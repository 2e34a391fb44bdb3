"""The machines of visit notes (FHIR R4 Composition.status) and prescriptions, and what a note is made of."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import IntegerChoices, TextChoices

from booking.states import Status as VisitStatus
from common.errors import Conflict


class NoteStatus(TextChoices):
    PRELIMINARY = "preliminary", "Not signed yet"
    FINAL = "final", "Signed"
    AMENDED = "amended", "Signed, amended since"
    ENTERED_IN_ERROR = "entered-in-error", "Entered in error"


class Section(TextChoices):
    """The parts that a note has where its doctor's specialty has none of its own (`NoteSection`), in their order."""

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


class ShareKind(TextChoices):
    """What of a record can be shared; `records.shareable` says how each is found and called."""

    RECORD = "record", "The whole record"
    NOTE = "note", "A visit note"
    PRESCRIPTION = "prescription", "A prescription"
    DOCUMENT = "document", "A document"


class ExportState(TextChoices):
    """Where a file with everything about a patient stands."""

    WAITING = "waiting", "Being put together"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be put together"
    REMOVED = "removed", "Removed after its time"


class ReviewState(TextChoices):
    """What was said of an emergency access afterwards."""

    OPEN = "open", "To be reviewed"
    JUSTIFIED = "justified", "Justified"
    NOT_JUSTIFIED = "not-justified", "Not justified"


# So long a colleague may read a note of which they are asked whether it was entered in error.
ASKED_FOR = timedelta(days=14)

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


class PrescriptionStatus(TextChoices):
    """The prescription's machine (FHIR R4 MedicationRequest.status)."""

    DRAFT = "draft", "Not signed yet"
    ACTIVE = "active", "Valid"
    ON_HOLD = "on-hold", "On hold"
    COMPLETED = "completed", "Dispensed"
    CANCELLED = "cancelled", "Cancelled"
    STOPPED = "stopped", "Stopped"
    EXPIRED = "expired", "Expired"
    ENTERED_IN_ERROR = "entered-in-error", "Entered in error"


_RX = PrescriptionStatus
# Those of which something may still be dispensed, now or once they are resumed.
STANDING = frozenset({_RX.ACTIVE, _RX.ON_HOLD})
_ENDED = frozenset({_RX.COMPLETED, _RX.CANCELLED, _RX.STOPPED, _RX.EXPIRED})

PRESCRIPTION_TRANSITIONS: dict[PrescriptionStatus, frozenset[PrescriptionStatus]] = {
    _RX.DRAFT: frozenset({_RX.ACTIVE, _RX.ENTERED_IN_ERROR}),
    _RX.ACTIVE: frozenset({_RX.ON_HOLD, _RX.ENTERED_IN_ERROR}) | _ENDED,
    # What is on hold is never dispensed; all else ends it without making it valid in between.
    _RX.ON_HOLD: frozenset({_RX.ACTIVE, _RX.ENTERED_IN_ERROR}) | _ENDED - {_RX.COMPLETED},
    **dict.fromkeys(_ENDED, frozenset({_RX.ENTERED_IN_ERROR})),
    _RX.ENTERED_IN_ERROR: frozenset(),
}


def assert_prescription_can_move(current: str, target: PrescriptionStatus) -> None:
    """As `assert_can_move`, of a prescription."""
    if target not in PRESCRIPTION_TRANSITIONS[PrescriptionStatus(current)]:
        message = "This prescription can no longer be changed that way."
        raise Conflict("illegal_transition", message, current=current)


class Schedule(IntegerChoices):
    """Of controlled drugs (Misuse of Drugs Regulations 2001)."""

    ONE = 1, "Schedule 1"
    TWO = 2, "Schedule 2"
    THREE = 3, "Schedule 3"
    FOUR = 4, "Schedule 4"
    FIVE = 5, "Schedule 5"


class LegalCategory(TextChoices):
    """Of medicines (Human Medicines Regulations 2012)."""

    POM = "POM", "Prescription only"
    P = "P", "Pharmacy"
    GSL = "GSL", "General sale"


class DocumentStatus(TextChoices):
    """FHIR R4 DocumentReference.status. Whether the file itself is checked yet is the kernel's `state`."""

    CURRENT = "current", "Current"
    SUPERSEDED = "superseded", "Replaced by a newer version"
    ENTERED_IN_ERROR = "entered-in-error", "Entered in error"


class Category(TextChoices):
    """What kind of document it is; `OPEN_TO_COLLEAGUES` and `DOCTORS_ADD` say what follows from that."""

    REFERRAL = "referral", "Referral"
    RESULT = "result", "Result"
    LETTER = "letter", "Letter"
    IMAGE = "image", "Image"
    IDENTITY = "identity", "Identity"
    CONSENT = "consent", "Consent"
    OTHER = "other", "Other"


# What an open record shows to doctors who did not add it. Proofs of identity and signed consents are not care: their
# patient, whoever added them, and whom a grant names.
OPEN_TO_COLLEAGUES = frozenset({Category.REFERRAL, Category.RESULT, Category.LETTER, Category.IMAGE, Category.OTHER})
# A proof of identity is the patient's to give.
DOCTORS_ADD = frozenset(Category) - {Category.IDENTITY}

# A newer version that was itself entered in error gives its place back.
DOCUMENT_TRANSITIONS: dict[DocumentStatus, frozenset[DocumentStatus]] = {
    DocumentStatus.CURRENT: frozenset({DocumentStatus.SUPERSEDED, DocumentStatus.ENTERED_IN_ERROR}),
    DocumentStatus.SUPERSEDED: frozenset({DocumentStatus.CURRENT, DocumentStatus.ENTERED_IN_ERROR}),
    DocumentStatus.ENTERED_IN_ERROR: frozenset(),
}


def assert_document_can_move(current: str, target: DocumentStatus) -> None:
    """Raises `Conflict` (code `illegal_transition`, with the current state) where the machine has no such arrow."""
    if target not in DOCUMENT_TRANSITIONS[DocumentStatus(current)]:
        raise Conflict("illegal_transition", "This document can no longer be changed that way.", current=current)
