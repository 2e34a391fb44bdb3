"""How far the cancelling of many appointments is, for whoever asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q

from accounts.models import User
from booking.models import Cancelling, CancellingVisit
from booking.states import CancellingState
from common.errors import NotFound

# Whoever asks waits for so many, and not for more.
AT_ONCE = 10
# So long the way back to one stands where it was asked for: while there is something to look at, and a day besides.
SHOWN = timedelta(days=1)
SHOWN_UNDONE = timedelta(days=7)
MOST_SHOWN = 3


@dataclass(frozen=True)
class Lately:
    """One that the person asked for, of which there is more to say than the page that they saw then."""

    id: UUID
    asked_at: datetime
    total: int
    waiting: int
    cancelled: int

    @property
    def is_undone(self) -> bool:
        """Whether it has ended and left some."""
        return not self.waiting and self.cancelled < self.total

    @property
    def words(self) -> str:
        many = "1 appointment" if self.total == 1 else f"{self.total} appointments"
        if self.waiting:
            return f"Cancelling {many}: {self.waiting} not done yet"
        return f"{self.cancelled} of {many} cancelled"

    @property
    def way(self) -> str:
        """What the link to its page says."""
        if self.waiting:
            return "See how far it is"
        return "See which are not, and why" if self.is_undone else "See that it is done"


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


def cancellings_lately(user: User, *, now: datetime) -> list[Lately]:
    """What the person has had cancelled lately, the newest first: one statement."""
    counted = {
        "total": Count("visits"),
        "waiting": Count("visits", filter=Q(visits__state=CancellingState.WAITING)),
        "cancelled": Count("visits", filter=Q(visits__state=CancellingState.CANCELLED)),
    }
    asked = Cancelling.objects.filter(asked_by=user, asked_at__gte=now - SHOWN_UNDONE).annotate(**counted)
    shown = asked.filter(Q(cancelled__lt=F("total")) | Q(total__gt=AT_ONCE, asked_at__gte=now - SHOWN))
    rows = shown.order_by("-asked_at").values_list("public_id", "asked_at", *counted)[:MOST_SHOWN]
    return [Lately(*row) for row in rows]


def cancelling_progress(cancelling: Cancelling) -> Progress:
    """Three statements."""
    visits = cancelling.visits.order_by("appointment__start", "pk")
    said = (CancellingState.WAITING, CancellingState.CANCELLED)
    return Progress(
        total=visits.count(),
        waiting=visits.filter(state=CancellingState.WAITING).count(),
        left=list(visits.exclude(state__in=said).select_related("appointment__location", "appointment__doctor")),
    )
