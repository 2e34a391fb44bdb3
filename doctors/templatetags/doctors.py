"""How pages word what the search found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.urls import reverse
from django.utils.safestring import SafeString

from common.templatetags.when import clock_time, short_date
from doctors.forms import OF_NEAR, SearchForm
from doctors.models import Doctor, PageProposal, VisitType
from doctors.selectors import SearchPage, instant, path_of_choice
from doctors.selectors.alternatives import Alternative
from doctors.selectors.cards import Card, Choice
from doctors.selectors.proposals import open_proposal_of
from doctors.selectors.words import plain
from doctors.states import Modality

register = template.Library()
ONE_AND_A_HALF = 1.5


@register.filter
def found(results: SearchPage) -> str:
    """12 doctors, or "More than 200 doctors" where counting stopped."""
    if results.is_more:
        return f"More than {results.count} doctors"
    return {0: "No doctors found", 1: "1 doctor"}.get(results.count, f"{results.count} doctors")


@register.filter
def swapped(field: BoundField) -> SafeString:
    """The list again as htmx puts it in the place of the one that is shown."""
    return field.as_widget(attrs={"hx-swap-oob": "true"})


@register.filter
def card_path(card: Card) -> str:
    """The profile page, or the doctor's free times while editors have taken the page down."""
    return card.doctor.page_url if card.has_page else reverse("booking:slot_picker", args=[card.doctor.slug])


@register.filter
def all_times_path(card: Card) -> str:
    """All free times of the visit type that the card's first time is for."""
    path = reverse("booking:slot_picker", args=[card.doctor.slug])
    return f"{path}?visit_type={card.times[0].visit_type_id}" if card.times else path


@register.simple_tag
def alternative_links(form: SearchForm, results: SearchPage) -> list[dict[str, str]]:
    """Where nobody fits: each way on with its words, and the query that asks for it."""
    chosen = form.chosen()
    words = form.narrowed() | {"q": f"“{chosen.get('q', '')}”"}
    return [_alternative(one, chosen, words) for one in results.alternatives]


def _alternative(one: Alternative, chosen: dict[str, Any], words: dict[str, str]) -> dict[str, str]:
    if one.words or one.near:
        meant = {key: value for key, value in (("q", one.words), ("near", one.near)) if value}
        query = urlencode({key: value for key, value in chosen.items() if key not in {"q", *meant}} | meant)
        near = f"near {one.near}" if one.near else ""
        told = " ".join(part for part in (f"“{one.words}”" if one.words else "doctors", near) if part)
        return {"label": f"Did you mean {told}?", "query": query, "note": ""}
    doctors = f"More than {one.count} doctors" if one.is_more else f"{one.count} doctor{'s'[: one.count != 1]}"
    kind, name = ("Without", one.without) if one.without else ("Only", one.only)
    return {
        "label": f"{kind} “{words[name].strip('“”')}”",
        "query": _query_without(chosen, name) if one.without else _query_of(chosen, name),
        "note": f"{doctors}, the next free {short_date(one.soonest)}" if one.soonest else doctors,
    }


def _query_of(chosen: dict[str, Any], name: str) -> str:
    kept = {name, *OF_NEAR} if name == "near" else {name}
    return urlencode({key: value for key, value in chosen.items() if key in kept})


def _query_without(chosen: dict[str, Any], name: str) -> str:
    """Without a place its distance and order say nothing."""
    left = {key: value for key, value in chosen.items() if key != name}
    if name == "near":
        left = {key: value for key, value in left.items() if key not in OF_NEAR}
    return urlencode(left)


@register.filter
def explained(results: SearchPage) -> list[str]:
    """How the words of the search were read, where that is not plain from the words themselves; nothing where nobody
    is shown."""
    if not results.cards:
        return []
    names = {specialty.pk: specialty.name for specialty in results.choices.specialties}
    told = []
    for reading in results.readings:
        fields = _listed([names[pk] for pk in reading.specialty_ids])
        if reading.is_guess:
            told.append(f"We read “{reading.typed}” as “{reading.meant}”: these doctors work in {fields}.")
        elif not any(plain(reading.typed) in plain(name) for name in names.values()):
            told.append(f"For “{reading.typed}” we show doctors in {fields}.")
    if results.is_spelt_alike:
        told.append("We know no name that is spelt so. These are spelt much like it.")
    return told


def _listed(names: list[str]) -> str:
    """One, two or three."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


@register.simple_tag
def chosen_filters(form: SearchForm) -> list[dict[str, str]]:
    """Each filter in use, with the query that asks for the same without it."""
    chosen = form.chosen()
    return [{"label": label, "query": _query_without(chosen, name)} for name, label in form.narrowed().items()]


@register.simple_tag
def card_times(card: Card) -> list[dict[str, str]]:
    """The next free times as links to where each is checked and booked."""
    return [_time_link(card.doctor.slug, time) for time in card.times]


@register.filter
def card_places(card: Card) -> str:
    """The places, the first with how far it is where that was asked for."""
    names = [place.name for place in card.locations]
    if card.miles is not None and names:
        names[0] += f" (about {miles_away(card.miles)})"
    return ", ".join(names)


@register.filter
def card_visit(card: Card) -> str:
    """What kind of visit the times are for, with where they are if the doctor sees people at several places."""
    if card.kind is None or not card.times:
        return ""
    said = f"{card.kind.name}, {card.kind.minutes} minutes, {Modality(card.kind.modality).label.lower()}"
    if card.kind.modality != Modality.IN_PERSON or len(card.locations) == 1:
        return said
    return f"{said}, at {' or '.join(dict.fromkeys(time.location.name for time in card.times))}"


def miles_away(miles: float) -> str:
    """Whole miles, for the middle of a town is not known better."""
    return "1 mile" if miles < ONE_AND_A_HALF else f"{miles:.0f} miles"


@register.simple_tag
def later_times_path(card: Card, day: date | None) -> str:
    """The doctor's free times from a day on, where the listing does not reach so far; "" where it does."""
    if card.later_times is None or day is None:
        return ""
    path = reverse("booking:slot_picker", args=[card.doctor.slug])
    return f"{path}?{urlencode({'visit_type': card.later_times, 'from': day.isoformat()})}"


@register.simple_tag
def profile_times(doctor: Doctor, times: Iterable[Choice], visit_types: Iterable[VisitType]) -> list[dict[str, str]]:
    """As on a card, each with the name of its visit type."""
    names = {visit_type.public_id: visit_type.name for visit_type in visit_types}
    return [_time_link(doctor.slug, time) | {"visit": names.get(time.visit_type_id, "")} for time in times]


def _time_link(doctor: str, time: Choice) -> dict[str, str]:
    path = path_of_choice(doctor=doctor, visit_type=time.visit_type_id, location=time.location.slug)
    zone = time.location.zone
    return {
        "label": f"{short_date(time.start, zone)}, {clock_time(time.start, zone)}",
        "href": f"{path}{instant(time.start)}",
    }


@register.simple_tag
def open_proposal(doctor: Doctor) -> PageProposal | None:
    """What the doctor proposes for their page and nobody has decided yet."""
    return open_proposal_of(doctor)
