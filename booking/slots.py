"""Which times can be booked: a pure, linear sweep from what a doctor's calendar says to slots.

How starts are chosen: a window is open for as long as the clock at its place shows a time within it, and slots
follow each other from its first instant, one visit's length and its buffers apart, so that visits booked one after
another leave nothing unused. That grid does not depend on what is booked: a visit takes away each start that it
touches, and the next start is the next one of the grid, so a time that was offered stays where it was, whatever
others book around it. Elapsed time counts, so a clock change neither stretches
nor shortens a slot, a time that the clock jumps over is never a start, and a time that it shows twice is two.

A visit has to lie inside its window and outside what is closed, for its doctor or at its place; its buffers keep it
away from other visits only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)


class Slot(NamedTuple):
    """A time that can be booked: aware instants in UTC, and the zone of its place."""

    start: datetime
    end: datetime
    location_id: int
    zone: ZoneInfo


class Span(NamedTuple):
    """`[start, end)` in UTC."""

    start: datetime
    end: datetime


class Rule(NamedTuple):
    """A weekly window in the wall-clock time of `zone`; `weekday` counts from Monday = 0.

    `only` are the keys of the visit types that it is for; empty means all.
    """

    location_id: int
    zone: ZoneInfo
    weekday: int
    start: time
    end: time
    valid_from: date
    valid_until: date | None
    only: frozenset[int] = frozenset()


class Window(NamedTuple):
    """Time at one place, `[start, end)` in UTC, in which visits may lie; `only` is what a `Rule` says of it."""

    start: datetime
    end: datetime
    location_id: int
    zone: ZoneInfo
    only: frozenset[int] = frozenset()

    def is_for(self, key: int) -> bool:
        return not self.only or key in self.only


class Visit(NamedTuple):
    """The numbers of a visit type: minutes, and days for the horizon.

    Of those with a `daily_cap` no more are offered on a day (as the place counts days) on which so many are booked,
    with a `doctor_cap` on one on which there are so many of any type; `key` tells them from visits of other types.
    """

    minutes: int
    buffer_before: int
    buffer_after: int
    minimum_notice: int
    horizon_days: int
    key: int = 0
    daily_cap: int | None = None
    doctor_cap: int | None = None


class Booked(NamedTuple):
    """A visit that stands, by the key of its type and its start."""

    key: int
    start: datetime


@dataclass(frozen=True, kw_only=True)
class Diary:
    """What one doctor's calendar says; `busy` are other visits with their buffers. In any order, overlaps allowed.

    `booked` are the same visits again, for what is counted by the day.

    `closed` is when the doctor is away, `closures` by location when that place is shut.
    """

    rules: Sequence[Rule] = ()
    extra: Sequence[Window] = ()
    closed: Sequence[Span] = ()
    closures: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    busy: Sequence[Span] = ()
    booked: Sequence[Booked] = ()

    @property
    def obstacles(self) -> Obstacles:
        shut = {location_id: merged(spans) for location_id, spans in self.closures.items()}
        return Obstacles(closed=merged(self.closed), closures=shut, busy=merged(self.busy), booked=self.booked)


@dataclass(frozen=True, kw_only=True)
class Obstacles:
    """What stands in the way of visits: each sequence of spans as `merged` gives it."""

    closed: Sequence[Span] = ()
    closures: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    busy: Sequence[Span] = ()
    booked: Sequence[Booked] = ()


def slots(diary: Diary, visit: Visit, *, first_day: date, days: int, now: datetime) -> Iterator[Slot]:
    """The slots that start on `days` days from `first_day` on, as their place counts days, soonest first.

    None begins within the visit type's notice, or past its horizon; both count elapsed time from `now`.
    """
    windows = open_windows(diary, first_day=first_day, days=days)
    return sweep(windows, visit, diary.obstacles, now=now)


def open_windows(diary: Diary, *, first_day: date, days: int) -> list[tuple[Window, Span]]:
    """The windows around those days, by start, each with the part of it that lies in them, which may be empty."""
    zones = {rule.zone for rule in diary.rules} | {window.zone for window in diary.extra}
    bounds = {zone: _days_in(zone, first_day, days) for zone in zones}
    windows = [*diary.extra, *weekly(diary.rules, first_day - _ONE_DAY, days + 2)]
    windows.sort(key=itemgetter(0, 1, 2))
    return [(window, _common(Span(window.start, window.end), bounds[window.zone])) for window in windows]


def sweep(
    windows: Iterable[tuple[Window, Span]], visit: Visit, obstacles: Obstacles, *, now: datetime
) -> Iterator[Slot]:
    """The slots of windows as `open_windows` gives them, of those that are for the visit.

    Where two of these overlap the one that began first keeps the time.
    """
    length = timedelta(minutes=visit.minutes)
    before, after = timedelta(minutes=visit.buffer_before), timedelta(minutes=visit.buffer_after)
    step = before + length + after
    earliest = now + timedelta(minutes=visit.minimum_notice)
    latest = now + timedelta(days=visit.horizon_days)
    shut, taken = _Passing(obstacles.closed), _Passing(obstacles.busy)
    shut_at = {location_id: _Passing(spans) for location_id, spans in obstacles.closures.items()}
    never, full = _Passing(()), _FullDays(obstacles.booked, visit)
    taken_until = datetime.min.replace(tzinfo=UTC)
    for window, starts in windows:
        if not window.is_for(visit.key):
            continue
        shut_here = shut_at.get(window.location_id, never)
        stop = min(starts.end, latest + timedelta.resolution)
        start = _first_of_grid(window.start, max(starts.start, taken_until, earliest), step)
        taken_until = max(taken_until, window.end)
        while start < stop and (end := start + length) <= window.end:
            is_open = not shut.meets(start, end) and not shut_here.meets(start, end)
            if is_open and not taken.meets(start - before, end + after) and not full.hold(start, window.zone):
                yield Slot(start, end, window.location_id, window.zone)
            start += step


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that are in order and apart."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def opening(day: date, start: time, end: time, zone: ZoneInfo) -> list[Span]:
    """The instants of `day` at which the clock shows a time in `[start, end)`: one span on an ordinary day.

    Less of it, or two that are apart, where the clock changes in between.
    """
    edges = [datetime.combine(day, edge, zone).replace(fold=fold) for edge in (start, end) for fold in (0, 1)]
    instants = [edge.astimezone(UTC) for edge in edges]
    if len({edge.utcoffset() for edge in edges}) == 1:
        return [Span(instants[0], instants[2])]
    change, offsets = _clock_change(min(instants), max(instants), zone)
    wall_start, wall_end = (datetime.combine(day, edge, UTC) for edge in (start, end))
    spans = [
        Span(wall_start - offsets[0], min(wall_end - offsets[0], change)),
        Span(max(wall_start - offsets[1], change), wall_end - offsets[1]),
    ]
    return merged(span for span in spans if span.start < span.end)


def _common(one: Span, other: Span) -> Span:
    """The time that two spans share; it ends before it starts where they share none."""
    return Span(max(one.start, other.start), min(one.end, other.end))


class _FullDays:
    """The days on which as many visits are booked as a type takes, or its doctor takes of all types."""

    def __init__(self, booked: Iterable[Booked], visit: Visit) -> None:
        every = list(booked)
        caps = ((visit.daily_cap, [one for one in every if one.key == visit.key]), (visit.doctor_cap, every))
        self._counted = [(cap, visits) for cap, visits in caps if cap is not None and len(visits) >= cap]
        self._days: dict[ZoneInfo, set[date]] = {}

    def hold(self, start: datetime, zone: ZoneInfo) -> bool:
        if not self._counted:
            return False
        if zone not in self._days:
            self._days[zone] = {
                day
                for cap, visits in self._counted
                for day, count in Counter(one.start.astimezone(zone).date() for one in visits).items()
                if count >= cap
            }
        return start.astimezone(zone).date() in self._days[zone]


class _Passing:
    """Spans in order, asked about ranges whose starts only grow, so that each span is passed once."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._at = 0

    def meets(self, start: datetime, end: datetime) -> bool:
        while self._at < len(self._spans) and self._spans[self._at].end <= start:
            self._at += 1
        return self._at < len(self._spans) and self._spans[self._at].start < end


def _first_of_grid(anchor: datetime, not_before: datetime, step: timedelta) -> datetime:
    """The first of anchor, anchor + step, … that is not before `not_before`."""
    return anchor if not_before <= anchor else anchor + step * -((anchor - not_before) // step)


def weekly(rules: Sequence[Rule], first_day: date, days: int) -> Iterator[Window]:
    """The windows that rules open on `days` days from `first_day` on."""
    by_weekday: dict[int, list[Rule]] = {}
    for rule in rules:
        by_weekday.setdefault(rule.weekday, []).append(rule)
    for number in range(days):
        day = first_day + timedelta(days=number)
        for rule in by_weekday.get(day.weekday(), ()):
            if rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until):
                for span in opening(day, rule.start, rule.end, rule.zone):
                    yield Window(span.start, span.end, rule.location_id, rule.zone, rule.only)


def _days_in(zone: ZoneInfo, first_day: date, days: int) -> Span:
    midnights = (datetime.combine(first_day + timedelta(days=number), time(), zone) for number in (0, days))
    return Span(*(midnight.astimezone(UTC) for midnight in midnights))


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> tuple[datetime, tuple[timedelta, timedelta]]:
    """The instant between two at which the zone's offset changes, and the offsets on its two sides."""

    def offset(instant: datetime) -> timedelta:
        return instant.astimezone(zone).utcoffset() or timedelta()

    seconds = range(int((after - before).total_seconds()) + 1)
    sides = offset(before), offset(after)
    at = bisect_left(seconds, True, key=lambda second: offset(before + timedelta(seconds=second)) == sides[1])
    return before + timedelta(seconds=at), sides
