"""What a week shows as free is what the slot generator has to offer from, to the minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.free import AWAY, FREE, SHUT, Stretch, stretches
from booking.slots import Diary, Span, Visit, Window, merged, slots
from booking.tests.test_slots import EARLY, LONDON, every_day

MONDAY = date(2027, 6, 7)
STEP = timedelta(minutes=5)
SMALLEST = Visit(minutes=5, buffer_before=0, buffer_after=0, minimum_notice=0, horizon_days=100_000)


def at(hour: float, day: date = MONDAY, zone: ZoneInfo = LONDON) -> datetime:
    return (datetime.combine(day, time(), zone) + timedelta(hours=hour)).astimezone(UTC)


def span(start: float, end: float) -> Span:
    return Span(at(start), at(end))


def told(found: list[Stretch]) -> list[str]:
    return [f"{one.kind} {_clock(one.start, one.zone)}-{_clock(one.end, one.zone)}" for one in found]


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%H:%M")


def of(day: date = MONDAY, now: datetime = EARLY, **diary: Any) -> list[Stretch]:
    rules = diary.pop("rules", every_day(time(9), time(17)))
    return stretches(Diary(rules=rules, **diary), first_day=day, days=1, now=now)


def test_an_empty_day_is_free_as_long_as_it_is_open() -> None:
    assert told(of()) == ["free 09:00-17:00"]


def test_visits_divide_it_and_touching_ones_leave_nothing_between() -> None:
    busy = [span(10, 10.5), span(10.5, 11), span(16.5, 18)]
    assert told(of(busy=busy)) == ["free 09:00-10:00", "free 11:00-16:30"]


def test_what_is_closed_says_by_whom_and_once() -> None:
    found = of(closed=[span(12, 14)], closures={1: [span(13, 15)], 2: [span(9, 17)]}, busy=[span(13, 13.5)])
    assert told(found) == ["free 09:00-12:00", "away 12:00-14:00", "shut 14:00-15:00", "free 15:00-17:00"]
    assert {one.kind for one in found} == {FREE, AWAY, SHUT}


def test_what_is_past_is_not_free() -> None:
    assert told(of(now=at(11.25))) == ["free 11:15-17:00"]
    assert told(of(now=at(18))) == []


def test_hours_that_overlap_are_told_once() -> None:
    rules = every_day(time(9), time(12)) + every_day(time(10), time(14), location_id=2)
    rules = [rule._replace(only=frozenset({rule.location_id})) for rule in rules]
    found = of(rules=rules)
    assert told(found) == ["free 09:00-12:00", "free 12:00-14:00"]
    assert [one.location_id for one in found] == [1, 2]


def test_extra_hours_over_midnight_are_cut_at_it() -> None:
    extra = [Window(at(22), at(26), 1, LONDON)]
    found = stretches(Diary(extra=extra), first_day=MONDAY, days=2, now=EARLY)
    assert [(one.day.day, text) for one, text in zip(found, told(found), strict=True)] == [
        (7, "free 22:00-00:00"),
        (8, "free 00:00-02:00"),
    ]


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 1), (date(2027, 10, 31), 3), (MONDAY, 2)])
def test_the_night_of_a_clock_change_is_as_long_as_it_is(day: date, hours: int) -> None:
    [free] = of(day, rules=every_day(time(0, 30), time(2, 30)))
    assert free.end - free.start == timedelta(hours=hours)


FIVES = st.integers(min_value=0, max_value=12 * 24 * 4)
SPANS = st.lists(st.tuples(FIVES, st.integers(min_value=1, max_value=60)), max_size=6)


@given(
    zone=st.sampled_from(["Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"]),
    day=st.sampled_from([date(2027, 3, 27), date(2027, 4, 3), date(2027, 10, 30), MONDAY]),
    busy=SPANS,
    closed=SPANS,
    shut=SPANS,
)
@settings(max_examples=60, deadline=None)
def test_free_time_is_the_union_of_the_smallest_slots(
    zone: str, day: date, busy: list[tuple[int, int]], closed: list[tuple[int, int]], shut: list[tuple[int, int]]
) -> None:
    there = ZoneInfo(zone)
    start = at(0, day, there)

    def spans(found: list[tuple[int, int]]) -> list[Span]:
        return [Span(start + first * STEP, start + (first + length) * STEP) for first, length in found]

    rules = [*every_day(time(0, 30), time(2, 30), there), *every_day(time(9), time(17), there, location_id=2)]
    diary = Diary(rules=rules, busy=spans(busy), closed=spans(closed), closures={2: spans(shut)})
    offered = merged(Span(slot.start, slot.end) for slot in slots(diary, SMALLEST, first_day=day, days=3, now=EARLY))
    found = stretches(diary, first_day=day, days=3, now=EARLY)
    assert merged(Span(one.start, one.end) for one in found if one.kind == FREE) == offered
