from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from booking.selectors.diaries import diaries_of
from booking.slots import Slot, Visit, slots
from doctors.models import Doctor, Location, VisitType

_ALTERNATIVES_WITHIN_DAYS = 14


def visit_of(visit_type: VisitType) -> Visit:
    """The generator's numbers of a visit type."""
    return Visit(
        visit_type.minutes,
        visit_type.buffer_before,
        visit_type.buffer_after,
        visit_type.minimum_notice,
        visit_type.horizon_days,
    )


def slots_for(*, doctor: Doctor, visit_type: VisitType, first_day: date, days: int, now: datetime) -> list[Slot]:
    """The free times of a visit type on `days` days from `first_day`, soonest first, in two statements.

    Days are counted in the zone of each place. Empty for a doctor who is not listed or a type that is not offered.
    """
    if not (doctor.is_listed and visit_type.is_active):
        return []
    diary = diaries_of([doctor.pk], first_day=first_day, days=days, now=now)[doctor.pk]
    return list(slots(diary, visit_of(visit_type), first_day=first_day, days=days, now=now))


def slot_offered(
    *, doctor: Doctor, visit_type: VisitType, location_id: int, start: datetime, now: datetime
) -> Slot | None:
    """The free slot that starts at this instant at this place, if there is one."""
    around = slots_for(doctor=doctor, visit_type=visit_type, first_day=_day_before(start), days=3, now=now)
    return next((slot for slot in around if slot.start == start and slot.location_id == location_id), None)


def next_slot_after(*, doctor: Doctor, visit_type: VisitType, after: datetime, now: datetime) -> Slot | None:
    """The first free slot at or after an instant, within the visit type's horizon."""
    first_day = _day_before(after)
    days = max(((now + timedelta(days=visit_type.horizon_days)).date() - first_day).days + 2, 0)
    found = slots_for(doctor=doctor, visit_type=visit_type, first_day=first_day, days=days, now=now)
    return next((slot for slot in found if slot.start >= after), None)


def nearest_alternatives(
    *, doctor: Doctor, visit_type: VisitType, start: datetime, now: datetime, count: int = 3
) -> list[Slot]:
    """Up to `count` free slots within two weeks of an instant, those nearest to it, in order of time."""
    first_day = max(start - timedelta(days=_ALTERNATIVES_WITHIN_DAYS), now).date() - timedelta(days=1)
    days = (start.date() - first_day).days + _ALTERNATIVES_WITHIN_DAYS
    found = slots_for(doctor=doctor, visit_type=visit_type, first_day=first_day, days=days, now=now)
    nearest = sorted((slot for slot in found if slot.start != start), key=lambda slot: abs(slot.start - start))
    return sorted(nearest[:count], key=lambda slot: slot.start)


def places_of(doctor: Doctor, slots: Iterable[Slot]) -> dict[int, Location]:
    """The places of a doctor and of the slots by key: hours can outlast a doctor's tie to their place."""
    places = {location.pk: location for location in doctor.locations.all()}
    missing = {slot.location_id for slot in slots} - places.keys()
    return places | (Location.objects.in_bulk(missing) if missing else {})


def _day_before(instant: datetime) -> date:
    return instant.date() - timedelta(days=1)
