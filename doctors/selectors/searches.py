"""Searches that found no doctor: how many, and by which kinds of filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from doctors.models.searches import OF_THE_SITE, EmptySearch

MOST_ASKED = 5
FILTERS = {
    "q": "words",
    "specialty": "specialty",
    "location": "place",
    "modality": "kind of visit",
    "language": "language",
    "gender": "gender",
    "price": "price",
    "day": "date",
    "near": "near a place",
    OF_THE_SITE: "words, in the search of the whole site",
}


@dataclass(frozen=True, kw_only=True)
class EmptySearches:
    """`by_day` has every day, with how many found nothing; `asked` what they asked by, in words, the most first."""

    by_day: dict[date, int]
    asked: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(self.by_day.values())


def empty_searches(first: date, last: date) -> EmptySearches:
    """From `first` to `last`, both included; two statements."""
    rows = EmptySearch.objects.filter(day__gte=first, day__lte=last).order_by()
    counted = dict(rows.values_list("day").annotate(total=Sum("count")))
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    asked = rows.values_list("asked").annotate(total=Sum("count")).order_by("-total", "asked")[:MOST_ASKED]
    return EmptySearches(
        by_day={day: counted.get(day, 0) for day in days}, asked=[(_in_words(kinds), total) for kinds, total in asked]
    )


def _in_words(kinds: str) -> str:
    return ", ".join(FILTERS.get(kind, kind) for kind in kinds.split("+") if kind) or "no filter at all"
