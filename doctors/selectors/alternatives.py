"""Where nobody fits: which one filter to leave out, and how many doctors that finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import CharField, IntegerField, QuerySet, Subquery, Value

from doctors.models.people import NO_TIME
from doctors.selectors.filters import Choices, DoctorFilters, first_of, matching
from doctors.selectors.names import Named
from doctors.selectors.words import nearest_phrase, parts_of, town_like

SHOWN = 3
COUNTED = 100
# What people give up most lightly comes first; the last may stand alone.
_BY_WEIGHT = ("day", "price", "gender", "language", "near", "location", "modality", "specialty", "q")
_ALONE = ("near", "location", "specialty", "q")


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """The search without the filter called `without`, with the one called `only`, or with `words` and the place `near`
    for the words that were typed.

    It finds `count` doctors, of whom the first is free at `soonest` (None where nobody is). `count` stops at
    `COUNTED`, and then `is_more` says so; other words and places are not counted.
    """

    without: str = ""
    only: str = ""
    words: str = ""
    near: str = ""
    count: int = 0
    is_more: bool = False
    soonest: datetime | None = None


class Size(Subquery):
    """How many rows a query has, as a column of another, so that counting is not a statement of its own."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def alternatives_to(filters: DoctorFilters, choices: Choices, named: Named, *, now: datetime) -> list[Alternative]:
    """At most three, each found to have somebody, in one statement; before them what the words may have meant.

    Where leaving out one filter does not help, what weighs most stays alone.
    """
    empty = DoctorFilters()
    chosen = [name for name in _BY_WEIGHT if getattr(filters, name) != getattr(empty, name)]
    told = _meant_by(filters.q, choices.specialties) if filters.q else []
    if len(chosen) == 1:
        return told
    ways = {f"without {name}": _without(filters, name) for name in chosen}
    ways |= {f"only {name}": _alone(filters, name) for name in chosen if name in _ALONE}
    arms = [_first_of(way, asked, choices, named) for way, asked in ways.items()]
    if not arms:
        return told
    rows = {row[0]: row[1:] for row in arms[0].union(*arms[1:], all=True)}
    found = [_alternative(way, *rows[way], now=now) for way in ways if way in rows]
    return [*told, *([one for one in found if one.without] or found[-1:])][:SHOWN]


def _meant_by(text: str, specialties: Iterable[Any]) -> list[Alternative]:
    """What is known of the words, else what is spelt like them: a specialty, a condition, or a town."""
    known, rest = parts_of(text, specialties)
    if town := town_like(rest):
        return [Alternative(words=" ".join(known), near=town)]
    if known:
        return [Alternative(words=part) for part in known]
    phrase = nearest_phrase(text, specialties)
    return [Alternative(words=phrase)] if phrase else []


def _without(filters: DoctorFilters, name: str) -> DoctorFilters:
    return replace(filters, **{name: getattr(DoctorFilters(), name)})


def _alone(filters: DoctorFilters, name: str) -> DoctorFilters:
    of_near = {"miles": filters.miles, "is_nearest_first": filters.is_nearest_first} if name == "near" else {}
    return replace(DoctorFilters(), **{name: getattr(filters, name), **of_near})


def _first_of(way: str, filters: DoctorFilters, choices: Choices, named: Named) -> QuerySet[Any]:
    found = matching(filters, choices)
    if filters.q:
        found = named.narrow(found)
    size = Size(first_of(found, filters, choices, COUNTED + 1).values("pk"))
    counted = found.annotate(way=Value(way, output_field=CharField()), count=size)
    return first_of(counted, filters, choices, 1).values_list("way", "count", "next_available_at")


def _alternative(way: str, count: int, soonest: datetime, *, now: datetime) -> Alternative:
    kind, name = way.split(" ")
    return Alternative(
        **{kind: name},
        count=min(count, COUNTED),
        is_more=count > COUNTED,
        soonest=soonest if now < soonest < NO_TIME else None,
    )
