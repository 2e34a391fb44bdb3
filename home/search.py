"""What the whole site has to say about some words: what editors put first, specialties, doctors and pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import TrigramSimilarity
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page, PageQuerySet
from wagtail.search.utils import normalise_query_string

from doctors.models import DoctorPage, Specialty
from doctors.selectors import Choices, DoctorFilters, SearchPage, doctors_search, search_choices
from doctors.selectors.words import LIKE_ENOUGH, Reading, nearest_phrase, plain, readings_of, told
from home.models import SpecialtyPage
from home.paths import page_path
from home.translations import is_public

LONGEST, LONGEST_NUMBER = 100, 5
DOCTORS, PAGES, SUGGESTIONS = 3, 10, 8
# Words so much like those for which editors put something first are those: a plural, a slip in a long word.
PUT_FIRST = 0.6
# Fewer letters begin too much.
SHORTEST = 2


@dataclass(frozen=True)
class Way:
    """Something that was found: its name, where it is, a sentence about it, and the key of its page, if it has one."""

    title: str
    href: str
    text: str = ""
    page_id: int | None = None


@dataclass(frozen=True)
class Part:
    """Some of the pages that were found, the best first; `number` counts the parts from one. Nobody counts the rest, as
    Django's own pages of a list do, which it is turned like."""

    object_list: list[Page] = field(default_factory=list)
    number: int = 1
    is_more: bool = False

    def has_previous(self) -> bool:
        return self.number > 1

    def has_next(self) -> bool:
        return self.is_more

    def previous_page_number(self) -> int:
        return self.number - 1

    def next_page_number(self) -> int:
        return self.number + 1


@dataclass(frozen=True, kw_only=True)
class Found:
    """`meant` is what is spelt much like the words, where nothing fits them; `all_doctors` leads to all who fit."""

    promoted: list[Way] = field(default_factory=list)
    specialties: list[Way] = field(default_factory=list)
    doctors: SearchPage | None = None
    all_doctors: str = ""
    pages: Part = field(default_factory=Part)
    meant: str = ""

    @property
    def is_empty(self) -> bool:
        has_doctors = self.doctors is not None and bool(self.doctors.cards)
        return not (self.promoted or self.specialties or has_doctors or self.pages.object_list)


def site_search(text: str, *, now: datetime, page: str | None = None) -> Found:
    """What is found for the words; for none the specialties, to begin with. In a number of statements that is the same
    whatever is found.

    `page` is the part of the pages that is asked for. Doctors' own pages are found as doctors, so that who is not
    listed is not found either. What was asked is not written down anywhere: it may be somebody's illness.
    """
    choices = search_choices()
    if not text:
        return Found(specialties=_specialties({one.pk for one in choices.specialties}, choices))
    doctors = doctors_search(DoctorFilters(q=text), now=now, choices=choices, size=DOCTORS, with_facets=False)
    promoted = _promoted(text)
    put_first = {way.page_id for way in promoted}
    readings = readings_of(told(text), choices.specialties)
    sure = [reading for reading in readings if not reading.is_guess]
    first = _specialties(_meant_by(sure), choices)
    specialties = [way for way in first if way.page_id is None or way.page_id not in put_first]
    # What stands among the best matches does not stand below them again.
    best = {way.page_id for way in (*promoted, *specialties) if way.page_id}
    pages = _part(_public_pages().exclude(pk__in=best).search(text), page)
    if promoted or pages.object_list:
        # Who is only spelt like the words is not meant by them: they stand elsewhere as they were typed.
        is_alike = doctors.is_spelt_alike or len(sure) < len(readings)
    else:
        is_alike = False
        specialties = specialties or _specialties(_meant_by(readings), choices)
    found = Found(
        promoted=promoted,
        specialties=specialties,
        doctors=None if is_alike else doctors,
        all_doctors=f"/doctors/?{urlencode({'q': text})}",
        pages=pages,
    )
    return Found(meant=_meant(text, choices)) if found.is_empty else found


def suggestions(text: str, *, now: datetime) -> list[str]:
    """Words that what is typed may be the beginning of: specialties and conditions, doctors, titles of pages."""
    begun = plain(text)
    if len(begun) < SHORTEST:
        return []
    choices = search_choices()
    phrases = [
        phrase
        for specialty in choices.specialties
        for phrase in (specialty.name, *getattr(specialty, "search_words", ()))
        if any(part.startswith(begun) for part in (plain(phrase), *plain(phrase).split()))
    ]
    doctors = doctors_search(DoctorFilters(q=text), now=now, choices=choices, size=DOCTORS, with_facets=False)
    names = [card.doctor.name for card in doctors.cards if begun in plain(card.doctor.name)]
    titles = _public_pages().autocomplete(text)[:SUGGESTIONS]
    return list(dict.fromkeys([*phrases, *names, *(page.title for page in titles)]))[:SUGGESTIONS]


def _public_pages() -> PageQuerySet:
    """Those that everybody may see. In a query of their own: beside the search's words only columns may be asked."""
    public = Page.objects.live().not_exact_type(DoctorPage).filter(is_public()).order_by()
    return Page.objects.filter(pk__in=public.values("pk"))


def _part(found: Any, asked: str | None) -> Part:
    """The part of what was found that is asked for by its number, else the first. One statement for a part that is."""
    number = int(asked) if asked and asked.isdecimal() and asked.isascii() and len(asked) < LONGEST_NUMBER else 1
    first = max(number - 1, 0) * PAGES
    rows = list(found[first : first + PAGES + 1])
    if first and not rows:
        return _part(found, None)
    return Part(rows[:PAGES], first // PAGES + 1, len(rows) > PAGES)


def _promoted(text: str) -> list[Way]:
    """What editors put first for these words, or for those that are spelt most like them."""
    likeness = TrigramSimilarity("query__query_string", normalise_query_string(text))
    alike = SearchPromotion.objects.annotate(likeness=likeness).filter(likeness__gte=PUT_FIRST)
    near = list(alike.order_by("-likeness", "query", "sort_order").select_related("page"))
    picks = [pick for pick in near if pick.query_id == near[0].query_id]
    return [
        Way(pick.page.title, page_path(pick.page), pick.description, pick.page_id)
        if pick.page
        else Way(pick.external_link_text, pick.external_link_url, pick.description)
        for pick in picks
        if pick.page is None or pick.page.live
    ]


def _meant_by(readings: Iterable[Reading]) -> set[int]:
    return {pk for one in readings for pk in one.specialty_ids}


def _specialties(ids: Collection[int], choices: Choices) -> list[Way]:
    pages = {page.specialty_id: page for page in SpecialtyPage.objects.live().filter(specialty__in=ids)}
    return [_specialty(one, pages.get(one.pk)) for one in choices.specialties if one.pk in ids]


def _specialty(specialty: Specialty, page: SpecialtyPage | None) -> Way:
    if page is None:
        return Way(specialty.name, f"/doctors/?{urlencode({'specialty': specialty.slug})}", "See who you can see.")
    return Way(page.title, page_path(page), page.introduction, page.pk)


def _meant(text: str, choices: Choices) -> str:
    return nearest_phrase(text, choices.specialties) or _title_like(text)


def _title_like(text: str) -> str:
    near: Iterable[Page] = (
        _public_pages()
        .annotate(likeness=TrigramSimilarity("title", text))
        .filter(likeness__gte=LIKE_ENOUGH)
        .order_by("-likeness")[:1]
    )
    return next((page.title for page in near), "")
