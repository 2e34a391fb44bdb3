"""The writing steps that every kind of invitation shares; each runs in its service's transaction, on a locked row."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Invitation, User
from accounts.states import EndReason, InvitationState, assert_can_move
from common.history import sign


def invitation_accept(*, invitation: Invitation, actor: User, now: datetime) -> None:
    """Raises `Conflict` (`illegal_transition`) where it is over."""
    assert_can_move(invitation.state, InvitationState.ACCEPTED)
    _write(invitation, actor, state=InvitationState.ACCEPTED, user=actor, accepted_at=now)


def invitation_end(*, invitation: Invitation, reason: EndReason, actor: User | None, now: datetime) -> None:
    """Raises `Conflict` (`illegal_transition`) where it has ended before."""
    assert_can_move(invitation.state, InvitationState.ENDED)
    _write(invitation, actor, state=InvitationState.ENDED, end_reason=reason, ended_at=now)


def _write(invitation: Invitation, actor: User | None, **changes: object) -> None:
    for name, value in changes.items():
        setattr(invitation, name, value)
    sign(invitation, actor)
    invitation.save(update_fields=list(changes))
