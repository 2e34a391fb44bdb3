"""Doctors and prices as a page of ours shows them that is no search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Max, Min, Q

from doctors.models.people import VisitType
from doctors.querysets import listed
from doctors.selectors.cards import Card, cards_of, with_page
from doctors.selectors.filters import Choices, DoctorFilters, first_of, matching

PRICES_SHOWN = 20


def doctor_cards(
    *, now: datetime, choices: Choices, specialty: str = "", page_ids: Sequence[int] = (), size: int
) -> list[Card]:
    """Listed doctors in two statements: those of the pages chosen, in their order, or else of the specialty (a slug,
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


def prices_of(*, specialty: str = "") -> list[PriceRow]:
    """The kinds of visit that can be booked with a listed doctor, of a specialty (a slug) or of all, in one statement.

    Where doctors have named very many, those that most of them offer.
    """
    wanted = Q(doctor__specialties__slug=specialty) if specialty else Q()
    bookable = VisitType.objects.filter(wanted, listed("doctor__"), is_active=True, currency="gbp").order_by()
    kinds = bookable.values_list("name", "minutes", "modality").annotate(
        least=Min("price_minor"), most=Max("price_minor"), offered=Count("pk")
    )
    common = kinds.order_by("-offered", "name", "minutes")[:PRICES_SHOWN]
    rows = [PriceRow(*kind) for *kind, _ in common]
    return sorted(rows, key=lambda row: (row.least, row.name, row.minutes))
