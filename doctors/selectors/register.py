"""What registers of visits, and of what belongs to visits, are searched by alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from doctors.models.people import Doctor

DOCTORS_FOUND_AT_MOST = 100
RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True, kw_only=True)
class VisitSearch:
    """What is looked for; what is empty is not asked. `doctor` are words of a name, `since` and `until` instants, `[)`,
    `location` is a place's key."""

    reference: str = ""
    doctor: str = ""
    status: str = ""
    location: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def narrowed(found: QuerySet[RowT], search: VisitSearch, *, at: str, visit: str = "") -> QuerySet[RowT]:
    """Rows with a search's doctor, place and status, whose column `at` lies in its period.

    `visit` leads to the visit of a row, with two underscores behind it. What a reference is, the caller knows.
    """
    asked: dict[str, object] = {}
    if search.doctor:
        asked[f"{visit}doctor__in"] = _doctors_named(search.doctor)
    if search.location:
        asked[f"{visit}location"] = search.location
    if search.status:
        asked["status"] = search.status
    if search.since:
        asked[f"{at}__gte"] = search.since
    if search.until:
        asked[f"{at}__lt"] = search.until
    return found.filter(**asked)


def _doctors_named(words: str) -> list[int]:
    doctors = Doctor.objects.order_by("pk")
    for word in words.split():
        doctors = doctors.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return list(doctors.values_list("pk", flat=True)[:DOCTORS_FOUND_AT_MOST])
