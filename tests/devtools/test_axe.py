"""The judge remembers what it has passed: a text that has come to stand otherwise must be judged all the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from devtools.testing.axe import Judge

# Grey that can be read on white and not on grey.
DRAWN = """<!doctype html><html lang="en"><head><title>Words</title><style>
    body {{ background: #fff; font-size: 16px }} p {{ color: #666; margin: 0 }} {style}
</style></head><body><main><h1>Words</h1>{body}</main></body></html>"""
TEXT = "<p>A text of several words</p>"

UNREADABLE = {
    "on another ground": ("main { background: #999 }", TEXT),
    "in another colour": ("p { color: #bbb }", TEXT),
    "faded": ("main { opacity: 0.5 }", TEXT),
    "faded by a part of its own": ("", f'<div style="opacity: 0.5">{TEXT}</div>'),
    "over something that stands beside it": (
        "div { position: relative } i { position: absolute; inset: 0; background: #999 } p { position: relative }",
        f"<div><i></i>{TEXT}</div>",
    ),
}


@pytest.fixture
def judge(page: Page) -> Judge:
    """One that has passed the text where it can be read, and where it cannot be seen."""
    one = Judge()
    page.set_content(DRAWN.format(style="", body=TEXT))
    one(page)
    page.set_content(
        DRAWN.format(style="", body=f'<div style="background: #999; position: absolute; left: -9999px">{TEXT}</div>')
    )
    one(page)
    return one


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_text_that_was_passed_is_judged_where_it_stands_otherwise(page: Page, judge: Judge, name: str) -> None:
    style, body = UNREADABLE[name]
    page.set_content(DRAWN.format(style=style, body=body))
    with pytest.raises(AssertionError, match="color-contrast"):
        judge(page)


def test_what_could_not_be_seen_is_judged_when_it_can(page: Page, judge: Judge) -> None:
    page.set_content(DRAWN.format(style="", body=f'<div style="background: #999">{TEXT}</div>'))
    with pytest.raises(AssertionError, match=re.escape("A text of several words")):
        judge(page)


def test_what_was_passed_is_not_asked_again(page: Page, judge: Judge) -> None:
    page.set_content(DRAWN.format(style="", body=TEXT))
    judge(page)
    page.evaluate("() => { axe._audit.checks['color-contrast'].ask = () => false; }")
    judge(page)
    with pytest.raises(AssertionError, match="color-contrast"):
        Judge()(page)
