"""What of a doctor's open hours is free and what is closed, in stretches of time: pure, as the slot generator is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from booking.slots import Diary, Span, Window, merged, open_windows
from common import clock

FREE, AWAY, SHUT = "free", "away", "shut"
_EVER = datetime.min.replace(tzinfo=UTC)


class Stretch(NamedTuple):
    """A piece of open hours on one day of its place: free, or closed (the doctor `AWAY`, the place `SHUT`)."""

    start: datetime
    end: datetime
    kind: str
    location_id: int
    zone: ZoneInfo

    @property
    def day(self) -> date:
        return self.start.astimezone(self.zone).date()


def stretches(diary: Diary, *, first_day: date, days: int, now: datetime) -> list[Stretch]:
    """How the open hours of those days divide, as each place counts days, by start. What is past is not free.

    The sum of what is free is what the slot generator has to offer from, whatever a visit's notice, horizon and cap.
    Where two windows overlap the one that began first has the time.
    """
    obstacles = diary.obstacles
    found: list[Stretch] = []
    told_until = _EVER
    for window, part in open_windows(diary, first_day=first_day, days=days):
        shut = obstacles.closures.get(window.location_id, ())
        taken = merged([*obstacles.closed, *shut, *obstacles.busy, Span(_EVER, now)])
        open_hours = Span(max(part.start, told_until), part.end)
        told_until = max(told_until, window.end)
        for day in _by_day(open_hours, window.zone):
            found += _told(FREE, less(day, taken), window)
            found += _told(AWAY, common(day, obstacles.closed), window)
            found += _told(SHUT, _without(common(day, shut), obstacles.closed), window)
    return sorted(found)


def _told(kind: str, spans: Iterable[Span], window: Window) -> Iterator[Stretch]:
    return (Stretch(span.start, span.end, kind, window.location_id, window.zone) for span in spans)


def less(span: Span, taken: Sequence[Span]) -> list[Span]:
    """What of a span no other one takes; `taken` as `merged` gives it."""
    left, start = [], span.start
    for other in common(span, taken):
        if start < other.start:
            left.append(Span(start, other.start))
        start = other.end
    return [*left, Span(start, span.end)] if start < span.end else left


def common(span: Span, others: Iterable[Span]) -> list[Span]:
    """What of a span others take too."""
    met = (Span(max(span.start, other.start), min(span.end, other.end)) for other in others)
    return [one for one in met if one.start < one.end]


def _without(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    return [left for span in spans for left in less(span, taken)]


def _by_day(span: Span, zone: ZoneInfo) -> Iterator[Span]:
    """Cut at the midnights of its place."""
    start = span.start
    while start < span.end:
        midnight = clock.end_of_day(start.astimezone(zone).date(), zone)
        end = min(span.end, midnight)
        yield Span(start, end)
        start = end
