"""A doctor proposes what their own page says. A row of ours, not a revision of Wagtail's: a revision is a whole page,
so it would bury an editor's draft under the doctor's, and approving it would publish both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit.services import event_record
from common.errors import Conflict, Invalid, NotFound
from doctors import locks, policies, profile
from doctors.models import Doctor, PageProposal
from doctors.selectors.proposals import is_taken_back, moderators_of, open_proposal_of, page_to_change
from doctors.states import ProposalStatus, assert_proposal_can_move
from notifications.models import Message
from notifications.services import Outgoing, messages_queue

TOLD = "page_proposed"
# Whoever takes a proposal back and sends it again so soon writes to nobody a second time.
TOLD_FOR = timedelta(days=1)


@transaction.atomic
def proposal_send(
    *, actor: User, doctor_id: UUID, content: Mapping[str, Any], seen: int, now: datetime
) -> PageProposal:
    """Proposes that the doctor's page says `content` (as `doctors.profile.content_of` has it); nothing is public yet.

    What does not differ from the page is left out. Moderators are told once, until they have said a word. Changes the
    proposal that is open, where there is one; `seen` is its version as the doctor saw it, 0 for none. Raises
    `NotFound`, `Forbidden` and `Conflict` (`no_public_page`, `proposal_changed`), and `Invalid` (`nothing_changed`).
    """
    doctor = locks.doctor_locked(doctor_id)
    policies.assert_may_propose(actor, doctor)
    page = page_to_change(doctor)
    base = profile.content_of(page)
    changes = profile.changed(content, base)
    if not changes:
        raise Invalid("nothing_changed", "This is what your page says already, so there is nothing to send.")
    proposal = open_proposal_of(doctor) or PageProposal(doctor=doctor, version=0)
    is_known = proposal.status == ProposalStatus.WAITING and proposal.version > 0
    if proposal.version != seen:
        raise Conflict("proposal_changed", "Your proposal has changed meanwhile. Look at it once more, then send.")
    proposal.content, proposal.base = changes, {name: base[name] for name in changes}
    proposal.status, proposal.version = ProposalStatus.WAITING, seen + 1
    proposal.sent_at, proposal.decided_at, proposal.decided_by = now, None, None
    proposal.save()
    event_record("doctor_page.proposed", doctor, actor=actor, fields=sorted(changes))
    if not is_known:
        _tell_moderators(doctor, proposal, now)
    return proposal


@transaction.atomic
def proposal_withdraw(*, actor: User, doctor_id: UUID, now: datetime) -> PageProposal:
    """Takes the doctor's open proposal back. Raises `NotFound`, also where none is open, and `Forbidden`."""
    doctor = locks.doctor_locked(doctor_id)
    policies.assert_own_page(actor, doctor)
    proposal = open_proposal_of(doctor)
    if proposal is None:
        raise NotFound("Nothing of yours waits to be looked at.")
    assert_proposal_can_move(ProposalStatus(proposal.status), ProposalStatus.WITHDRAWN)
    proposal.status, proposal.decided_at, proposal.decided_by = ProposalStatus.WITHDRAWN, now, actor
    proposal.save(update_fields=["status", "decided_at", "decided_by"])
    event_record("doctor_page.proposal_withdrawn", doctor, actor=actor)
    return proposal


def _tell_moderators(doctor: Doctor, proposal: PageProposal, now: datetime) -> None:
    """That there is something to decide, not what: the words are for the page behind the sign-in.

    Once in `TOLD_FOR` while the doctor does no more than take back and send.
    """
    facts = {"doctor": doctor.name, "path": reverse("home_proposal", args=[proposal.public_id])}
    about = f"page-proposal:{doctor.public_id}:"
    moderators = moderators_of(doctor)
    lately = Message.objects.filter(user__in=moderators, kind=TOLD, created_at__gt=now - TOLD_FOR)
    if is_taken_back(doctor) and lately.filter(dedupe_key__startswith=about).exists():
        return
    key = f"{about}{proposal.public_id}:{proposal.version}"
    told = [
        Outgoing(kind=TOLD, user=moderator, facts=facts, dedupe_key=f"{key}:{moderator.pk}") for moderator in moderators
    ]
    messages_queue(messages=told, now=now)
