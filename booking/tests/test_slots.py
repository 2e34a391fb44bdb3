from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.slots import (
    Booked,
    Diary,
    Obstacles,
    Rule,
    Slot,
    Span,
    Visit,
    Window,
    merged,
    open_windows,
    opening,
    slots,
    sweep,
)

LONDON = ZoneInfo("Europe/London")
LONG_AGO = date(1990, 1, 1)
EARLY = datetime(2000, 1, 1, tzinfo=UTC)
ANY_TIME = Visit(minutes=30, buffer_before=0, buffer_after=0, minimum_notice=0, horizon_days=100_000)


def every_day(start: time, end: time, zone: ZoneInfo = LONDON, location_id: int = 1) -> list[Rule]:
    return [Rule(location_id, zone, weekday, start, end, LONG_AGO, None) for weekday in range(7)]


def found(diary: Diary, visit: Visit = ANY_TIME, *, day: date = date(2027, 6, 7), days: int = 1) -> list[Slot]:
    return list(slots(diary, visit, first_day=day, days=days, now=EARLY))


def clocks(slots_found: list[Slot]) -> list[str]:
    return [slot.start.astimezone(slot.zone).strftime("%H:%M %Z") for slot in slots_found]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 3, 28), ["00:30 GMT", "02:00 BST"]),
        (date(2027, 10, 31), ["00:30 BST", "01:00 BST", "01:30 BST", "01:00 GMT", "01:30 GMT", "02:00 GMT"]),
        (date(2027, 6, 6), ["00:30 BST", "01:00 BST", "01:30 BST", "02:00 BST"]),
        (date(2027, 1, 3), ["00:30 GMT", "01:00 GMT", "01:30 GMT", "02:00 GMT"]),
    ],
)
def test_the_night_of_a_clock_change(day: date, expected: list[str]) -> None:
    assert clocks(found(Diary(rules=every_day(time(0, 30), time(2, 30))), day=day)) == expected


def test_a_window_inside_the_hour_that_does_not_exist_opens_nothing() -> None:
    assert opening(date(2027, 3, 28), time(1, 10), time(1, 50), LONDON) == []


def test_a_window_around_the_hour_that_does_not_exist_is_one_and_keeps_its_grid() -> None:
    """25 minutes from start to start, straight over the change: no start of a grid that begins anew at 3:00."""
    zone = ZoneInfo("America/St_Johns")
    diary = Diary(rules=every_day(time(0), time(3, 5), zone))
    kept = found(diary, Visit(5, 20, 0, 0, 100_000), day=date(2027, 3, 14))
    shown = [slot.start.astimezone(zone).strftime("%H:%M") for slot in kept]
    assert shown == ["00:00", "00:25", "00:50", "01:15", "01:40"]


def test_a_window_inside_the_hour_that_comes_twice_opens_twice() -> None:
    spans = opening(date(2027, 10, 31), time(1, 0), time(1, 30), LONDON)
    assert [(span.start.hour, span.end.minute) for span in spans] == [(0, 30), (1, 30)]


def test_a_day_that_its_place_skipped_has_no_slots() -> None:
    apia = ZoneInfo("Pacific/Apia")
    diary = Diary(rules=every_day(time(9), time(17), apia))
    assert found(diary, day=date(2011, 12, 30)) == []
    assert len(found(diary, day=date(2011, 12, 29), days=3)) == 2 * 16


def test_slots_follow_each_other_from_the_start_of_the_window() -> None:
    diary = Diary(rules=every_day(time(9, 10), time(10, 30)))
    assert clocks(found(diary)) == ["09:10 BST", "09:40 BST"]


def test_what_is_booked_leaves_the_other_starts_where_they_were() -> None:
    busy = [Span(datetime(2027, 6, 7, 8, 40, tzinfo=UTC), datetime(2027, 6, 7, 8, 50, tzinfo=UTC))]
    diary = Diary(rules=every_day(time(9), time(11)), busy=busy)
    assert clocks(found(diary)) == ["09:00 BST", "10:00 BST", "10:30 BST"]


def test_buffers_of_neighbours_add() -> None:
    busy = [Span(datetime(2027, 6, 7, 8, 50, tzinfo=UTC), datetime(2027, 6, 7, 9, 30, tzinfo=UTC))]
    rules = every_day(time(9), time(12))
    plain = found(Diary(rules=rules, busy=busy), ANY_TIME._replace(minutes=10))
    buffered = found(Diary(rules=rules, busy=busy), ANY_TIME._replace(minutes=10, buffer_before=10, buffer_after=5))
    assert clocks(plain)[4:6] == ["09:40 BST", "10:30 BST"]
    assert clocks(buffered)[:4] == ["09:00 BST", "09:25 BST", "10:40 BST", "11:05 BST"]


def test_a_buffer_may_reach_out_of_the_window_and_into_closed_time() -> None:
    closed = [Span(datetime(2027, 6, 7, 9, 0, tzinfo=UTC), datetime(2027, 6, 7, 15, 0, tzinfo=UTC))]
    diary = Diary(rules=every_day(time(9), time(17)), closed=closed)
    buffered = ANY_TIME._replace(buffer_before=15, buffer_after=15)
    assert clocks(found(diary, buffered)) == ["09:00 BST", "16:00 BST"]


def test_notice_and_horizon_count_elapsed_time() -> None:
    diary = Diary(rules=every_day(time(0), time(23, 30)))
    now = datetime(2027, 3, 27, 2, 0, tzinfo=UTC)
    visit = ANY_TIME._replace(minimum_notice=24 * 60, horizon_days=2)
    kept = list(slots(diary, visit, first_day=date(2027, 3, 26), days=9, now=now))
    assert kept[0].start == now + timedelta(hours=24)
    assert kept[-1].start == now + timedelta(days=2)
    assert clocks(kept)[0] == "03:00 BST"


def test_rules_hold_only_between_their_days() -> None:
    rule = Rule(1, LONDON, 0, time(9), time(10), date(2027, 6, 14), date(2027, 6, 21))
    starts = [slot.start.date() for slot in found(Diary(rules=[rule]), day=date(2027, 6, 1), days=40)]
    assert starts == [date(2027, 6, 14)] * 2 + [date(2027, 6, 21)] * 2


def test_extra_hours_open_a_day_and_never_double_a_time() -> None:
    extra = [
        Window(datetime(2027, 6, 7, 10, 0, tzinfo=UTC), datetime(2027, 6, 7, 13, 0, tzinfo=UTC), 2, LONDON),
        Window(datetime(2027, 6, 7, 19, 0, tzinfo=UTC), datetime(2027, 6, 7, 20, 0, tzinfo=UTC), 2, LONDON),
    ]
    kept = found(Diary(rules=every_day(time(9), time(12)), extra=extra))
    assert [slot.location_id for slot in kept] == [1] * 6 + [2] * 4 + [2] * 2
    assert all(first.end <= second.start for first, second in pairwise(kept))


def test_a_window_is_open_to_its_own_visits_and_one_without_any_to_all() -> None:
    """Windows for different visits may share time; each keeps its own grid, whatever the other does."""
    day = date(2027, 6, 7)
    rules = [
        Rule(1, LONDON, 0, time(9), time(11), LONG_AGO, None, frozenset({1})),
        Rule(2, LONDON, 0, time(9, 10), time(11), LONG_AGO, None, frozenset({2, 3})),
        Rule(1, LONDON, 0, time(14), time(15), LONG_AGO, None),
    ]
    shown = {key: clocks(found(Diary(rules=rules), ANY_TIME._replace(key=key), day=day)) for key in (1, 2, 4)}
    assert shown[1] == ["09:00 BST", "09:30 BST", "10:00 BST", "10:30 BST", "14:00 BST", "14:30 BST"]
    assert shown[2] == ["09:10 BST", "09:40 BST", "10:10 BST", "14:00 BST", "14:30 BST"]
    assert shown[4] == ["14:00 BST", "14:30 BST"]


def test_a_day_is_full_by_the_cap_of_the_type_or_of_its_doctor() -> None:
    booked = [Booked(key, datetime(2027, 6, 7, 8 + key, tzinfo=UTC)) for key in (1, 2, 2)]
    diary = Diary(rules=every_day(time(14), time(15)), booked=booked)

    def offers(key: int, **caps: int) -> bool:
        return bool(found(diary, ANY_TIME._replace(key=key, **caps)))

    assert [offers(key, daily_cap=2) for key in (1, 2, 3)] == [True, False, True]
    assert [offers(3, doctor_cap=cap) for cap in (3, 4)] == [False, True]
    assert not offers(2, daily_cap=2, doctor_cap=9)


ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/London",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Pacific/Apia",
        "America/St_Johns",
        "America/Havana",
        "America/New_York",
    )
]
# Days around which these zones change their clocks, and any other day.
DAYS = st.one_of(
    st.sampled_from(
        [
            date(2027, 3, 28),
            date(2027, 10, 31),
            date(2027, 4, 4),
            date(2027, 10, 3),
            date(2011, 12, 30),
            date(2010, 9, 26),
            date(2027, 3, 14),
            date(2027, 11, 7),
        ]
    ).map(lambda day: day - timedelta(days=1)),
    st.dates(date(2009, 1, 1), date(2036, 1, 1)),
)
MINUTES = st.integers(0, 24 * 12 - 1).map(lambda fifth: time(fifth * 5 // 60, fifth * 5 % 60))


@st.composite
def _rules(draw: st.DrawFn, zone: ZoneInfo) -> list[Rule]:
    edges = sorted(draw(st.lists(MINUTES, min_size=2, max_size=6, unique=True)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    apart = [rule for number, (start, end) in enumerate(pairs) for rule in every_day(start, end, zone, number)]
    # The visit that is asked about has the key 0; windows of others may share its time.
    for_some = st.sampled_from([frozenset[int](), frozenset({0}), frozenset({7}), frozenset({0, 7})])
    others = [rule._replace(only=frozenset({7}), location_id=8) for rule in apart]
    return [rule._replace(only=draw(for_some)) for rule in apart] + others


@st.composite
def _spans(draw: st.DrawFn, day: date, zone: ZoneInfo) -> list[Span]:
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    starts = draw(st.lists(st.tuples(st.integers(-24 * 12, 96 * 12), st.integers(1, 40)), max_size=6))
    return [
        Span(midnight + timedelta(minutes=5 * start), midnight + timedelta(minutes=5 * (start + length)))
        for start, length in starts
    ]


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Diary, Visit, date, int]:
    zone, day = draw(st.sampled_from(ZONES)), draw(DAYS)
    diary = Diary(
        rules=draw(_rules(zone)),
        extra=[Window(span.start, span.end, 9, zone) for span in draw(_spans(day, zone))],
        closed=draw(_spans(day, zone)),
        busy=draw(_spans(day, zone)),
    )
    buffers = st.integers(0, 6).map(lambda fifth: fifth * 5)
    minutes = draw(st.sampled_from([5, 10, 15, 20, 30, 45, 60, 90]))
    visit = Visit(minutes, draw(buffers), draw(buffers), 0, 100_000)
    return diary, visit, day, draw(st.integers(1, 4))


@settings(max_examples=40, deadline=None)
@given(calendars())
def test_slots_are_exactly_those_that_the_clocks_on_the_wall_allow(case: tuple[Diary, Visit, date, int]) -> None:
    diary, visit, day, days = case
    assert found(diary, visit, day=day, days=days) == _by_brute_force(diary, visit, day, days)


@settings(max_examples=150, deadline=None)
@given(calendars())
def test_slots_are_apart_exact_and_free(case: tuple[Diary, Visit, date, int]) -> None:
    diary, visit, day, days = case
    kept = found(diary, visit, day=day, days=days)
    assert all(first.end <= second.start for first, second in pairwise(kept))
    for slot in kept:
        assert slot.end - slot.start == timedelta(minutes=visit.minutes)
        assert slot.start.astimezone(slot.zone).astimezone(UTC) == slot.start
        block = Span(
            slot.start - timedelta(minutes=visit.buffer_before), slot.end + timedelta(minutes=visit.buffer_after)
        )
        assert not any(_overlap(span, block) for span in diary.busy)
        assert not any(_overlap(span, Span(slot.start, slot.end)) for span in diary.closed)
        assert day <= slot.start.astimezone(slot.zone).date() < day + timedelta(days=days)


@settings(max_examples=100, deadline=None)
@given(calendars(), st.integers(0, 4))
def test_the_slots_of_a_range_are_those_of_its_parts(case: tuple[Diary, Visit, date, int], cut: int) -> None:
    diary, visit, day, days = case
    cut = min(cut, days)
    parts = found(diary, visit, day=day, days=cut) + found(diary, visit, day=day + timedelta(days=cut), days=days - cut)
    assert sorted(parts, key=lambda slot: slot.start) == found(diary, visit, day=day, days=days)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ZONES), DAYS, MINUTES, MINUTES)
def test_a_window_is_open_for_just_the_instants_at_which_its_clock_shows_it(
    zone: ZoneInfo, day: date, start: time, end: time
) -> None:
    spans = opening(day, start, end, zone) if start < end else []
    midnight = datetime.combine(day, time(), UTC)
    for step in range(-15 * 12, 40 * 12):
        instant = midnight + timedelta(minutes=5 * step)
        local = instant.astimezone(zone)
        shown = local.date() == day and start <= local.time() < end
        assert shown == any(span.start <= instant < span.end for span in spans)


@settings(max_examples=100, deadline=None)
@given(_spans(date(2027, 6, 7), LONDON))
def test_merged_spans_cover_the_same_time_and_are_apart(spans: list[Span]) -> None:
    result = merged(spans)
    assert all(first.end < second.start for first, second in pairwise(result))
    for step in range(-24 * 12, 140 * 12):
        instant = datetime(2027, 6, 6, 23, tzinfo=UTC) + timedelta(minutes=5 * step)
        assert any(span.start <= instant < span.end for span in spans) == any(
            span.start <= instant < span.end for span in result
        )


def test_twice_the_days_and_visits_are_twice_the_work() -> None:
    """A sweep passes each busy span once, instead of holding every slot against every visit."""
    asked = []
    for days in (100, 200):
        diary = Diary(rules=every_day(time(9), time(17)))
        busy = CountedSpans(
            Span(
                datetime(2027, 1, 1, 10, tzinfo=UTC) + timedelta(days=day),
                datetime(2027, 1, 1, 11, tzinfo=UTC) + timedelta(days=day),
            )
            for day in range(days)
        )
        windows = open_windows(diary, first_day=date(2027, 1, 1), days=days)
        assert len(list(sweep(windows, ANY_TIME, Obstacles(busy=busy), now=EARLY))) == days * 14
        asked.append(busy.asked)
    assert asked[1] <= 2.1 * asked[0]


class CountedSpans(list[Span]):
    """Counts how often a span is looked at."""

    asked = 0

    def __getitem__(self, index: Any) -> Any:
        self.asked += 1
        return super().__getitem__(index)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _by_brute_force(diary: Diary, visit: Visit, day: date, days: int) -> list[Slot]:
    """The same slots, from asking the clock of each place every five minutes."""
    length = timedelta(minutes=visit.minutes)
    kept: list[Slot] = []
    taken_until = EARLY
    for window in sorted([*diary.extra, *_runs(diary.rules, day, days)], key=lambda window: window[:3]):
        start = window.start
        while start + length <= window.end:
            block = Span(
                start - timedelta(minutes=visit.buffer_before), start + length + timedelta(minutes=visit.buffer_after)
            )
            slot = Slot(start, start + length, window.location_id, window.zone)
            is_free = not any(_overlap(span, block) for span in diary.busy)
            is_open = not any(_overlap(span, Span(start, start + length)) for span in diary.closed)
            is_asked = day <= start.astimezone(window.zone).date() < day + timedelta(days=days)
            if is_free and is_open and is_asked and start >= taken_until:
                kept.append(slot)
            start += length + timedelta(minutes=visit.buffer_before + visit.buffer_after)
        taken_until = max(taken_until, window.end)
    return kept


def _runs(rules: Sequence[Rule], day: date, days: int) -> Iterator[Window]:
    """Each rule's open time as unbroken runs of five minutes in which its clock shows the right weekday and time."""
    step = timedelta(minutes=5)
    for rule in (rule for rule in rules if not rule.only or 0 in rule.only):
        run: list[datetime] = []
        instant = datetime.combine(day, time(), UTC) - timedelta(days=3)
        for _ in range((days + 6) * 24 * 12):
            local = instant.astimezone(rule.zone)
            is_open = local.weekday() == rule.weekday and rule.start <= local.time() < rule.end
            if is_open:
                run.append(instant)
            elif run:
                yield Window(run[0], run[-1] + step, rule.location_id, rule.zone)
                run = []
            instant += step
