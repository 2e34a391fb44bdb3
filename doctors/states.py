from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices

from common.errors import Conflict


class VerificationStatus(TextChoices):
    """Where a doctor's verification stands; the case in `verification` owns it, the doctor carries a projection."""

    DRAFT = "draft", "Not submitted"
    PENDING = "pending", "Waiting for a decision"
    VERIFIED = "verified", "Verified"
    REJECTED = "rejected", "Rejected"
    SUSPENDED = "suspended", "Suspended"
    EXPIRED = "expired", "Expired"


# After these a doctor may not work here: diary and patients' appointments are closed until they are verified (again).
BARRED = frozenset({VerificationStatus.REJECTED, VerificationStatus.SUSPENDED})

# Whose particulars an officer has proved; a later suspension or expiry does not give the number to anybody else.
PROVED = frozenset({VerificationStatus.VERIFIED, VerificationStatus.SUSPENDED, VerificationStatus.EXPIRED})


class ProposalStatus(TextChoices):
    """Where a doctor's proposal for their own page stands."""

    WAITING = "waiting", "Waiting for a moderator"
    ASKED = "asked", "Changes asked for"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Not taken over"
    WITHDRAWN = "withdrawn", "Taken back"


# At most one of these a doctor; the doctor may still change what they propose.
OPEN_PROPOSALS = frozenset({ProposalStatus.WAITING, ProposalStatus.ASKED})
_PROPOSAL_MOVES = {
    ProposalStatus.WAITING: frozenset(ProposalStatus),
    ProposalStatus.ASKED: frozenset({ProposalStatus.WAITING, ProposalStatus.WITHDRAWN}),
}


def assert_proposal_can_move(before: ProposalStatus, after: ProposalStatus) -> None:
    """Raises `Conflict` (`proposal_decided`) with the state that it is in."""
    if after not in _PROPOSAL_MOVES.get(before, frozenset()):
        message = f"This proposal cannot be changed any more: it is “{before.label.lower()}”."
        raise Conflict("proposal_decided", message, status=before.value)


class Modality(TextChoices):
    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "Video"
    PHONE = "phone", "Phone"


class BankHolidays(TextChoices):
    """Where in the United Kingdom a place stands, as far as its days off go (ISO 3166-2:GB, three letters)."""

    NONE = "", "None: open as on other days"
    ENGLAND = "ENG", "England"
    WALES = "WLS", "Wales"
    SCOTLAND = "SCT", "Scotland"
    NORTHERN_IRELAND = "NIR", "Northern Ireland"


class VatRate(IntegerChoices):
    """Value added tax in per cent that a price includes.

    Medical care by registered professionals is exempt (Value Added Tax Act 1994, Schedule 9, Group 7).
    """

    EXEMPT = 0, "Exempt: medical care"
    REDUCED = 5, "5 %"
    STANDARD = 20, "20 %"
