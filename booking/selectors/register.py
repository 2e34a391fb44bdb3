"""All appointments for the register of the admin: when, with whom, where and how they stand, and of whom never."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet

from booking.models import Appointment
from common.keyset import beyond, estimated_rows
from doctors.selectors import VisitSearch, narrowed

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


def register_found(search: VisitSearch) -> QuerySet[Appointment]:
    """The appointments of a search, the latest start first, without what they are about and without their patients."""
    found = Appointment.objects.select_related("doctor", "location").only(*_SHOWN).order_by("-start", "-pk")
    if search.reference:
        found = found.filter(reference=search.reference.strip().upper())
    return narrowed(found, search, at="start")


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
