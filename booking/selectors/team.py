"""Who looks after a patient, as far as their visits say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from accounts.models import User
from booking.models import Appointment
from booking.states import Status
from doctors.models import Doctor
from doctors.selectors import portraits_of

_SAW = (Status.ARRIVED, Status.FULFILLED)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A doctor whom the patient has seen, with the latest of those visits; `portrait` is empty without a picture."""

    doctor: Doctor
    visit: Appointment
    portrait: str

    @property
    def specialties(self) -> str:
        return ", ".join(specialty.name for specialty in self.doctor.specialties.all())


def doctors_seen(user: User, *, now: datetime, limit: int) -> list[Seen]:
    """The doctors whom the person has seen as a patient, whoever saw them last first; never themselves.

    Four statements however many they are, one where there is nobody.
    """
    seen = Appointment.objects.filter(patient__user=user, status__in=_SAW, start__lte=now).exclude(doctor__user=user)
    last = seen.order_by("doctor_id", "-start", "-pk").distinct("doctor_id")
    found = last.select_related("doctor", "location", "visit_type").defer("reason", "access_needs")
    visits = sorted(found, key=lambda visit: visit.start, reverse=True)[:limit]
    if not visits:
        return []
    prefetch_related_objects(visits, "doctor__specialties")
    portraits = portraits_of(visit.doctor_id for visit in visits)
    return [Seen(doctor=visit.doctor, visit=visit, portrait=portraits.get(visit.doctor_id, "")) for visit in visits]
