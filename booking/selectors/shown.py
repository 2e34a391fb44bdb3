"""Free times for pages and the API, kept in Redis for as long as they hold. Whoever books asks the rows instead.

What is kept is named by the doctor's stamps, which the database changes in the transaction of whatever changes the
doctor's times (`doctors.models.CalendarStamp`) and which come with the doctor's own row: a time that was taken is under
another name as soon as the transaction stands, and what is under the old one nobody finds again. Only the clock changes
times without a stamp: a wait that ends is when the kept ones end too, notice and horizon are looked at each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.cache import caches

from booking.selectors.diaries import diary_and_its_end
from booking.selectors.times import slots_for, visit_of
from booking.slots import Slot, slots
from doctors.models import Doctor, VisitType

_KEPT_SECONDS = 300
# The doctor's own, and everybody's.
_STAMPS = 2


# A place, its zone, and the starts of slots there in seconds since 1970: plain numbers are read faster than slots.
_Run: TypeAlias = tuple[int, str, list[int]]
# Since and until when they hold, in seconds since 1970.
_Kept: TypeAlias = tuple[float, float, list[_Run]]


def slots_shown(*, doctor: Doctor, visit_type: VisitType, first_day: date, days: int, now: datetime) -> list[Slot]:
    """As `slots_for`, of a doctor who came with the stamps (`doctors.selectors`); without Redis as many statements."""
    if not (doctor.is_listed and visit_type.is_active):
        return []
    stamps: Sequence[UUID] = getattr(doctor, "calendar_stamps", ())
    if len(stamps) != _STAMPS:
        return slots_for(doctor=doctor, visit_type=visit_type, first_day=first_day, days=days, now=now)
    name = ".".join(stamp.hex for stamp in stamps)
    cache, key = caches["redis"], f"slots:{doctor.pk}:{name}:{visit_type.pk}:{first_day}:{days}"
    kept = cache.get(key)
    if kept is None or not kept[0] <= now.timestamp() < kept[1]:
        kept = _looked_up(doctor, visit_type, first_day, days, now)
        cache.set(key, kept, timeout=_KEPT_SECONDS)
    return _slots(kept[2], visit_type, doctor, now)


def _looked_up(doctor: Doctor, visit_type: VisitType, first_day: date, days: int, now: datetime) -> _Kept:
    """Without notice, and a day beyond the horizon: both go with the clock."""
    visit = visit_of(visit_type, doctor)
    visit = visit._replace(minimum_notice=0, horizon_days=visit.horizon_days + 1)
    diary, ends = diary_and_its_end(doctor.pk, first_day=first_day, days=days, now=now)
    found = slots(diary, visit, first_day=first_day, days=days, now=now)
    until = now + timedelta(seconds=_KEPT_SECONDS)
    return now.timestamp(), min(until, ends or until).timestamp(), list(_runs(found))


def _runs(found: Iterable[Slot]) -> Iterable[_Run]:
    for (location_id, zone), same in groupby(found, key=lambda slot: (slot.location_id, slot.zone)):
        yield location_id, zone.key, [int(slot.start.timestamp()) for slot in same]


def _slots(runs: Sequence[_Run], visit_type: VisitType, doctor: Doctor, now: datetime) -> list[Slot]:
    limits = visit_type.limits(doctor)
    earliest = (now + timedelta(minutes=limits.minimum_notice)).timestamp()
    latest = (now + timedelta(days=limits.horizon_days)).timestamp()
    length, made = visit_type.duration, []
    for location_id, zone_name, starts in runs:
        zone = ZoneInfo(zone_name)
        for seconds in starts:
            if earliest <= seconds <= latest:
                start = datetime.fromtimestamp(seconds, UTC)
                made.append(Slot(start, start + length, location_id, zone))
    return made
