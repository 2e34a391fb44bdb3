"""Appointments by what somebody looks for among those that they may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Literal
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from booking.models import Appointment
from booking.selectors.appointments import appointments_visible_to
from booking.selectors.past import lies_ahead
from common.keyset import KeyPage, latest_first


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is looked for; what is not said narrows nothing. Days are of UTC, and both belong to it.

    `when` is what still stands and is not over, or all the rest.
    """

    status: Collection[str] = ()
    when: Literal["ahead", "behind", ""] = ""
    first_day: date | None = None
    last_day: date | None = None
    doctor: str = ""
    patient: UUID | None = None

    def filters(self, now: datetime) -> Q:
        wanted = Q(status__in=self.status) if self.status else Q()
        if self.when:
            wanted &= lies_ahead(now) if self.when == "ahead" else ~lies_ahead(now)
        if self.first_day:
            wanted &= Q(start__date__gte=self.first_day)
        if self.last_day:
            wanted &= Q(start__date__lte=self.last_day)
        if self.doctor:
            wanted &= Q(doctor__slug=self.doctor)
        return wanted & Q(patient__public_id=self.patient) if self.patient else wanted


def appointments_asked_for(
    user: User, asked: Asked, *, now: datetime, size: int, before: UUID | None = None, after: UUID | None = None
) -> KeyPage[Appointment]:
    """A page of what somebody may see, the latest first; it begins behind `before`, or ends at `after`."""
    rows_found = partial(appointments_visible_to, user)
    return latest_first(rows_found, asked.filters(now), "start", size=size, before=before, after=after)
