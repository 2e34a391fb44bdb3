"""Finding a doctor. One row of the listing projection a doctor, in the order of the next free time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from django.db.models import Value

from common.keyset import key_page
from doctors.selectors.alternatives import Alternative, Size, alternatives_to
from doctors.selectors.cards import Card, cards_of, with_page
from doctors.selectors.cursor import Cursor, cursor_of
from doctors.selectors.facets import Facets, facets_of
from doctors.selectors.filters import Choices, DoctorFilters, first_of, matching, nearby, search_choices
from doctors.selectors.names import named_in
from doctors.selectors.words import Reading

PAGE_SIZE = 20
# Counting further costs more than it tells; the page says "more than".
COUNTED = 200


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """`count` stops at `COUNTED` (then `is_more` says so). `before` and `after` are cursors, empty at the ends.

    `readings` says which words were taken for a specialty or condition; `is_spelt_alike` that nobody bears the name
    that was asked for, and these ones much like it. Where nobody fits, `alternatives` leads on. `facets` says how many
    doctors each value of a filter would leave (see `facets_of`).
    """

    cards: list[Card]
    count: int
    is_more: bool
    before: str = ""
    after: str = ""
    readings: list[Reading] = field(default_factory=list)
    is_spelt_alike: bool = False
    alternatives: list[Alternative] = field(default_factory=list)
    facets: Facets = field(default_factory=dict)
    choices: Choices = field(repr=False)


def doctors_search(
    filters: DoctorFilters,
    *,
    now: datetime,
    choices: Choices | None = None,
    cursor: Cursor | None = None,
    size: int = PAGE_SIZE,
    with_facets: bool = True,
) -> SearchPage:
    """The doctors who fit, whoever can be seen soonest first, in four statements whatever their number: five
    where nobody fits, and one less without facets, for a page that has no filters to say them beside.
    Only listed doctors. Times that have passed are not shown; a row that they made stale keeps its place until booking
    refreshes it, and is sorted within its page.
    """
    choices = choices or search_choices()
    named = named_in(filters.q, choices)
    found = named.narrow(matching(filters, choices))
    if named.is_common and filters == DoctorFilters(q=filters.q):
        counted = found.annotate(count=Value(COUNTED + 1))
    else:
        # In the order of the page, so that counting walks the same index and does not read all rows to count 200.
        in_turn = first_of(found, filters, choices, COUNTED + 1).values("pk")
        counted = found.annotate(count=Size(in_turn))
    rows = with_page(first_of(counted, filters, choices, size + 1, cursor))
    is_backwards = cursor is not None and cursor.is_backwards
    shown = key_page(rows, size, has_edge=cursor is not None, is_backwards=is_backwards)
    page = shown.rows
    count = page[0].count if page else 0
    cards = cards_of(
        page, choices.specialties, choices.locations, now=now, earliest=filters.earliest, miles=nearby(filters, choices)
    )
    return SearchPage(
        cards=sorted(cards, key=_turn if filters.is_nearest_first else attrgetter("sort_key")),
        count=min(count, COUNTED),
        is_more=count > COUNTED,
        before=cursor_of(page, at_end=False) if shown.has_previous else "",
        after=cursor_of(page, at_end=True) if shown.has_next else "",
        readings=named.readings,
        is_spelt_alike=named.is_spelt_alike,
        alternatives=[] if page or cursor else alternatives_to(filters, choices, named, now=now),
        facets=facets_of(filters, choices) if with_facets else {},
        choices=choices,
    )


def _turn(card: Card) -> tuple[float, datetime]:
    return (card.miles or 0, card.sort_key)
