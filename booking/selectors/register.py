"""All appointments for the register of the admin: when, with whom, where and how they stand, and of whom never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from booking.models import Appointment
from common.keyset import beyond, estimated_rows
from doctors.models import Doctor

DOCTORS_FOUND_AT_MOST = 100
_SHOWN = (
    "public_id",
    "reference",
    "status",
    "pending_reason",
    "cancel_reason",
    "start",
    "modality",
    "created_at",
    "doctor__title",
    "doctor__given_name",
    "doctor__family_name",
    "location__name",
    "location__zone",
)


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for; what is empty is not asked. `doctor` are words of a name."""

    reference: str = ""
    doctor: str = ""
    status: str = ""
    location: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def register_found(search: Search) -> QuerySet[Appointment]:
    """The appointments of a search, the latest start first, without what they are about and without their patients."""
    found = Appointment.objects.select_related("doctor", "location").only(*_SHOWN).order_by("-start", "-pk")
    if search.reference:
        found = found.filter(reference=search.reference.strip().upper())
    if search.doctor:
        found = found.filter(doctor__in=_doctors_named(search.doctor))
    if search.status:
        found = found.filter(status=search.status)
    if search.location:
        found = found.filter(location=search.location)
    if search.since:
        found = found.filter(start__gte=search.since)
    return found.filter(start__lt=search.until) if search.until else found


def _doctors_named(words: str) -> list[int]:
    doctors = Doctor.objects.order_by("pk")
    for word in words.split():
        doctors = doctors.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return list(doctors.values_list("pk", flat=True)[:DOCTORS_FOUND_AT_MOST])


def register_before(found: QuerySet[Appointment], public_id: UUID) -> QuerySet[Appointment]:
    """Those of `register_found` that come behind this appointment; none where there is no such."""
    at = _place_of(public_id)
    if at is None:
        return found.none()
    return found.filter(beyond(at, is_rising=False))


def register_after(found: QuerySet[Appointment], public_id: UUID) -> QuerySet[Appointment]:
    """Those of `register_found` that come before this appointment, the nearest first; none where there is no such."""
    at = _place_of(public_id)
    if at is None:
        return found.none()
    return found.filter(beyond(at, is_rising=True)).order_by("start", "pk")


def _place_of(public_id: UUID) -> Mapping[str, object] | None:
    return Appointment.objects.filter(public_id=public_id).values("start", "pk").first()


def register_estimate() -> int:
    """About how many appointments there are, as the database keeps count: no walk over all of them."""
    return estimated_rows(Appointment)
