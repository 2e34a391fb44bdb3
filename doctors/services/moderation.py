"""A moderator's word on what a doctor proposes for their page: the first one counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit.services import event_record
from common.errors import Conflict, Invalid
from doctors import locks, policies
from doctors.models import Doctor, DoctorPage, PageProposal
from doctors.services.page import page_take_over
from doctors.states import ProposalStatus, assert_proposal_can_move
from notifications.services import Outgoing, messages_queue


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a moderator looked at: the version of the proposal, and the page's public revision (0 for none)."""

    version: int
    revision: int


@transaction.atomic
def proposal_approve(*, actor: User, proposal_id: UUID, seen: Seen, now: datetime) -> PageProposal:
    """Publishes what the doctor proposes, at once; an editor's draft or schedule stays, with the approved words in it.

    Raises `NotFound`, `Forbidden`, and `Conflict`: somebody was first (`proposal_decided`), doctor or page have
    changed since (`proposal_changed`, `page_changed`), the doctor is not listed (`doctor_not_listed`), an editor has
    taken the page down or locked it (`no_public_page`, `page_locked`).
    """
    doctor, proposal = _held(actor, proposal_id, seen, ProposalStatus.APPROVED)
    page = DoctorPage.objects.get(doctor=doctor)
    if not doctor.is_listed:
        raise Conflict("doctor_not_listed", f"{doctor.name} has no public page at the moment: they are not listed.")
    if not page.live:
        raise Conflict("no_public_page", "An editor has taken this page down, so nothing can go public on it.")
    if page.locked:
        raise Conflict("page_locked", "An editor has locked this page. Unlock it first, or ask them.")
    if (page.live_revision_id or 0) != seen.revision:
        raise Conflict("page_changed", "The page has changed since you looked. Compare once more, then decide.")
    page_take_over(page, proposal.content, actor=actor)
    _decide(proposal, ProposalStatus.APPROVED, actor=actor, comment="", now=now)
    _tell(doctor, proposal, "page_proposal_approved", now)
    return proposal


@transaction.atomic
def proposal_ask(*, actor: User, proposal_id: UUID, seen: Seen, comment: str, now: datetime) -> PageProposal:
    """Gives the proposal back to the doctor with what is to be changed. Raises as `proposal_reject`."""
    return _answer(actor, proposal_id, seen, ProposalStatus.ASKED, "page_proposal_asked", comment, now)


@transaction.atomic
def proposal_reject(*, actor: User, proposal_id: UUID, seen: Seen, comment: str, now: datetime) -> PageProposal:
    """Ends the proposal with a reason; the page stays as it is.

    Raises `NotFound`, `Forbidden`, `Conflict` (`proposal_decided`, `proposal_changed`) and `Invalid` (`comment`).
    """
    return _answer(actor, proposal_id, seen, ProposalStatus.REJECTED, "page_proposal_rejected", comment, now)


def _answer(
    actor: User, proposal_id: UUID, seen: Seen, status: ProposalStatus, kind: str, comment: str, now: datetime
) -> PageProposal:
    doctor, proposal = _held(actor, proposal_id, seen, status)
    if not comment.strip():
        message = "Write to the doctor what to change, or why not."
        raise Invalid("comment", message, fields={"comment": [message]})
    _decide(proposal, status, actor=actor, comment=comment.strip(), now=now)
    _tell(doctor, proposal, kind, now)
    return proposal


def _held(actor: User, proposal_id: UUID, seen: Seen, status: ProposalStatus) -> tuple[Doctor, PageProposal]:
    policies.assert_may_moderate(actor)
    doctor, proposal = locks.proposal_locked(proposal_id)
    policies.assert_not_own_page(actor, doctor)
    assert_proposal_can_move(ProposalStatus(proposal.status), status)
    if proposal.version != seen.version:
        raise Conflict("proposal_changed", "The doctor has changed the proposal since you looked. Look once more.")
    return doctor, proposal


def _decide(proposal: PageProposal, status: ProposalStatus, *, actor: User, comment: str, now: datetime) -> None:
    """Compare and swap, so that one word stands even where two came past the lock."""
    waiting = PageProposal.objects.filter(pk=proposal.pk, status=ProposalStatus.WAITING, version=proposal.version)
    if not waiting.update(status=status, comment=comment, decided_by=actor, decided_at=now):
        raise Conflict("proposal_decided", "Somebody else has decided about this meanwhile.")
    proposal.refresh_from_db()
    event_record(f"doctor_page.proposal_{status.value}", proposal.doctor, actor=actor)


def _tell(doctor: Doctor, proposal: PageProposal, kind: str, now: datetime) -> None:
    """Without the moderator's words: those are for the page behind the sign-in."""
    if doctor.user is None:
        return
    message = Outgoing(
        kind=kind,
        user=doctor.user,
        facts={"doctor": doctor.name, "path": reverse("own_page:edit")},
        dedupe_key=f"page-proposal:{proposal.public_id}:{proposal.version}",
    )
    messages_queue(messages=[message], now=now)
