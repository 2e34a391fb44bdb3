"""How pages word what the search found."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.urls import reverse

from common.templatetags.when import clock_time, short_date
from doctors.models import Doctor, VisitType
from doctors.selectors import SearchPage, instant, path_of_choice
from doctors.selectors.cards import Card, Choice

register = template.Library()


@register.filter
def found(results: SearchPage) -> str:
    """12 doctors, or "More than 200 doctors" where counting stopped."""
    if results.is_more:
        return f"More than {results.count} doctors"
    return {0: "No doctors found", 1: "1 doctor"}.get(results.count, f"{results.count} doctors")


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
def card_times(card: Card) -> list[dict[str, str]]:
    """The next free times as links to where each is checked and booked."""
    return [_time_link(card.doctor.slug, time) for time in card.times]


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
