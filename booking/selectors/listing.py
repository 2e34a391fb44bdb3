"""What the listing projection in `doctors` has to say, computed by the slot generator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice, product

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    Value,
)

from booking.selectors.diaries import diaries_of
from booking.selectors.times import visit_of
from booking.slots import Diary, Span, Window, merged, open_windows, sweep
from doctors.models import NO_TIME, Doctor, Listing, VisitType
from doctors.services.listing import KEPT_TIMES, Place

EMPTY_LOOKED_AT_EVERY_MINUTES = 60


def next_times_of(doctors: Sequence[Doctor], *, now: datetime) -> dict[int, dict[Place, list[datetime]]]:
    """The next free times of each doctor by place and modality, and for any of either, in four statements."""
    ids = [doctor.pk for doctor in doctors]
    offered: defaultdict[int, list[VisitType]] = defaultdict(list)
    for visit_type in VisitType.objects.filter(doctor__in=ids, is_active=True):
        offered[visit_type.doctor_id].append(visit_type)
    locations: defaultdict[int, set[int]] = defaultdict(set)
    for doctor_id, location_id in Doctor.locations.through.objects.filter(doctor__in=ids).values_list(
        "doctor_id", "location_id"
    ):
        locations[doctor_id].add(location_id)
    horizon = max((visit_type.horizon_days for own in offered.values() for visit_type in own), default=0)
    first_day, days = (now - timedelta(days=1)).date(), horizon + 3
    diaries = diaries_of(ids, first_day=first_day, days=days, now=now)
    return {
        doctor.pk: _next_times(diaries[doctor.pk], offered[doctor.pk], locations[doctor.pk], now=now)
        for doctor in doctors
    }


def _next_times(
    diary: Diary, offered: Sequence[VisitType], locations: Iterable[int], *, now: datetime
) -> dict[Place, list[datetime]]:
    found: dict[Place, set[datetime]] = {
        place: set()
        for place in product([None, *sorted(locations)], ["", *sorted({visit_type.modality for visit_type in offered})])
    }
    horizon = max((visit_type.horizon_days for visit_type in offered), default=0)
    windows = open_windows(diary, first_day=(now - timedelta(days=1)).date(), days=horizon + 3)
    for visit_type in offered:
        for location_id, times in _first_times(diary, windows, visit_type, now=now).items():
            for place in product([None, location_id], ["", visit_type.modality]):
                found.setdefault(place, set()).update(times)
    return {place: sorted(times)[:KEPT_TIMES] for place, times in found.items()}


def _first_times(
    diary: Diary, windows: Sequence[tuple[Window, Span]], visit_type: VisitType, *, now: datetime
) -> Mapping[int, list[datetime]]:
    """The first free times of a visit type at each place; the sweep ends as soon as each has enough."""
    times: dict[int, list[datetime]] = {window.location_id: [] for window, _ in windows}
    wanted = KEPT_TIMES * len(times)
    swept = sweep(windows, visit_of(visit_type), closed=merged(diary.closed), busy=merged(diary.busy), now=now)
    useful = (slot for slot in swept if len(times[slot.location_id]) < KEPT_TIMES)
    for slot in islice(useful, wanted):
        times[slot.location_id].append(slot.start)
    return times


def booking_touches(times: Iterable[datetime], blocked: Span, *, widest_minutes: int) -> bool:
    """Whether taking `blocked` can remove one of the listed times."""
    widest = timedelta(minutes=widest_minutes)
    return any(blocked.start - widest < time < blocked.end + widest for time in times)


def release_touches(doctor_id: int, blocked: Span, *, now: datetime) -> bool:
    """Whether freeing `blocked` can add a time to the doctor's listing: no visit takes more than a day."""
    if blocked.end <= now:
        return False
    rows = Listing.objects.filter(doctor=doctor_id).values_list("next_times", flat=True)
    soonest = blocked.start - timedelta(days=1)
    return any(len(times) < KEPT_TIMES or soonest < times[-1] for times in rows)


def doctors_due(*, now: datetime, limit: int) -> list[int]:
    """The doctors whose listing shows a time that nobody can book any more: passed, or inside every type's notice.

    A listing without any time is looked at once an hour, as days come within the horizon.
    """
    any_place = Listing.objects.filter(location=None, modality="").order_by("next_available_at", "doctor")
    notice = ExpressionWrapper(F("minimum_notice") * Value(timedelta(minutes=1)), output_field=DurationField())
    earliest = ExpressionWrapper(Value(now) + notice, output_field=DateTimeField())
    still_bookable = VisitType.objects.annotate(earliest=earliest).filter(
        doctor=OuterRef("doctor"), is_active=True, earliest__lte=OuterRef("next_available_at")
    )
    longest = VisitType.objects.filter(is_active=True).aggregate(minutes=Max("minimum_notice"))["minutes"] or 0
    soon = any_place.filter(next_available_at__lte=now + timedelta(minutes=longest))
    passed = soon.filter(Q(next_available_at__lte=now) | ~Exists(still_bookable))
    empty = any_place.annotate(turn=F("doctor_id") % EMPTY_LOOKED_AT_EVERY_MINUTES).filter(
        next_available_at=NO_TIME, turn=int(now.timestamp()) // 60 % EMPTY_LOOKED_AT_EVERY_MINUTES
    )
    return [*passed.values_list("doctor_id", flat=True)[:limit], *empty.values_list("doctor_id", flat=True)[:limit]]
