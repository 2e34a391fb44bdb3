"""Doctors and prices as a page of ours shows them that is no search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import CharField, Count, F, Max, Min, Q, QuerySet, Value

from doctors.models.people import VisitType
from doctors.querysets import listed
from doctors.selectors.cards import Card, cards_of, with_page
from doctors.selectors.filters import Choices, DoctorFilters, first_of, matching

PRICES_SHOWN = 20


def doctor_cards(
    *, now: datetime, choices: Choices, specialty: str = "", page_ids: Sequence[int] = (), size: int
) -> list[Card]:
    """Listed doctors in one statement: those of the pages chosen, in their order, or else of the specialty (a slug,
    "" for any), whoever can be seen soonest first; `size` at most. A specialty without doctors has none.
    """
    filters = DoctorFilters(specialty=specialty)
    if page_ids:
        chosen = {pk: turn for turn, pk in enumerate(page_ids)}
        rows = with_page(matching(DoctorFilters(), choices).filter(doctor__page__in=chosen))
        page = sorted(rows.annotate(page_id=F("doctor__page")), key=lambda row: chosen[row.page_id])[:size]
    else:
        page = list(with_page(first_of(matching(filters, choices), filters, choices, size)))
    return cards_of(page, choices.specialties, choices.locations, now=now, earliest=None, miles={})


class PriceRow(NamedTuple):
    """A kind of visit and what it costs, in pence: from the cheapest doctor's to the dearest one's."""

    name: str
    minutes: int
    modality: str
    least: int
    most: int


def prices_of(specialties: Collection[str]) -> dict[str, list[PriceRow]]:
    """The kinds of visit that can be booked with a listed doctor, of each specialty (a slug, "" for all of them), in
    one statement. What nobody offers is left out.

    Where doctors have named very many, those that most of them offer.
    """
    arms = [_prices(slug) for slug in dict.fromkeys(specialties)]
    found: dict[str, list[PriceRow]] = defaultdict(list)
    for slug, *kind, _ in arms[0].union(*arms[1:], all=True) if arms else ():
        found[slug].append(PriceRow(*kind))
    return {slug: sorted(rows, key=lambda row: (row.least, row.name, row.minutes)) for slug, rows in found.items()}


def _prices(specialty: str) -> QuerySet[VisitType, tuple[Any, ...]]:
    wanted = Q(doctor__specialties__slug=specialty) if specialty else Q()
    bookable = VisitType.objects.filter(wanted, listed("doctor__"), is_active=True, currency="gbp").order_by()
    asked = Value(specialty, output_field=CharField())
    kinds = bookable.annotate(asked=asked).values_list("asked", "name", "minutes", "modality")
    counted = kinds.annotate(least=Min("price_minor"), most=Max("price_minor"), offered=Count("pk"))
    return counted.order_by("-offered", "name", "minutes")[:PRICES_SHOWN]
