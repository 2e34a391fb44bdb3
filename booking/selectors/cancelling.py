"""How far the cancelling of many appointments is, for whoever asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from booking.models import Cancelling, CancellingVisit
from booking.states import CancellingState
from common.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`left` are the visits that were not cancelled, with what became of each; nobody's name."""

    total: int
    waiting: int
    left: Sequence[CancellingVisit]

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def cancelled(self) -> int:
        return self.done - len(self.left)

    @property
    def is_smooth(self) -> bool:
        """Whether there is no more to say than how many."""
        return not self.waiting and not self.left


def cancelling_of(user: User, cancelling_id: UUID) -> Cancelling:
    """What the person asked for themselves. Raises `NotFound` for anybody else's."""
    found = Cancelling.objects.filter(public_id=cancelling_id, asked_by=user).first()
    if found is None:
        raise NotFound
    return found


def cancelling_progress(cancelling: Cancelling) -> Progress:
    """Three statements."""
    visits = cancelling.visits.order_by("appointment__start", "pk")
    said = (CancellingState.WAITING, CancellingState.CANCELLED)
    return Progress(
        total=visits.count(),
        waiting=visits.filter(state=CancellingState.WAITING).count(),
        left=list(visits.exclude(state__in=said).select_related("appointment__location")),
    )
