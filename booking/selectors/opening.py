"""When a place is open on the days ahead: its ordinary week, less what it is shut for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.selectors.affected import shut_at
from booking.slots import Span, merged, opening
from doctors.models import Location

WEEK = 7


@dataclass(frozen=True, kw_only=True)
class OpenDay:
    """One day of a place, as the place counts days. `spans` are in order and apart, empty where it is not open;
    `shut_for` names what shuts it that day or a part of it ("Christmas Day"), where something does."""

    day: date
    spans: list[Span]
    shut_for: str = ""


def open_days_of(
    hours: Mapping[Location, Sequence[tuple[int, time, time]]], *, now: datetime, days: int = WEEK
) -> dict[Location, list[OpenDay]]:
    """Today and the days after it, less each place's closures and bank holidays; one statement for all places.

    `hours` are those of an ordinary week by the place's own clock: weekday (Monday 0), from when, until when.
    """
    shut = shut_at(list(hours), now=now - timedelta(days=1), days=days + 1)
    return {place: list(_days_of(place, week, shut.get(place, []), now, days)) for place, week in hours.items()}


def _days_of(
    place: Location, week: Sequence[tuple[int, time, time]], shut: Sequence[tuple[Span, str]], now: datetime, days: int
) -> Iterator[OpenDay]:
    zone = place.time_zone
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=number) for number in range(days)):
        today_open = [opening(day, opens, closes, zone) for weekday, opens, closes in week if weekday == day.weekday()]
        open_spans = merged(span for spans in today_open for span in spans)
        why = [(span, label) for span, label in shut if any(_meet(span, one) for one in open_spans)]
        left = [part for one in open_spans for part in _without(one, [span for span, _ in why])]
        yield OpenDay(day=day, spans=left, shut_for=", ".join(dict.fromkeys(label for _, label in why)))


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _without(whole: Span, taken: Sequence[Span]) -> Iterator[Span]:
    """What is left of a span once others are taken out of it."""
    start = whole.start
    for span in merged(taken):
        if start < span.start < whole.end:
            yield Span(start, span.start)
        start = max(start, span.end)
    if start < whole.end:
        yield Span(start, whole.end)
