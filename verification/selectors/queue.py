from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Case, Count, Min, Q, QuerySet, Value, When

from common import clock
from verification.models import VerificationCase
from verification.states import Status

WEEK = timedelta(days=7)


def queue() -> QuerySet[VerificationCase]:
    """Every case for the officers: what waits first, the longest waiting at the top, then the latest decisions."""
    waits = Case(When(status=Status.PENDING, then=Value(0)), When(status=Status.DRAFT, then=Value(1)), default=Value(2))
    return (
        VerificationCase.objects.select_related("doctor", "decided_by")
        .annotate(queue_rank=waits)
        .order_by("queue_rank", "-decided_at", "submitted_at", "id")
    )


@dataclass(frozen=True, kw_only=True)
class QueueCounts:
    """What the dashboard says. `oldest` is the waiting time of the longest waiting case; both times elapsed."""

    pending: int
    drafts: int
    oldest: timedelta | None
    decided_this_week: int
    median_wait: timedelta | None


def queue_counts(now: datetime | None = None) -> QueueCounts:
    """Two statements. "This week" is the seven days up to now."""
    now = now or clock.now()
    open_cases = VerificationCase.objects.aggregate(
        pending=Count("pk", filter=Q(status=Status.PENDING)),
        drafts=Count("pk", filter=Q(status=Status.DRAFT)),
        since=Min("submitted_at", filter=Q(status=Status.PENDING)),
    )
    decided = VerificationCase.objects.filter(decided_at__gt=now - WEEK).values_list("submitted_at", "decided_at")
    waits = [decided_at - submitted_at for submitted_at, decided_at in decided if submitted_at and decided_at]
    return QueueCounts(
        pending=open_cases["pending"],
        drafts=open_cases["drafts"],
        oldest=now - open_cases["since"] if open_cases["since"] else None,
        decided_this_week=len(waits),
        median_wait=timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None,
    )
