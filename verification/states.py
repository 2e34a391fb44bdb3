"""The machine of a doctor's verification (domain.md, Verification); its words are `doctors.states`'."""

from __future__ import annotations

from django.db.models import TextChoices

from common.errors import Conflict
from doctors.states import VerificationStatus

Status = VerificationStatus

OPEN = frozenset({Status.DRAFT, Status.PENDING})
DECIDED = frozenset({Status.VERIFIED, Status.REJECTED, Status.SUSPENDED, Status.EXPIRED})
REFUSED = frozenset({Status.REJECTED, Status.SUSPENDED})
# A doctor whose last case stands here comes back by a new case, which starts as pending.
REOPENABLE = frozenset({Status.REJECTED, Status.SUSPENDED, Status.EXPIRED})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.PENDING}),
    Status.PENDING: frozenset({Status.VERIFIED, Status.REJECTED}),
    Status.VERIFIED: frozenset({Status.SUSPENDED, Status.EXPIRED}),
    Status.REJECTED: frozenset({Status.PENDING}),
    Status.SUSPENDED: frozenset({Status.PENDING}),
    Status.EXPIRED: frozenset({Status.PENDING}),
}


class ReasonCode(TextChoices):
    """Why a doctor is refused or suspended: the words that the doctor is told."""

    NOT_ON_REGISTER = "not-on-register", "The GMC number is not on the register"
    NAME_DIFFERS = "name-differs", "The name differs from the register"
    NO_LICENCE = "no-licence", "No current licence to practise"
    CONDITIONS = "conditions", "Conditions or warnings on the registration"
    EVIDENCE = "evidence", "Evidence is missing or has run out"
    CONCERN = "concern", "A concern has been raised"
    OTHER = "other", "Another reason"


def assert_can_move(current: str, target: Status) -> None:
    """Raises `Conflict` (code `illegal_transition`, data `current`) where the machine has no such arrow."""
    status = Status(current)
    if target not in TRANSITIONS[status]:
        raise Conflict(
            "illegal_transition",
            f"This case now stands at “{status.label}”, so nothing was changed. Somebody else may have decided first.",
            current=status.value,
        )
