"""Whose words stand on a page in another language: ours are English everywhere, and say so there (WCAG 3.1.2)."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from home.paths import language_tag, spoken_language

register = template.Library()


@register.simple_tag
def in_english() -> SafeString:
    """Within an element's tag: its words and names are ours. Nothing on an English page."""
    return SafeString("") if _is_english() else _attributes(settings.LANGUAGE_CODE)


@register.simple_tag
def in_own_language() -> SafeString:
    """Within an element's tag, inside one `in_english`: its words are the page's again."""
    return SafeString("") if _is_english() else _attributes(spoken_language())


@register.tag
def ours(parser: Parser, token: Token) -> OursNode:
    """`{% ours %}…{% endours %}`: words of ours with dates, times and numbers as English writes them.

    On a page in another language an element stands around them: a `div`, or the one that is named, such as "span".
    """
    _, *named = token.split_contents()
    content = parser.parse(("endours",))
    parser.delete_first_token()
    return OursNode(content, named[0].strip("\"'") if named else "div")


class OursNode(template.Node):
    def __init__(self, content: NodeList, element: str) -> None:
        self.content, self.element = content, element

    # As Django's Node declares it.
    child_nodelists = ("content",)

    def render(self, context: Any) -> SafeString:
        if _is_english():
            return self.content.render(context)
        attributes = _attributes(settings.LANGUAGE_CODE)
        with translation.override(settings.LANGUAGE_CODE):
            words = self.content.render(context)
        if not words.strip():
            return SafeString("")
        return format_html("<{0}{1}>{2}</{0}>", self.element, attributes, words)


def _is_english() -> bool:
    return spoken_language() == settings.LANGUAGE_CODE


def _attributes(code: str) -> SafeString:
    direction = "rtl" if translation.get_language_info(code)["bidi"] else "ltr"
    return format_html(' lang="{}" dir="{}"', language_tag(code), direction)
