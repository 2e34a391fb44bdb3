"""When a place is open: read from the hours of the doctors who work there and from what it is shut for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from booking.models import AvailabilityRule
from booking.selectors.affected import shut_at
from booking.slots import Rule, Span, merged, weekly
from doctors.models import Doctor, Location

WEEK = 7


@dataclass(frozen=True, kw_only=True)
class OpenDay:
    """One day of a place, as the place counts days. `spans` are in order and apart, empty where it is not open;
    `shut_for` names what shuts it that day or a part of it ("Christmas Day"), where something does."""

    day: date
    spans: list[Span]
    shut_for: str = ""


def open_days_of(places: Sequence[Location], *, now: datetime, days: int = WEEK) -> dict[int, list[OpenDay]]:
    """Today and the days after it, by the key of each place; two statements however many places there are.

    Open is a place while any listed doctor works there by their weekly hours, less its closures and bank holidays. One
    doctor's leave shuts no place, and extra hours of one open none.
    """
    shut = shut_at(places, now=now - timedelta(days=1), days=days + 1)
    rules = _rules_at(places, now.date() - timedelta(days=1), now.date() + timedelta(days=days + 1))
    return {place.pk: list(_days_of(place, rules[place.pk], shut.get(place, []), now, days)) for place in places}


def _rules_at(places: Sequence[Location], first: date, last: date) -> dict[int, list[Rule]]:
    zones = {place.pk: place.time_zone for place in places}
    in_force = Q(valid_from__lte=last) & (Q(valid_until=None) | Q(valid_until__gte=first))
    rows = AvailabilityRule.objects.filter(in_force, doctor__in=Doctor.objects.listed(), location__in=zones).order_by()
    columns = ("location_id", "weekday", "start_time", "end_time", "valid_from", "valid_until")
    rules: defaultdict[int, list[Rule]] = defaultdict(list)
    for location_id, *hours in rows.values_list(*columns).distinct():
        rules[location_id].append(Rule(location_id, zones[location_id], *hours))
    return rules


def _days_of(
    place: Location, rules: Sequence[Rule], shut: Sequence[tuple[Span, str]], now: datetime, days: int
) -> Iterator[OpenDay]:
    today = now.astimezone(place.time_zone).date()
    for day in (today + timedelta(days=number) for number in range(days)):
        open_spans = merged(Span(window.start, window.end) for window in weekly(rules, day, 1))
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
