"""Finding a doctor. One row of the listing projection a doctor, in the order of the next free time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Greatest

from doctors.models.people import Doctor, Listing, Location, Specialty
from doctors.models.words import SearchWord
from doctors.querysets import NAME_WORDS, listed, with_words
from doctors.selectors.cards import Card, cards_of, with_page
from doctors.selectors.cursor import Cursor, around, cursor_of, in_order
from doctors.selectors.words import Reading, readings_of, told

PAGE_SIZE = 20
# Counting further costs more than it tells; the page says "more than".
COUNTED = 200
# So many doctors of a name are looked up by it first; of more, walking in the order of time meets enough.
CANDIDATES = 500


@dataclass(frozen=True, kw_only=True)
class DoctorFilters:
    """What a patient asks for; empty means any. Slugs for specialty and location, an ISO 639-1 code for language."""

    q: str = ""
    specialty: str = ""
    location: str = ""
    modality: str = ""
    language: str = ""
    gender: str = ""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the filters offer; names for the ids that the listing carries."""

    specialties: list[Specialty]
    locations: list[Location]


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """`count` stops at `COUNTED` (then `is_more` says so). `before` and `after` are cursors, empty at the ends.

    `readings` says which words were taken for a specialty or condition; `is_spelt_alike` that nobody bears the name
    that was asked for, and these ones much like it.
    """

    cards: list[Card]
    count: int
    is_more: bool
    before: str = ""
    after: str = ""
    readings: list[Reading] = field(default_factory=list)
    is_spelt_alike: bool = False
    choices: Choices = field(repr=False)


def search_choices() -> Choices:
    """Each specialty with `search_words`, the conditions by which it is found; in two statements."""
    conditions = SearchWord.objects.filter(specialties=OuterRef("pk")).order_by("word").values("word")
    specialties = Specialty.objects.annotate(search_words=ArraySubquery(conditions))
    return Choices(specialties=list(specialties), locations=list(Location.objects.all()))


def doctors_search(
    filters: DoctorFilters,
    *,
    now: datetime,
    choices: Choices | None = None,
    cursor: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> SearchPage:
    """The doctors who fit, whoever can be seen soonest first, in five statements whatever their number.

    Only listed doctors. A specialty or location that does not exist finds nobody. Times that have passed are not
    shown; a row that they made stale keeps its place until booking refreshes it, and is sorted within its page.
    """
    choices = choices or search_choices()
    named = _named(told(filters.q), choices)
    found = named.narrow(_matching(filters, choices))
    if named.is_common and filters == DoctorFilters(q=filters.q):
        counted = found.annotate(count=Value(COUNTED + 1))
    else:
        # In the order of the page, so that counting walks the same index and does not read all rows to count 200.
        in_turn = around(found, None).values("pk")
        counted = found.annotate(count=Size(in_turn[: COUNTED + 1]))
    rows = list(around(with_page(counted), cursor)[: size + 1])
    is_backwards = cursor is not None and cursor.is_backwards
    has_more = len(rows) > size
    page = in_order(rows[:size], cursor)
    count = page[0].count if page else 0
    return SearchPage(
        cards=sorted(cards_of(page, choices.specialties, choices.locations, now=now), key=attrgetter("sort_key")),
        count=min(count, COUNTED),
        is_more=count > COUNTED,
        before=cursor_of(page, at_end=False) if page and (has_more if is_backwards else cursor) else "",
        after=cursor_of(page, at_end=True) if page and (is_backwards or has_more) else "",
        readings=named.readings,
        is_spelt_alike=named.is_spelt_alike,
        choices=choices,
    )


class Size(Subquery):
    """How many rows a query has, as a column of another, so that counting is not a statement of its own."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _matching(filters: DoctorFilters, choices: Choices) -> QuerySet[Listing]:
    found = Listing.objects.filter(listed("doctor__"), modality=filters.modality)
    if filters.location:
        found = found.filter(location__in=_ids(choices.locations, filters.location))
    else:
        found = found.filter(location=None)
    if filters.specialty:
        found = found.filter(specialty_ids__contains=_ids(choices.specialties, filters.specialty) or [0])
    if filters.language:
        found = found.filter(languages__contains=[filters.language])
    if filters.gender:
        found = found.filter(doctor__gender=filters.gender)
    return found


def _ids(rows: Iterable[Specialty | Location], slug: str) -> list[int]:
    return [row.pk for row in rows if row.slug == slug]


@dataclass(frozen=True, kw_only=True)
class _Named:
    """Who fits the words of a search: conditions on listings. `is_common` where more than `CANDIDATES` doctors do."""

    conditions: list[Q]
    readings: list[Reading] = field(default_factory=list)
    is_common: bool = False
    is_spelt_alike: bool = False

    def narrow(self, found: QuerySet[Listing]) -> QuerySet[Listing]:
        return found.filter(*self.conditions)


def _named(words: Sequence[str], choices: Choices) -> _Named:
    """Each word fits a name that begins with it, or a specialty or condition; where none does, one spelt much like it.

    Words that are only spelt like a condition are taken for it where nobody bears a name that begins so.
    """
    readings = readings_of(words, choices.specialties)
    sure = [reading for reading in readings if reading.specialty_ids and not reading.is_guess]
    rest = [reading for reading in readings if reading not in sure]
    conditions = [_either(reading, is_sure=True) for reading in sure]
    names = [word for reading in rest for word in reading.typed.split()]
    if not names:
        return _Named(conditions=conditions, readings=sure)
    candidates = _candidates(names)
    is_exact = bool(candidates) and candidates[0].is_exact
    guesses = [reading for reading in rest if reading.is_guess]
    if guesses and not is_exact:
        conditions += [_either(reading, is_sure=False) for reading in rest]
        return _Named(conditions=conditions, readings=[*sure, *guesses])
    if len(candidates) <= CANDIDATES or not is_exact:
        conditions.append(Q(doctor_id__in=[candidate.pk for candidate in candidates[:CANDIDATES]]))
        return _Named(conditions=conditions, readings=sure, is_spelt_alike=bool(candidates) and not is_exact)
    return _Named(conditions=[*conditions, *map(_begins, names)], readings=sure, is_common=True)


def _either(reading: Reading, *, is_sure: bool) -> Q:
    """Who is so named or works in what was meant; spellings are compared only where nothing is sure."""
    doctors = Doctor.objects.alias(words=NAME_WORDS)
    names = [with_words(word) if is_sure else with_words(word) | _like(word) for word in reading.typed.split()]
    in_specialty = Doctor.specialties.through.objects.filter(specialty_id__in=reading.specialty_ids)
    return Q(doctor_id__in=doctors.filter(*names).values("pk").union(in_specialty.values("doctor_id")))


class _Candidate(NamedTuple):
    pk: int
    is_exact: bool


def _candidates(names: list[str]) -> list[_Candidate]:
    """Doctors by their names, in one statement: comparing spellings is dear, and left out where a name begins so.

    Of those that are only spelt alike the likest come first: the order keeps the planner from reading the whole table
    for the first few.
    """
    doctors = Doctor.objects.listed().alias(words=NAME_WORDS)
    exact = doctors.filter(*map(with_words, names)).order_by()
    similar = doctors.filter(~Exists(exact.values("pk")), *(with_words(name) | _like(name) for name in names))
    likeness = Greatest(*(TrigramSimilarity(field, name) for field in ("given_name", "family_name") for name in names))
    columns = "pk", "is_exact"
    found = (
        exact.annotate(is_exact=Value(value=True))
        .values_list(*columns)[: CANDIDATES + 1]
        .union(
            similar.annotate(is_exact=Value(value=False)).order_by(likeness.desc()).values_list(*columns)[:CANDIDATES],
            all=True,
        )
    )
    return [_Candidate(*row) for row in found]


def _begins(word: str) -> Q:
    return Q(doctor__given_name__part_begins=word) | Q(doctor__family_name__part_begins=word)


def _like(word: str) -> Q:
    return Q(given_name__trigram_similar=word) | Q(family_name__trigram_similar=word)
