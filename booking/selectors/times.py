from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from booking.models import Appointment
from booking.selectors.diaries import diaries_of
from booking.slots import Diary, Slot, Span, Visit, slots
from doctors.models import Doctor, Location, VisitType

_ALTERNATIVES_WITHIN_DAYS = 14


class Moving(NamedTuple):
    """An appointment on its way to another time: its own is free for it, and is no other time.

    `only_at` is the key of the place that whoever moves it is tied to. `may_stay` where it becomes another kind of
    visit, which its own time may suit.
    """

    appointment: Appointment
    only_at: int | None = None
    may_stay: bool = False

    def out_of(self, diary: Diary) -> Diary:
        """The calendar as if the appointment were not in it; the times of one doctor's visits are never alike."""
        own = Span(self.appointment.blocked.lower, self.appointment.blocked.upper)
        others = [one for one in diary.booked if one.start != self.appointment.start]
        return replace(diary, busy=[span for span in diary.busy if span != own], booked=others)

    def may_take(self, slot: Slot) -> bool:
        if self.only_at not in (None, slot.location_id):
            return False
        return self.may_stay or (slot.start, slot.location_id) != (self.appointment.start, self.appointment.location_id)


def visit_of(visit_type: VisitType, doctor: Doctor) -> Visit:
    """The generator's numbers of a visit type of the doctor's."""
    limits = visit_type.limits(doctor)
    return Visit(
        visit_type.minutes,
        limits.buffer_before,
        limits.buffer_after,
        limits.minimum_notice,
        limits.horizon_days,
        visit_type.pk,
        limits.daily_cap,
        limits.doctor_cap,
    )


def slots_for(
    *,
    doctor: Doctor,
    visit_type: VisitType,
    first_day: date,
    days: int,
    now: datetime,
    moving: Moving | None = None,
) -> list[Slot]:
    """The free times of a visit type on `days` days from `first_day`, soonest first, in one statement.

    Days are counted in the zone of each place. Empty for a doctor who is not listed or a type that is not offered.
    With `moving` those that this appointment can be moved to.
    """
    if not (doctor.is_listed and visit_type.is_active):
        return []
    diary = diaries_of([doctor.pk], first_day=first_day, days=days, now=now)[doctor.pk]
    visit = visit_of(visit_type, doctor)
    if moving is None:
        return list(slots(diary, visit, first_day=first_day, days=days, now=now))
    found = slots(moving.out_of(diary), visit, first_day=first_day, days=days, now=now)
    return [slot for slot in found if moving.may_take(slot)]


def slot_offered(
    *,
    doctor: Doctor,
    visit_type: VisitType,
    location_id: int,
    start: datetime,
    now: datetime,
    moving: Moving | None = None,
) -> Slot | None:
    """The free slot that starts at this instant at this place, if there is one."""
    first_day = _day_before(start)
    around = slots_for(doctor=doctor, visit_type=visit_type, first_day=first_day, days=3, now=now, moving=moving)
    return next((slot for slot in around if slot.start == start and slot.location_id == location_id), None)


def next_slot_after(
    *, doctor: Doctor, visit_type: VisitType, after: datetime, now: datetime, moving: Moving | None = None
) -> Slot | None:
    """The first free slot at or after an instant, within the horizon."""
    first_day = _day_before(after)
    horizon = visit_type.limits(doctor).horizon_days
    days = max(((now + timedelta(days=horizon)).date() - first_day).days + 2, 0)
    found = slots_for(doctor=doctor, visit_type=visit_type, first_day=first_day, days=days, now=now, moving=moving)
    return next((slot for slot in found if slot.start >= after), None)


def nearest_alternatives(
    *,
    doctor: Doctor,
    visit_type: VisitType,
    start: datetime,
    now: datetime,
    count: int = 3,
    moving: Moving | None = None,
) -> list[Slot]:
    """Up to `count` free slots within two weeks of an instant, or of now once it has passed: those nearest to it, in
    order of time."""
    around = max(start, now)
    first_day = max(around - timedelta(days=_ALTERNATIVES_WITHIN_DAYS), now).date() - timedelta(days=1)
    days = (around.date() - first_day).days + _ALTERNATIVES_WITHIN_DAYS
    found = slots_for(doctor=doctor, visit_type=visit_type, first_day=first_day, days=days, now=now, moving=moving)
    nearest = sorted((slot for slot in found if slot.start != start), key=lambda slot: abs(slot.start - start))
    return sorted(nearest[:count], key=lambda slot: slot.start)


def places_of(doctor: Doctor, slots: Iterable[Slot]) -> dict[int, Location]:
    """The places of a doctor and of the slots by key: hours can outlast a doctor's tie to their place."""
    places = {location.pk: location for location in doctor.locations.all()}
    missing = {slot.location_id for slot in slots} - places.keys()
    return places | (Location.objects.in_bulk(missing) if missing else {})


def _day_before(instant: datetime) -> date:
    return instant.date() - timedelta(days=1)
