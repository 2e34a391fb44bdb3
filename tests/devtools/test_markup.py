"""The judges of HTML themselves: each kind of fault is found, and what is right is not."""

from __future__ import annotations

from collections import Counter

import pytest

from devtools.testing import markup
from devtools.testing.markup import Answered, problems_of

FAULTS = {
    "<div><p>One</div></div>": "End tag (div) seen too early",
    "<p>One<div>Two</div></p>": "Unexpected end tag (p)",
    "<b><i>One</b></i>": "adoption agency",
    "<div id=a></div><div id=a></div>": "id a is used more than once",
    '<p class="a" class="b">One</p>': "duplicate attribute",
    "<img src=a.png>": "no alt attribute",
    "<center>One</center>": "center element is obsolete",
    '<div role="buton">One</div>': "role",
    "<p colour=red>One</p>": "p has no attribute colour",
    "<span><div>One</div></span>": "div may not stand in span",
    '<a href="/"><button>One</button></a>': "button may not stand in a",
    "<ul><div>One</div></ul>": "div may not stand in ul",
    '<label for="nobody">One</label>': "for names 'nobody'",
    '<p aria-labelledby="one two" id="one">One</p>': "aria-labelledby names 'two'",
    "<table><div>One</div></table>": "table",
    "<p/>One": "Trailing solidus",
    "&copy": "Named entity didn't end",
}
SOUND = """<header class="[&_a]:underline" x-data="menu" hx-get="/x" aria-label="Top">
<a href="/?a=1&amp;b=2">Home</a></header>
<details><summary><h2>More</h2></summary><ul><li>One<template><p>Two</p></template></ul></details>
<form><label for="a">A</label><input id="a" name="a" aria-describedby="a"><button>Go</button></form>
<svg viewBox="0 0 1 1" stroke-width="2"><path d="M0 0"/></svg><br>Fish & chips"""


def page(body: str) -> str:
    return f'<!doctype html><html lang="en"><head><title>One</title></head><body>{body}</body></html>'


@pytest.mark.parametrize("body", FAULTS)
def test_a_fault_is_found(body: str) -> None:
    assert [problem for problem in problems_of(page(body)) if FAULTS[body] in problem], problems_of(page(body))


def test_what_is_right_is_not_found() -> None:
    assert problems_of(page(SOUND)) == []


def test_a_part_of_a_page_may_refer_to_what_stands_around_it() -> None:
    assert problems_of('<p aria-describedby="outside">One</p>') == []
    assert problems_of("<p>One</p></div>") != []


def test_in_wagtails_frame_the_packages_judge_alone() -> None:
    assert problems_of(page("<button><div>One</div></button>"), of_wagtail=True) == []
    assert problems_of(page("<div id=a></div><div id=a></div>"), of_wagtail=True) != []


def test_each_type_of_page_is_a_kind_of_its_own_though_one_view_shows_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_seen", Counter())

    def judged(template: str) -> bool:
        return bool(Answered("/about-us/", "wagtail_serve", template, 200, False, page("<p/>One")).problems())

    most = markup._MOST_OF_A_KIND
    assert [judged("home/standard_page.html") for _ in range(most + 1)] == [True] * most + [False]
    assert judged("home/landing_page.html")
