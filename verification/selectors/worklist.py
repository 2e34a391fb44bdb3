"""The officers' queue: its saved filters, the way from one case to the next, and how decisions have gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import User
from common import clock
from verification.models import ChecklistItem, VerificationCase
from verification.selectors.case import today
from verification.states import DECIDED, EXPIRING, WARNED_DAYS, ItemStatus, Status

WAITING = "waiting"
QUEUE_VIEWS = {
    WAITING: "Waiting for a decision",
    "mine": "Mine",
    "unassigned": "Unassigned",
    "over-target": "Over target",
    "with-doctor": "Waiting on the doctor",
    "renewals": "Renewals",
    "expiring": "Expiring",
}
WEEKS = 12
_FIRST_DECISIONS = (Status.VERIFIED, Status.REJECTED)


def worklist(user: User, view: str = "", *, now: datetime | None = None) -> QuerySet[VerificationCase]:
    """The cases of a saved filter (a key of `QUEUE_VIEWS`; every case without one) with what a row shows.

    What waits for an officer comes first, the longest waiting at its top, then drafts, then the latest decisions.
    Four statements, however many rows.
    """
    cases = VerificationCase.objects.select_related("doctor", "assignee", "decided_by").prefetch_related("items")
    if view:
        cases = cases.filter(_views(user, now or clock.now())[view])
    rank = Case(
        When(Q(status=Status.PENDING) | _RENEWED, then=Value(0)),
        When(status=Status.DRAFT, then=Value(1)),
        default=Value(2),
    )
    return cases.annotate(queue_rank=rank).order_by(
        "queue_rank", F("decided_at").desc(nulls_first=True), "submitted_at", "id"
    )


def found_by(text: str) -> Q:
    """The cases of the doctors whose names or number hold each of the words."""
    found = Q()
    for word in text.split():
        names = Q(doctor__given_name__icontains=word) | Q(doctor__family_name__icontains=word)
        found &= names | Q(doctor__gmc_number__icontains=word)
    return found


def worklist_counts(user: User, *, now: datetime | None = None) -> dict[str, int]:
    """How many cases each saved filter holds; one statement."""
    now = now or clock.now()
    views = _views(user, now)
    relevant = Q(status__in=(Status.DRAFT, Status.PENDING)) | _RENEWED | views["expiring"] | Q(assignee=user)
    counts: dict[str, int] = VerificationCase.objects.filter(relevant).aggregate(
        drafts=Count("pk", filter=Q(status=Status.DRAFT)),
        **{name.replace("-", "_"): Count("pk", filter=rule) for name, rule in views.items()},
    )
    return {"drafts": counts["drafts"], **{name: counts[name.replace("-", "_")] for name in views}}


def _renewed() -> Q:
    waiting = ChecklistItem.objects.filter(kind__in=sorted(EXPIRING), status=ItemStatus.PROVIDED)
    return Q(status=Status.VERIFIED, pk__in=waiting.values("case"))


_RENEWED = _renewed()


def _views(user: User, now: datetime) -> dict[str, Q]:
    pending = Q(status=Status.PENDING)
    ending = ChecklistItem.objects.filter(
        kind__in=sorted(EXPIRING), expires_on__lte=today(now) + timedelta(days=max(WARNED_DAYS))
    )
    return {
        WAITING: pending,
        "mine": Q(assignee=user),
        "unassigned": (pending | _RENEWED) & Q(assignee=None),
        "over-target": pending & (Q(paused_at=None, due_at__lt=now) | Q(due_at__lt=F("paused_at"))),
        "with-doctor": pending & Q(paused_at__isnull=False),
        "renewals": _RENEWED,
        "expiring": Q(status=Status.VERIFIED, pk__in=ending.values("case")),
    }


@dataclass(frozen=True)
class Neighbours:
    """The cases before and after one in its list, as public ids."""

    previous: UUID | None
    next: UUID | None

    @property
    def any(self) -> bool:
        return self.previous is not None or self.next is not None


def neighbours_of(case: VerificationCase, user: User, view: str = "") -> Neighbours:
    """In the saved filter that the officer walks along (what waits for a decision without one); one statement.

    A case that has left the list, because it is decided, keeps the place that it had by its submission.
    """
    rows = list(worklist(user, view or WAITING).prefetch_related(None).values_list("public_id", "submitted_at"))
    ids = [public_id for public_id, _ in rows]
    if case.public_id in ids:
        at = ids.index(case.public_id)
        before, after = ids[:at], ids[at + 1 :]
    else:
        at = sum(1 for _, at in rows if at and case.submitted_at and at <= case.submitted_at)
        before, after = ids[:at], ids[at:]
    return Neighbours(previous=before[-1] if before else None, next=after[0] if after else None)


def oldest_wait(now: datetime) -> timedelta | None:
    """How long the longest waiting case has waited; None where nobody waits."""
    since = VerificationCase.objects.filter(status=Status.PENDING).aggregate(since=Min("submitted_at"))["since"]
    return now - since if since else None


def with_decision() -> QuerySet[Any]:
    """Every submitted case with `decision_at`, when it was first verified or rejected (None while it waits).

    A suspension or an expiry writes over `decided_at`, so of those the history is asked.
    """
    decisions = VerificationCase.history.filter(id=OuterRef("pk"), status__in=_FIRST_DECISIONS)
    first = decisions.order_by("history_date").values("history_date")[:1]
    later = sorted(DECIDED - set(_FIRST_DECISIONS))
    decision_at = Case(
        When(status__in=_FIRST_DECISIONS, then=F("decided_at")), When(status__in=later, then=Subquery(first))
    )
    cases = VerificationCase.objects.filter(submitted_at__isnull=False).select_related(
        "doctor", "decided_by", "assignee"
    )
    return cases.annotate(decision_at=decision_at)


def median_of(waits: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None


@dataclass(frozen=True, kw_only=True)
class Week:
    """What was decided in the week that begins with this Monday, as the clinic counts days."""

    monday: date
    decided: int
    median_wait: timedelta | None


def weeks_of_decisions(now: datetime) -> list[Week]:
    """The last twelve weeks, this one the last; one statement."""
    this_monday = _monday(now)
    mondays = [this_monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    since = clock.start_of_day(mondays[0], clock.clinic_zone())
    waits: dict[date, list[timedelta]] = {monday: [] for monday in mondays}
    rows = with_decision().filter(decision_at__gte=since, decision_at__lte=now)
    for submitted_at, decision_at in rows.values_list("submitted_at", "decision_at"):
        waits[_monday(decision_at)].append(decision_at - submitted_at)
    return [Week(monday=monday, decided=len(found), median_wait=median_of(found)) for monday, found in waits.items()]


def _monday(at: datetime) -> date:
    day = today(at)
    return day - timedelta(days=day.weekday())


def decisions_found(
    *, first_day: date | None, last_day: date | None, status: str = "", officer: UUID | None = None
) -> QuerySet[Any]:
    """The cases of the report, with `decision_at`, the latest submitted first; days are the clinic's, both included."""
    zone = clock.clinic_zone()
    cases = with_decision().order_by("-submitted_at", "-pk")
    if first_day:
        cases = cases.filter(submitted_at__gte=clock.start_of_day(first_day, zone))
    if last_day:
        cases = cases.filter(submitted_at__lt=clock.end_of_day(last_day, zone))
    if status:
        cases = cases.filter(status=status)
    return cases.filter(decided_by__public_id=officer) if officer else cases


def median_to_decision(cases: QuerySet[Any]) -> timedelta | None:
    """Half of the decided ones took no longer; one statement."""
    waits = cases.filter(decision_at__isnull=False).values_list("submitted_at", "decision_at")
    return median_of([decision_at - submitted_at for submitted_at, decision_at in waits if submitted_at])
