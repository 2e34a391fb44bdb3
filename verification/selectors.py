from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from uuid import UUID

from django.db.models import Case, Count, Min, Q, QuerySet, Value, When

from common import clock
from common.errors import NotFound
from doctors.models import Doctor
from verification.models import VerificationCase
from verification.states import Status

WEEK = timedelta(days=7)

_TOLD = {
    Status.DRAFT: "Case started",
    Status.PENDING: "Put into the queue",
    Status.VERIFIED: "Approved",
    Status.REJECTED: "Rejected",
    Status.SUSPENDED: "Suspended",
    Status.EXPIRED: "Expired",
}
_PARTICULARS = {
    "title": "title",
    "given_name": "given name",
    "family_name": "family name",
    "gmc_number": "GMC number",
    "gender": "gender",
    "languages": "languages",
    "is_active": "takes part",
}


def queue() -> QuerySet[VerificationCase]:
    """Every case for the officers: what waits first, the longest waiting at the top, then the latest decisions."""
    waits = Case(When(status=Status.PENDING, then=Value(0)), When(status=Status.DRAFT, then=Value(1)), default=Value(2))
    return (
        VerificationCase.objects.select_related("doctor", "decided_by")
        .annotate(queue_rank=waits)
        .order_by("queue_rank", "-decided_at", "submitted_at", "id")
    )


def case_by_id(case_id: UUID) -> VerificationCase:
    """One case with what its page shows. Raises `NotFound`."""
    cases = VerificationCase.objects.select_related("doctor__user", "decided_by", "next")
    case = cases.prefetch_related("doctor__specialties", "doctor__locations").filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    return case


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


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    at: datetime
    what: str
    who: str
    detail: str = ""


def timeline(case: VerificationCase) -> list[TimelineEntry]:
    """What happened to the doctor's cases and to the doctor's particulars, latest first; from the row histories."""
    entries = [*_case_entries(case.doctor), *_particulars_entries(case.doctor)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _case_entries(doctor: Doctor) -> Iterable[TimelineEntry]:
    for row in VerificationCase.history.filter(doctor=doctor).select_related("history_user"):
        detail = ": ".join(part for part in (row.get_reason_code_display(), row.reason) if part)
        yield TimelineEntry(
            at=row.history_date,
            what=_TOLD[Status(row.status)],
            who=str(row.history_user or "The system"),
            detail=detail or row.note,
        )


def _particulars_entries(doctor: Doctor) -> Iterable[TimelineEntry]:
    rows = list(Doctor.history.filter(id=doctor.pk).select_related("history_user").order_by("history_date"))
    for before, after in pairwise(rows):
        changed = [label for name, label in _PARTICULARS.items() if getattr(before, name) != getattr(after, name)]
        if changed:
            yield TimelineEntry(
                at=after.history_date,
                what="Particulars changed",
                who=str(after.history_user or "The system"),
                detail=", ".join(changed),
            )
