"""Emergency access to records: what stands by the database's clock, and what waits for a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Patient, User
from audit.models import Event
from common.errors import NotFound
from records.models import BreakGlass
from records.states import ReviewState

# How far the clocks of two machines may lie apart: the log's instants are those of whichever answered.
_APART = timedelta(minutes=1)


def glasses_open_of(user: User) -> QuerySet[BreakGlass]:
    """The records that a person has opened in an emergency and may still read."""
    return _standing().filter(user=user).select_related("patient")


def glasses_open_on(patient: Patient) -> QuerySet[BreakGlass]:
    """Who may read a patient's record by emergency access now: nobody who is suspended."""
    return _standing().filter(patient=patient).exclude(user__doctor__is_barred=True).select_related("user__doctor")


def glass_is_open(glass: BreakGlass) -> bool:
    return _standing().filter(pk=glass.pk).exists()


def _standing() -> QuerySet[BreakGlass]:
    """By the database's clock, whatever that of the machine says which asks; each with how long it still is, `left`."""
    open_now = BreakGlass.objects.filter(ended_at=None, expires_at__gt=Now())
    return open_now.annotate(left=F("expires_at") - Now()).order_by("expires_at")


def patient_exactly(who: str, birth_date: date) -> Patient | None:
    """The one patient of an appointment's reference or an account's address, and a date of birth; both must fit."""
    words = who.strip()
    if not words or "\x00" in words:
        return None
    named = Q(appointments__reference=words.upper()) | Q(user__email=words.lower())
    found = list(Patient.objects.filter(named, birth_date=birth_date).select_related("user").distinct()[:2])
    return found[0] if len(found) == 1 else None


def glasses_to_review() -> QuerySet[BreakGlass]:
    """What nobody has reviewed yet, the longest due first."""
    return (
        BreakGlass.objects.filter(review=ReviewState.OPEN).select_related("user__doctor", "patient").order_by("due_at")
    )


@dataclass(frozen=True, kw_only=True)
class GlassesWaiting:
    """How many wait for a review, how many of them longer than they should, and when the first is due."""

    count: int
    overdue: int
    first_due: datetime | None


def glasses_waiting(*, now: datetime) -> GlassesWaiting:
    """For reviewers, of nobody by name; one statement."""
    counts = BreakGlass.objects.filter(review=ReviewState.OPEN).aggregate(
        count=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)), first_due=Min("due_at")
    )
    return GlassesWaiting(**counts)


def glasses_reviewed(*, limit: int) -> QuerySet[BreakGlass]:
    rows = BreakGlass.objects.exclude(review=ReviewState.OPEN).select_related("user__doctor", "patient", "reviewed_by")
    return rows.order_by(F("reviewed_at").desc())[:limit]


def glass_to_review(glass_id: UUID) -> BreakGlass:
    """For a reviewer, whoever has asked `assert_may_review_glass` first. Raises `NotFound`."""
    found = (
        BreakGlass.objects.filter(public_id=glass_id).select_related("user__doctor", "patient", "reviewed_by").first()
    )
    if found is None:
        raise NotFound
    return found


def events_during(glass: BreakGlass) -> QuerySet[Event]:
    """What the person did with the record while it was open, the oldest first, from the opening itself to its end."""
    events = Event.objects.filter(patient_id=glass.patient.public_id, actor_id=glass.user.public_id)
    since, until = glass.opened_at - _APART, (glass.ended_at or glass.expires_at) + _APART
    return events.filter(occurred_at__gte=since, occurred_at__lte=until).order_by("pk")
