"""The appointment's machine (FHIR R4 Appointment.status) and the words for why it waits or ended."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices

from common.errors import Conflict

# How long after its end a shared appointment stays open to whoever helped: for a question about it, or a bill, and no
# standing look at somebody's past. The patient takes it back earlier.
SHARE_LASTS = timedelta(days=14)


class Status(TextChoices):
    PENDING = "pending", "Waiting"
    BOOKED = "booked", "Booked"
    ARRIVED = "arrived", "Arrived"
    FULFILLED = "fulfilled", "Seen"
    CANCELLED = "cancelled", "Cancelled"
    NOSHOW = "noshow", "Did not attend"
    ENTERED_IN_ERROR = "entered-in-error", "Entered in error"


class PendingReason(TextChoices):
    PAYMENT = "payment", "Waiting for payment"
    APPROVAL = "approval", "Waiting for the doctor"


class CancelReason(TextChoices):
    PATIENT = "patient", "Cancelled by the patient"
    DOCTOR = "doctor", "Cancelled by the doctor"
    CLINIC = "clinic", "Cancelled by the clinic"
    HOLD_EXPIRED = "hold-expired", "Not paid in time"
    REJECTED = "rejected", "Declined by the doctor"
    LAPSED = "lapsed", "Not answered in time"
    WITHDRAWN = "withdrawn", "Withdrawn by the patient"


BY_THE_PRACTICE = frozenset({CancelReason.DOCTOR, CancelReason.CLINIC})


class CancellingState(TextChoices):
    """What became of one of many appointments that were to be cancelled at once; the words are to whoever asked."""

    WAITING = "waiting", "Not done yet"
    CANCELLED = "cancelled", "Cancelled"
    GONE = "gone", "It was cancelled or closed already"
    MOVED = "moved", "It was moved by then: cancel it on its own page if it is not to be"
    STOPPED = "stopped", "You stopped before its turn came: it stands"
    BEGUN = "begun", "It had begun by then"
    FAILED = "failed", "We could not cancel it: please do so on its own page"


class NoShowCorrection(TextChoices):
    """Why somebody takes back that a patient did not attend."""

    SEEN = "seen", "They were seen: it was marked by mistake"
    SEEN_LATE = "seen-late", "They came late and were seen"
    HAD_TOLD_US = "had-told-us", "They had told us that they could not come"
    OUR_DOING = "our-doing", "They came, and we could not see them"
    EXCUSED = "excused", "They could not help it"


class ErrorReason(TextChoices):
    """Why an appointment should never have been in the diary."""

    TWICE = "twice", "It is in the diary twice"
    WRONG_PATIENT = "wrong-patient", "It is for another patient"
    NOT_ASKED_FOR = "not-asked-for", "Nobody asked for it"
    TRIAL = "trial", "It was only to try the system"


LIVE = frozenset({Status.PENDING, Status.BOOKED, Status.ARRIVED, Status.FULFILLED})

# What a patient, a carer or a doctor can still cancel; the machine below allows more to staff.
CANCELLABLE = frozenset({Status.PENDING, Status.BOOKED})

# What takes place, or should have: its price is due.
STANDING = frozenset({Status.BOOKED, Status.ARRIVED, Status.FULFILLED, Status.NOSHOW})

# What can be given another time. A request is withdrawn and asked for anew: it was the time that the doctor was asked
# about; and a hold ends before anybody could be bothered by its time.
MOVABLE = frozenset({Status.BOOKED})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.BOOKED, Status.CANCELLED, Status.ENTERED_IN_ERROR}),
    Status.BOOKED: frozenset(
        {Status.BOOKED, Status.ARRIVED, Status.FULFILLED, Status.CANCELLED, Status.NOSHOW, Status.ENTERED_IN_ERROR}
    ),
    Status.ARRIVED: frozenset({Status.BOOKED, Status.FULFILLED, Status.ENTERED_IN_ERROR}),
    Status.FULFILLED: frozenset({Status.ENTERED_IN_ERROR}),
    Status.NOSHOW: frozenset({Status.FULFILLED, Status.CANCELLED, Status.ENTERED_IN_ERROR}),
    Status.CANCELLED: frozenset({Status.BOOKED, Status.ENTERED_IN_ERROR}),
    Status.ENTERED_IN_ERROR: frozenset(),
}


# What a correction makes of an appointment that was missed: it took place, or it is as if cancelled by the practice.
CORRECTED_TO = {
    NoShowCorrection.SEEN: Status.FULFILLED,
    NoShowCorrection.SEEN_LATE: Status.FULFILLED,
    NoShowCorrection.HAD_TOLD_US: Status.CANCELLED,
    NoShowCorrection.OUR_DOING: Status.CANCELLED,
    NoShowCorrection.EXCUSED: Status.CANCELLED,
}


def assert_can_move(current: str, target: Status) -> None:
    """Raises `Conflict` (code `illegal_transition`, with both states) where the machine has no such arrow."""
    if target not in TRANSITIONS[Status(current)]:
        raise Conflict("illegal_transition", "This appointment can no longer be changed that way.", current=current)
