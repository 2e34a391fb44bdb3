"""What booking a time and moving to one ask alike: the range is a slot, and nobody who stands is in its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Patient
from booking.models import Appointment
from booking.selectors.diaries import openings_of, span_of_days
from booking.selectors.request import Offer, Rival, rivals_of, visits_on_day_of
from booking.selectors.times import visit_of
from booking.services.expire import expire_those
from booking.services.refusals import RivalFound, patient_busy
from booking.slots import Span, slots
from common.errors import Invalid
from doctors.models import Doctor, Limits, Location, VisitType

_LONGEST_DAY = 25 * 60


@dataclass(frozen=True, kw_only=True)
class Taking:
    """A time that is asked for, as the rows say it is while doctor and patient are locked."""

    doctor: Doctor
    patient: Patient
    offer: Offer
    location: Location
    start: datetime
    now: datetime

    @property
    def visit_type(self) -> VisitType:
        return self.offer.visit_type

    @property
    def limits(self) -> Limits:
        return self.visit_type.limits(self.doctor)

    @property
    def visit(self) -> Span:
        return Span(self.start, self.start + timedelta(minutes=self.visit_type.minutes))

    @property
    def blocked(self) -> Span:
        before, after = self.limits.buffer_before, self.limits.buffer_after
        return Span(self.start - timedelta(minutes=before), self.visit.end + timedelta(minutes=after))

    @property
    def reach(self) -> int:
        """How many minutes around `blocked` other times can go with it: a whole day where visits are counted by it."""
        return self.offer.widest + (_LONGEST_DAY if self.limits.daily_cap or self.limits.doctor_cap else 0)


def asserted_slot(offer: Offer, doctor: Doctor, *, start: datetime, now: datetime) -> Location:
    """The range has to be exactly a slot of the generator, whoever may have taken it since.

    Raises `Invalid` (`slot_not_offered`).
    """
    location = offer.location
    if location is None or not _is_slot(offer.visit_type, doctor, location, start=start, now=now):
        raise Invalid("slot_not_offered", "That time can no longer be booked. Please choose another.")
    return location


def _is_slot(visit_type: VisitType, doctor: Doctor, location: Location, *, start: datetime, now: datetime) -> bool:
    day = start.astimezone(ZoneInfo(location.zone)).date()
    diary = openings_of([doctor.pk], span_of_days(day, 1))[doctor.pk].diary()
    offered = slots(diary, visit_of(visit_type, doctor), first_day=day, days=1, now=now)
    return any(slot.start == start and slot.location_id == location.pk for slot in offered)


def rivals_without_claim(taking: Taking, *, moving: Appointment | None = None) -> list[Rival]:
    """What is near the time without a claim to it; the appointment that moves is never in its own way.

    Raises `Conflict` (`patient_busy`) and `RivalFound` where one that stands takes the time.
    """
    rivals = rivals_of(
        doctor_id=taking.doctor.pk, patient_id=taking.patient.pk, visit=taking.visit, blocked=taking.blocked
    )
    rivals = [rival for rival in rivals if moving is None or rival.pk != moving.pk]
    standing = [rival for rival in rivals if not rival.is_over]
    if any(rival.takes_patient for rival in standing):
        raise patient_busy()
    if any(rival.takes_doctor for rival in standing) or _is_day_full(taking, moving):
        raise RivalFound
    return rivals


def _is_day_full(taking: Taking, moving: Appointment | None) -> bool:
    """Whether as many visits stand on that day, as the place counts days, as the type takes or the doctor of all."""
    own_cap, doctor_cap = taking.limits.daily_cap, taking.limits.doctor_cap
    if own_cap is None and doctor_cap is None:
        return False
    visits = visits_on_day_of(taking.doctor, taking.start, taking.location)
    others = visits.exclude(pk=moving.pk) if moving else visits
    kinds = list(others.values_list("visit_type_id", flat=True))
    is_kind_full = own_cap is not None and kinds.count(taking.visit_type.pk) >= own_cap
    return is_kind_full or (doctor_cap is not None and len(kinds) >= doctor_cap)


def free_the_time(taking: Taking, rivals: list[Rival]) -> bool:
    """Cancel what has ended and stands in the way. True if any did."""
    in_the_way = [rival.pk for rival in rivals if rival.is_over and (rival.takes_patient or rival.takes_doctor)]
    if in_the_way:
        expire_those(in_the_way, now=taking.now, locked_doctor_id=taking.doctor.pk)
    return bool(in_the_way)
