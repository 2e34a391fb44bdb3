"""What the listing projection in `doctors` has to say, computed by the slot generator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice, product

from django.db.models import DateTimeField, Exists, F, Func, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import Exact

from booking.models import AvailabilityException, AvailabilityRule
from booking.rows import Reader, columns, fetch
from booking.selectors.diaries import diaries_of
from booking.selectors.times import visit_of
from booking.slots import Diary, Obstacles, Span, Visit, Window, open_windows, sweep
from doctors.models import KEPT_TIMES, NO_TIME, Doctor, FreeTime, Listing, Location, VisitType
from doctors.services.listing import Place

EMPTY_LOOKED_AT_EVERY_MINUTES = 60
_SOON_DAYS = 14


def next_times_of(doctors: Sequence[Doctor], *, now: datetime) -> dict[int, dict[Place, list[FreeTime]]]:
    """The next free times of each doctor by place and modality, and for any of either, in two statements.

    All times of an entry are of one visit type, whose price and length search shows beside them: of the first in the
    doctor's order that has any there.
    """
    ids = [doctor.pk for doctor in doctors]
    offered, places = _offered_by(ids)
    horizon = max((visit_type.horizon_days for own in offered.values() for visit_type in own), default=0)
    first_day, days = (now - timedelta(days=1)).date(), horizon + 3
    diaries = diaries_of(ids, first_day=first_day, days=days, now=now)
    return {
        doctor.pk: _next_times(doctor, diaries[doctor.pk], offered[doctor.pk], places[doctor.pk], now=now)
        for doctor in doctors
    }


def _offered_by(doctor_ids: list[int]) -> tuple[dict[int, list[VisitType]], dict[int, list[int]]]:
    """What each doctor offers, in the doctor's order, and the keys of their places."""
    offered: defaultdict[int, list[VisitType]] = defaultdict(list)
    places: dict[int, list[int]] = defaultdict(list)
    sql = f"""
        SELECT doctor.id, ARRAY(SELECT location_id FROM doctors_doctor_locations WHERE doctor_id = doctor.id),
            {columns(VisitType, "visit")}
        FROM doctors_doctor doctor
        LEFT JOIN doctors_visittype visit ON visit.doctor_id = doctor.id AND visit.is_active
        WHERE doctor.id = ANY(%s) ORDER BY visit.position, visit.id
    """  # noqa: S608 — names of ours, the values are parameters
    for row in fetch(sql, [doctor_ids]):
        reader = Reader(row)
        doctor_id = reader.value()
        places[doctor_id] = reader.value()
        visit_type = reader.instance(VisitType)
        if visit_type is not None:
            offered[doctor_id].append(visit_type)
    return offered, places


def _next_times(
    doctor: Doctor, diary: Diary, offered: Sequence[VisitType], locations: Iterable[int], *, now: datetime
) -> dict[Place, list[FreeTime]]:
    found: dict[Place, dict[datetime, FreeTime]] = {
        place: {}
        for place in product([None, *sorted(locations)], ["", *sorted({visit_type.modality for visit_type in offered})])
    }
    visits = [(visit_type, visit_of(visit_type, doctor)) for visit_type in offered]
    for visit_type, times in _first_times_of(diary, visits, now=now):
        own: defaultdict[Place, dict[datetime, FreeTime]] = defaultdict(dict)
        for time in times:
            for place in product([None, time.location_id], ["", visit_type.modality]):
                own[place].setdefault(time.start, time)
        found |= {place: known for place, known in own.items() if not found.get(place)}
    return {place: sorted(times.values())[:KEPT_TIMES] for place, times in found.items()}


def _first_times_of(
    diary: Diary, visits: Sequence[tuple[VisitType, Visit]], *, now: datetime
) -> list[tuple[VisitType, list[FreeTime]]]:
    """The first free times of visit types, in the next two weeks where these have enough, else as far as they go.

    To open a window costs more than to find six times in it, and most doctors have them in the first few.
    """
    horizon = max((visit.horizon_days for _, visit in visits), default=0)
    obstacles, places = diary.obstacles, [_places_for(diary, visit) for _, visit in visits]
    found: list[list[FreeTime]] = []
    for days in sorted({min(_SOON_DAYS, horizon), horizon}):
        windows = open_windows(diary, first_day=(now - timedelta(days=1)).date(), days=days + 3)
        found = [
            _first_times(windows, own, visit_type, visit, obstacles, now=now)
            for own, (visit_type, visit) in zip(places, visits, strict=True)
        ]
        if all(len(times) == KEPT_TIMES * len(own) for times, own in zip(found, places, strict=True)):
            break
    return [(visit_type, times) for (visit_type, _), times in zip(visits, found, strict=True)]


def _places_for(diary: Diary, visit: Visit) -> set[int]:
    """Where the visit may ever have a window."""
    rules = {rule.location_id for rule in diary.rules if not rule.only or visit.key in rule.only}
    return rules | {window.location_id for window in diary.extra if window.is_for(visit.key)}


def _first_times(
    windows: Sequence[tuple[Window, Span]],
    places: Iterable[int],
    visit_type: VisitType,
    visit: Visit,
    obstacles: Obstacles,
    *,
    now: datetime,
) -> list[FreeTime]:
    """The first free times of a visit type, enough of them for each place, where the sweep ends."""
    times: dict[int, list[FreeTime]] = {location_id: [] for location_id in sorted(places)}
    wanted = KEPT_TIMES * len(times)
    notice = timedelta(minutes=visit.minimum_notice)
    swept = sweep(windows, visit, obstacles, now=now)
    useful = (slot for slot in swept if len(times[slot.location_id]) < KEPT_TIMES)
    for slot in islice(useful, wanted):
        time = FreeTime(slot.start, visit_type.public_id, slot.location_id, slot.start - notice)
        times[slot.location_id].append(time)
    return list(chain.from_iterable(times.values()))


def booking_touches(times: Iterable[datetime], blocked: Span, *, widest_minutes: int) -> bool:
    """Whether taking `blocked` can remove one of the listed times."""
    widest = timedelta(minutes=widest_minutes)
    return any(blocked.start - widest < time < blocked.end + widest for time in times)


def release_touches(doctor_id: int, blocked: Span, *, now: datetime) -> bool:
    """Whether freeing `blocked` can add a time to the doctor's listing: no visit takes more than a day.

    Nor does a day that was full and is so no more have more than 25 hours. Where a later visit type is listed, since
    those before it had no time, any time may be one of theirs.
    """
    if blocked.end <= now:
        return False
    is_any = Exact(OuterRef("modality"), Value(""))
    offered = VisitType.objects.filter(Q(modality=OuterRef("modality")) | is_any, doctor=OuterRef("doctor"))
    first = offered.filter(is_active=True).order_by("position", "id").values("public_id")[:1]
    rows = Listing.objects.filter(doctor=doctor_id).annotate(first_type=Subquery(first))
    soonest = blocked.start - timedelta(hours=25)
    return any(
        len(times) < KEPT_TIMES or soonest < times[-1] or types[:1] != [first_type]
        for times, types, first_type in rows.values_list("next_times", "next_type_ids", "first_type")
    )


def doctors_due(*, now: datetime, limit: int) -> list[int]:
    """The doctors whose listing shows a time that nobody can book any more: passed, or inside its visit type's notice.

    A listing without any time is looked at once an hour, as days come within the horizon.
    """
    any_place = Listing.objects.filter(location=None, modality="").order_by("next_available_at", "doctor")
    own = Listing.objects.filter(doctor=OuterRef("doctor")).annotate(until=_Earliest("next_until"))
    longest = max(_longest_notice(VisitType.objects.filter(is_active=True)), _longest_notice(Doctor.objects.listed()))
    # No time of a doctor's comes before the first of any place, so the index leads to all that may be due.
    soon = any_place.filter(next_available_at__lte=now + timedelta(minutes=longest))
    passed = soon.filter(Q(next_available_at__lte=now) | Exists(own.filter(until__lt=now)))
    empty = any_place.annotate(turn=F("doctor_id") % EMPTY_LOOKED_AT_EVERY_MINUTES).filter(
        next_available_at=NO_TIME, turn=int(now.timestamp()) // 60 % EMPTY_LOOKED_AT_EVERY_MINUTES
    )
    return [*passed.values_list("doctor_id", flat=True)[:limit], *empty.values_list("doctor_id", flat=True)[:limit]]


def _longest_notice(rows: QuerySet[VisitType] | QuerySet[Doctor]) -> int:
    return int(rows.aggregate(minutes=Max("minimum_notice"))["minutes"] or 0)


def doctors_at(place: Location) -> list[int]:
    """Listed doctors with hours at a place, in the order of their keys, whether or not it is one of their places."""
    rules = AvailabilityRule.objects.filter(location=place).values("doctor")
    extra = AvailabilityException.objects.filter(location=place).values("doctor")
    own = Doctor.objects.listed().filter(Q(pk__in=rules) | Q(pk__in=extra))
    return list(own.order_by("pk").values_list("pk", flat=True))


class _Earliest(Func):
    """The earliest instant of a column that holds several."""

    template = "(SELECT MIN(instant) FROM unnest(%(expressions)s) AS instant)"
    output_field = DateTimeField()
