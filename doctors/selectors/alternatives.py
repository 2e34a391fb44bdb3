"""Where nobody fits: which one filter to leave out, and how many doctors that finds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import CharField, IntegerField, QuerySet, Subquery, Value

from doctors.models.people import NO_TIME
from doctors.selectors.cursor import around
from doctors.selectors.filters import Choices, DoctorFilters, matching
from doctors.selectors.names import Named
from doctors.selectors.words import nearest_phrase

SHOWN = 3
COUNTED = 100
# What people give up most lightly comes first.
_BY_WEIGHT = ("day", "price", "gender", "language", "location", "modality", "specialty", "q")


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """The search without the filter called `without`, or with `words` instead of what was typed.

    It finds `count` doctors, of whom the first is free at `soonest` (None where nobody is). `count` stops at
    `COUNTED`, and then `is_more` says so; other words are not counted.
    """

    without: str = ""
    words: str = ""
    count: int = 0
    is_more: bool = False
    soonest: datetime | None = None


class Size(Subquery):
    """How many rows a query has, as a column of another, so that counting is not a statement of its own."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def alternatives_to(filters: DoctorFilters, choices: Choices, named: Named, *, now: datetime) -> list[Alternative]:
    """At most three, each found to have somebody, in one statement; before them what the words may have meant."""
    empty = DoctorFilters()
    chosen = [name for name in _BY_WEIGHT if getattr(filters, name) != getattr(empty, name)]
    meant = nearest_phrase(filters.q, choices.specialties) if filters.q else ""
    told = [Alternative(words=meant)] if meant else []
    arms = [
        _first_of(name, (named.narrow if name != "q" else _all)(matching(_without(filters, name), choices)))
        for name in chosen
        if len(chosen) > 1
    ]
    if not arms:
        return told
    rows = {row[0]: row[1:] for row in arms[0].union(*arms[1:], all=True)}
    found = [_alternative(name, *rows[name], now=now) for name in chosen if name in rows]
    return [*told, *found][:SHOWN]


def _without(filters: DoctorFilters, name: str) -> DoctorFilters:
    return replace(filters, **{name: getattr(DoctorFilters(), name)})


def _all(found: QuerySet[Any]) -> QuerySet[Any]:
    return found


def _first_of(name: str, found: QuerySet[Any]) -> QuerySet[Any]:
    size = Size(around(found, None).values("pk")[: COUNTED + 1])
    named = found.annotate(without=Value(name, output_field=CharField()), count=size)
    return around(named, None).values_list("without", "count", "next_available_at")[:1]


def _alternative(name: str, count: int, soonest: datetime, *, now: datetime) -> Alternative:
    return Alternative(
        without=name,
        count=min(count, COUNTED),
        is_more=count > COUNTED,
        soonest=soonest if now < soonest < NO_TIME else None,
    )
