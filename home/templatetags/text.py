"""Ways through long text: the headings of a page, with the anchors that its text carries, and a list's other pages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, NamedTuple, Protocol

from django import template
from django.template import Context
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

register = template.Library()

_HEADING = re.compile(r"<h2(?P<rest>[^>]*)>(?P<words>.*?)</h2>", re.DOTALL)


class Heading(NamedTuple):
    text: str
    anchor: str


class Turns(NamedTuple):
    """The queries that ask for the pages before and after; empty at the ends."""

    previous: str
    next: str


class Part(Protocol):
    """Of a list: a page of Django's paginator, or what is turned like one."""

    def has_previous(self) -> bool: ...
    def has_next(self) -> bool: ...
    def previous_page_number(self) -> int: ...
    def next_page_number(self) -> int: ...


@register.simple_tag
def headings(body: Any) -> list[Heading]:
    """The headings of the second level in a page's blocks of text, in turn."""
    texts = (block.value.source for block in body if block.block_type == "text")
    return [
        Heading(_words(found["words"]), _anchor(found["words"])) for text in texts for found in _HEADING.finditer(text)
    ]


@register.filter
def anchored(text: SafeString) -> SafeString:
    """Rich text that has been rendered, each heading of the second level with the anchor that `headings` names."""
    return mark_safe(_HEADING.sub(_with_anchor, str(text)))  # noqa: S308 - as safe as it came: an anchor is a slug


@register.simple_tag(takes_context=True)
def page_turns(context: Context, rows: Part) -> Turns:
    """Where the pages of a list before and after this one are, with whatever else the address asks for."""
    asked = context["request"].GET.copy()

    def turn(number: int) -> str:
        asked["page"] = str(number)
        return f"?{asked.urlencode()}"

    return Turns(
        turn(rows.previous_page_number()) if rows.has_previous() else "",
        turn(rows.next_page_number()) if rows.has_next() else "",
    )


def _with_anchor(found: re.Match[str]) -> str:
    return f'<h2{found["rest"]} id="{_anchor(found["words"])}">{found["words"]}</h2>'


def _words(markup: str) -> str:
    return unescape(strip_tags(markup)).strip()


def _anchor(markup: str) -> str:
    return f"section-{slugify(_words(markup))}"
