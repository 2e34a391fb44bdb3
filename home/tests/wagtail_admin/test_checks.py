"""The content checks, without a database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from home.wagtail_admin.checks import Facts, Kind, findings

TODAY = date(2027, 3, 3)


def found(html: str = "", **facts: Any) -> list[tuple[str, str]]:
    given = {"description": "What it is about.", "html": html, "today": TODAY, **facts}
    return [(finding.kind.value, finding.message) for finding in findings(Facts(**given))]


def test_a_sound_page_gives_nothing() -> None:
    html = '<h2>Hearts</h2><p>See <a href="/">our opening hours</a>.</p><h3>More</h3><h2>Feet</h2>'
    assert found(html, next_review=TODAY, people=(("Dr A", "C1234567"),)) == []


@pytest.mark.parametrize(
    ("facts", "kind", "words"),
    [
        ({"description": " "}, Kind.DESCRIPTION, "search engines"),
        ({"next_review": date(2027, 3, 2)}, Kind.REVIEW, "1 day ago"),
        ({"next_review": date(2027, 2, 1)}, Kind.REVIEW, "30 days ago"),
        ({"people": (("Dr B", "checked by Dr B"),)}, Kind.GMC, "Dr B is named"),
        ({"html": "<h3>Deep</h3>"}, Kind.HEADINGS, "“Deep” is of level 3 and follows level 1"),
        ({"html": "<h2>A</h2><h4>C</h4>"}, Kind.HEADINGS, "follows level 2"),
        ({"html": "<h1>Again</h1>"}, Kind.HEADINGS, "a page has one"),
        ({"html": "<h2> </h2>"}, Kind.HEADINGS, "empty"),
        ({"html": '<a href="/x">Click here</a>'}, Kind.LINK, "“Click here”"),
        ({"html": '<a href="/x"><b>https://example.org/long</b></a>'}, Kind.LINK, "its address"),
        ({"html": '<a href="/x"></a>'}, Kind.LINK, "no words"),
    ],
)
def test_each_check_says_what_is_wrong(facts: dict[str, Any], kind: Kind, words: str) -> None:
    [(told, message)] = found(**facts)
    assert told == kind
    assert words in message


@pytest.mark.parametrize(
    "sentence",
    ["Walking reduces the risk of stroke.", "It helps 9 % of people.", "Studies show that it works."],
)
def test_a_claim_of_health_information_wants_a_source(sentence: str) -> None:
    html = f"<p>Good morning.</p><p>{sentence}</p>"
    [(kind, message)] = found(html, asks_for_sources=True)
    assert kind == Kind.CLAIM
    assert sentence.rstrip(".") in message
    assert found(html, asks_for_sources=True, sources=1) == []


@pytest.mark.parametrize(
    "sentence",
    ["Our treatment is 100% effective and prevents flu.", "Studies show that it cures 9 of 10.", "It is proven."],
)
def test_a_promise_wants_a_source_on_every_page(sentence: str) -> None:
    [(kind, message)] = found(f"<p>Good morning. {sentence} Come in.</p>")
    assert (kind, sentence in message) == (Kind.CLAIM, True)
    assert found(f'<p>{sentence[:-1]} (<a href="https://www.nice.org.uk/ng1">NICE, NG1</a>).</p>') == []


@pytest.mark.parametrize("sentence", ["You get 50% back.", "We take part in research.", "The lift is 9 % steeper."])
def test_figures_and_research_alone_are_no_promise(sentence: str) -> None:
    assert found(f"<p>{sentence}</p>") == []
