"""The machine of an invitation to help, and the words for how it ended."""

from __future__ import annotations

from django.db.models import TextChoices

from common.errors import Conflict


class InvitationState(TextChoices):
    INVITED = "invited", "Invited"
    ACCEPTED = "accepted", "Accepted"
    ENDED = "ended", "Ended"


class EndReason(TextChoices):
    DECLINED = "declined", "Declined by the invited person"
    REVOKED = "revoked", "Taken back by the patient"
    LEFT = "left", "Given up by the carer"
    EXPIRED = "expired", "Over at its set end"


class CloseReason(TextChoices):
    """Why an account is closed, as a word for the audit log."""

    LEFT = "left", "They do not work here any more"
    ASKED = "asked", "They asked for it"
    DUPLICATE = "duplicate", "They have another account"
    AT_RISK = "at-risk", "Somebody else may be using it"
    MISUSE = "misuse", "It was misused"


class Scope(TextChoices):
    """What a carer may do for a patient. Each is a field of `accounts.models.Carer`."""

    SEE = "can_see", "See the appointments"
    BOOK = "can_book", "Book appointments, and cancel them"
    PAY = "can_pay", "Pay for appointments"
    READ = "can_read", "Read what doctors have written about visits"
    PRESCRIPTIONS = "can_read_prescriptions", "Read and print prescriptions"
    DOCUMENTS = "can_read_documents", "Look at the documents of the health record"


# What opens a part of the health record: each is given by itself, and with an end.
READING = frozenset({Scope.READ, Scope.PRESCRIPTIONS, Scope.DOCUMENTS})


LIVE = frozenset({InvitationState.INVITED, InvitationState.ACCEPTED})

TRANSITIONS: dict[InvitationState, frozenset[InvitationState]] = {
    InvitationState.INVITED: frozenset({InvitationState.ACCEPTED, InvitationState.ENDED}),
    InvitationState.ACCEPTED: frozenset({InvitationState.ENDED}),
    InvitationState.ENDED: frozenset(),
}


def assert_can_move(current: str, target: InvitationState) -> None:
    """Raises `Conflict` (`illegal_transition`, with `current`, the state) where the machine has no such arrow."""
    if target not in TRANSITIONS[InvitationState(current)]:
        raise Conflict("illegal_transition", "This invitation is over, so it cannot be changed.", current=current)


class Area(TextChoices):
    """What the API is divided into: a token opens each to read, to change, or not at all."""

    PROFILE = "profile", "who you are and whom you help"
    APPOINTMENTS = "appointments", "appointments"
    AVAILABILITY = "availability", "a doctor’s hours"
    PAYMENTS = "payments", "payments and receipts"
    RECORDS = "records", "health records"
    MESSAGES = "messages", "messages and how they reach you"
    VERIFICATION = "verification", "verification as a doctor"
    ACCESS = "access", "sessions and API tokens"


ALL_SCOPES = tuple(f"{area.value}:{kind}" for area in Area for kind in ("read", "write"))
# What a token opens that names nothing.
LEAST_SCOPES = ("profile:read",)
