"""What of a page wants an editor's eye, beside what Wagtail's own accessibility checker sees: pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import unescape

from django.db.models import TextChoices


class Kind(TextChoices):
    DESCRIPTION = "description", "No description for search engines"
    REVIEW = "review", "Review date has passed"
    CLAIM = "claim", "Claim without a source"
    GMC = "gmc", "GMC number missing"
    HEADINGS = "headings", "Headings out of order"
    LINK = "link", "Link that says nothing"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the checks know of a page. `html` is all that it says, headings of blocks among it.

    `next_review` is None where there is none, `asks_for_sources` whether the page is health information, `sources` how
    many it names. `people` are those whose GMC number readers are to find, each with what the page says of it.
    """

    description: str
    html: str
    today: date
    next_review: date | None = None
    asks_for_sources: bool = False
    sources: int = 0
    people: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    kind: Kind
    message: str


# Words by which a sentence claims that something works, or how often.
_CLAIMS = re.compile(
    r"\b(?:\d+(?:\.\d+)?\s?(?:%|per cent)|stud(?:y|ies)|research|evidence|trials?|proven|cures?|prevents?|"
    r"reduces? (?:the|your) risk|guarantee[sd]?|effective)(?![\w-])",
    re.IGNORECASE,
)
# And by which it advertises: the Advertising Standards Authority asks for evidence of these wherever they stand. Plain
# figures and "research" are left out, for prices, discounts and jobs speak of them too.
_PROMISES = re.compile(
    r"\b(?:\d+(?:\.\d+)?\s?(?:%|per cent) (?:effective|success|safe|of (?:patients|people))|"
    r"stud(?:y|ies) (?:shows?|proves?|finds?)|"
    r"(?:clinically|scientifically) (?:proven|tested)|proven|cures?|prevents?|reduces? (?:the|your) risk|"
    r"guarantee[sd]?|effective)(?![\w-])",
    re.IGNORECASE,
)
_EMPTY_WORDS = frozenset(
    {"here", "click here", "click", "more", "read more", "learn more", "this", "this link", "link", "this page"}
)
_TAGS = re.compile(r"<[^>]+>")
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"\bC?\d{7}\b")
_LONGEST_QUOTE = 90
# Stands for a link in a text whose tags are gone; nobody types it.
_LINKED = "\x00"


def findings(facts: Facts) -> list[Finding]:
    """All that the checks find, in the order of `Kind`."""
    return [finding for check in CHECKS for finding in check(facts)]


def description(facts: Facts) -> list[Finding]:
    if facts.description.strip():
        return []
    told = "Write one or two sentences for search engines, under “Promote”; without them they show what they like."
    return [Finding(kind=Kind.DESCRIPTION, message=told)]


def review(facts: Facts) -> list[Finding]:
    if facts.next_review is None or facts.next_review >= facts.today:
        return []
    late = (facts.today - facts.next_review).days
    told = f"It was to be checked again {late} day{'' if late == 1 else 's'} ago. Check it, then enter the days anew."
    return [Finding(kind=Kind.REVIEW, message=told)]


def claims(facts: Facts) -> list[Finding]:
    """Each sentence that claims something: of health information without any source, and of every other page those
    that say how well a treatment works. There a link in the sentence itself is its source."""
    if facts.sources:
        return []
    words = _CLAIMS if facts.asks_for_sources else _PROMISES
    text = facts.html if facts.asks_for_sources else _LINK.sub(rf"{_LINKED}\g<1>", facts.html)
    sentences = re.split(r"(?<=[.!?])\s+", _plain(re.sub(r"</(?:p|li|h\d)>", ". ", text)))
    return [
        Finding(kind=Kind.CLAIM, message=f"“{_short(sentence)}” claims something: name a source for it.")
        for sentence in sentences
        if words.search(sentence) and _LINKED not in sentence
    ]


def gmc_numbers(facts: Facts) -> list[Finding]:
    return [
        Finding(kind=Kind.GMC, message=f"{name} is named without a GMC number, by which readers could look them up.")
        for name, told in facts.people
        if not _NUMBER.search(told)
    ]


def headings(facts: Facts) -> list[Finding]:
    """Below the page's own title the first is of the second level, and none skips a level."""
    found, before = [], 1
    for level_told, inside in _HEADING.findall(facts.html):
        level, words = int(level_told), _short(_plain(inside))
        if level == 1:
            found.append(f"“{words}” is a second title: a page has one.")
        elif not words:
            found.append("A heading is empty.")
        elif level > before + 1:
            found.append(f"“{words}” is of level {level} and follows level {before}: no level may be left out.")
        before = level
    return [Finding(kind=Kind.HEADINGS, message=message) for message in found]


def link_texts(facts: Facts) -> list[Finding]:
    """People who hear links one after the other hear the words of the links alone."""
    found = []
    for inside in _LINK.findall(facts.html):
        words = _plain(inside)
        if not words:
            found.append("A link has no words.")
        elif words.lower().strip(".:! ") in _EMPTY_WORDS:
            found.append(f"A link says only “{words}”: say where it leads.")
        elif re.match(r"https?://|www\.", words):
            found.append(f"A link says its address, “{_short(words)}”: say where it leads.")
    return [Finding(kind=Kind.LINK, message=message) for message in found]


CHECKS: tuple[Callable[[Facts], list[Finding]], ...] = (
    description,
    review,
    claims,
    gmc_numbers,
    headings,
    link_texts,
)


def _plain(html: str) -> str:
    return " ".join(unescape(_TAGS.sub(" ", html)).split())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1].rstrip()}…"
