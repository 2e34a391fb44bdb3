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
    # A concern does not wait until a renewal is submitted or decided (see `selectors.can_be_suspended`).
    Status.DRAFT: frozenset({Status.PENDING, Status.SUSPENDED}),
    Status.PENDING: frozenset({Status.VERIFIED, Status.REJECTED, Status.SUSPENDED}),
    Status.VERIFIED: frozenset({Status.SUSPENDED, Status.EXPIRED}),
    Status.REJECTED: frozenset({Status.PENDING}),
    Status.SUSPENDED: frozenset({Status.PENDING}),
    Status.EXPIRED: frozenset({Status.PENDING, Status.SUSPENDED}),
}


class ItemKind(TextChoices):
    """What is checked about a doctor, in the order of the doctor's task list."""

    GMC_REGISTER = "gmc-register", "GMC number and name"
    IDENTITY = "identity", "Identity document"
    INDEMNITY = "indemnity", "Indemnity certificate"
    QUALIFICATIONS = "qualifications", "Qualifications"
    PHOTO = "photo", "Photo"
    STATEMENT = "statement", "Statement"

    @property
    def in_a_sentence(self) -> str:
        """The name with a small letter, but for an acronym's."""
        label = str(self.label)
        return label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"


# Without these a case is neither submitted by its doctor nor approved; the others help the decision and the profile.
REQUIRED = frozenset({ItemKind.GMC_REGISTER, ItemKind.IDENTITY, ItemKind.INDEMNITY})
# Shown by a file that the doctor uploads; the others by words.
BY_FILE = frozenset({ItemKind.IDENTITY, ItemKind.INDEMNITY, ItemKind.QUALIFICATIONS, ItemKind.PHOTO})
# Proofs that run out: accepting one needs its expiry date (credentials, in the words of the interface).
EXPIRING = frozenset({ItemKind.INDEMNITY})
# So many days before its last day a doctor is told of a credential; from the first on everybody sees it coming.
WARNED_DAYS = (7, 30, 60)
# Proved of one name and number: with another one they are to be proved anew.
OF_THE_PERSON = frozenset({ItemKind.GMC_REGISTER, ItemKind.IDENTITY, ItemKind.INDEMNITY})


class ItemStatus(TextChoices):
    EMPTY = "empty", "Not given"
    PROVIDED = "provided", "Waiting for a check"
    ASKED = "asked", "Asked again"
    ACCEPTED = "accepted", "Checked"


ITEM_TRANSITIONS: dict[ItemStatus, frozenset[ItemStatus]] = {
    # An officer who has seen the proof on paper accepts what the doctor has not uploaded.
    ItemStatus.EMPTY: frozenset({ItemStatus.PROVIDED, ItemStatus.ASKED, ItemStatus.ACCEPTED}),
    ItemStatus.PROVIDED: frozenset({ItemStatus.EMPTY, ItemStatus.ASKED, ItemStatus.ACCEPTED}),
    ItemStatus.ASKED: frozenset({ItemStatus.PROVIDED, ItemStatus.ACCEPTED}),
    # The doctor renews it, an officer looks again, or what it rested on does not stand any more.
    ItemStatus.ACCEPTED: frozenset({ItemStatus.PROVIDED, ItemStatus.ASKED, ItemStatus.EMPTY}),
}


def assert_item_can_move(current: str, target: ItemStatus) -> None:
    """Raises `Conflict` (code `illegal_transition`, data `current`) where the machine of an item has no such arrow."""
    status = ItemStatus(current)
    if target not in ITEM_TRANSITIONS[status]:
        message = f"This now stands at “{status.label}”, so nothing was changed."
        raise Conflict("illegal_transition", message, current=status.value)


class RegisterResult(TextChoices):
    """What a look into a professional register said about the number and the name that the doctor gave."""

    MATCHES = "matches", "On the register, the name agrees"
    NAME_DIFFERS = "name-differs", "On the register under another name"
    NOT_FOUND = "not-found", "Not on the register"
    MANUAL = "manual", "To be looked up by hand"
    AWAY = "away", "The register did not answer"


class ReasonCode(TextChoices):
    """Why a doctor is refused or suspended: the words that the doctor is told."""

    NOT_ON_REGISTER = "not-on-register", "The GMC number is not on the register"
    NAME_DIFFERS = "name-differs", "The name differs from the register"
    NO_LICENCE = "no-licence", "No current licence to practise"
    CONDITIONS = "conditions", "Conditions or warnings on the registration"
    EVIDENCE = "evidence", "Evidence is missing or has run out"
    CONCERN = "concern", "A concern has been raised"
    OTHER = "other", "Another reason"


# After these a doctor begins again by themselves; out of a suspension only an officer leads.
RENEWABLE = frozenset({Status.REJECTED, Status.EXPIRED})
# Who somebody is does not change between two cases, so what was accepted of it stays.
_PROVED_ONCE = frozenset({ItemKind.GMC_REGISTER, ItemKind.IDENTITY})


def can_provide(case: str, kind: str, item: str) -> bool:
    """Whether a doctor may answer an item of that kind, and add or take back files, by where case and item stand.

    Everything in a draft but proofs that last; what is not checked yet while it waits; what runs out once verified.
    """
    if case == Status.VERIFIED:
        return kind in EXPIRING
    if item == ItemStatus.ACCEPTED:
        return case == Status.DRAFT and kind not in _PROVED_ONCE
    return case in OPEN


def can_correct_particulars(case: str, gmc_item: str) -> bool:
    """Whether a doctor may correct name and number: before submitting, or when asked."""
    return case == Status.DRAFT or (case == Status.PENDING and gmc_item == ItemStatus.ASKED)


def assert_can_move(current: str, target: Status) -> None:
    """Raises `Conflict` (code `illegal_transition`, data `current`) where the machine has no such arrow."""
    status = Status(current)
    if target not in TRANSITIONS[status]:
        raise Conflict(
            "illegal_transition",
            f"This case now stands at “{status.label}”, so nothing was changed. Somebody else may have decided first.",
            current=status.value,
        )
