"""How pages word what the search found."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from common.templatetags.when import clock_time, local_time, short_date
from doctors.selectors import SearchPage
from doctors.selectors.cards import Card

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


@register.simple_tag
def card_times(card: Card) -> list[dict[str, str]]:
    """The next free times as links to that day in the slot picker."""
    picker = reverse("booking:slot_picker", args=[card.doctor.slug])
    visit_type = {"visit_type": card.visit_type_id} if card.visit_type_id else {}
    return [
        {
            "label": f"{short_date(time, card.zone)}, {clock_time(time, card.zone)}",
            "href": f"{picker}?{urlencode({**visit_type, 'from': f'{local_time(time, card.zone):%Y-%m-%d}'})}",
        }
        for time in card.times
    ]
