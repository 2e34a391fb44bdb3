"""`make screenshots`: a picture of every page and state on sample data, and an index.html to look them through."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from devtools import demo
from devtools.pages import PEOPLE, Person
from devtools.places import ROOT
from devtools.testing.browser import find_browser, launch_options, whole_picture
from devtools.valkey import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PICTURES = ROOT / "test-results" / "screenshots"
DATA = ROOT / ".cache" / "screenshots"
# Milliseconds: for a page to come, and for it to ask for nothing more; one that never rests is taken as it stands.
PATIENCE = 60_000
QUIET_WITHIN = 15_000
EVERY_IMAGE_LOADED = """async () => {
    const images = [...document.images];
    for (const image of images) { image.loading = "eager"; }
    await Promise.all(images.map((image) => image.decode().catch(() => null)));
}"""


@dataclass(frozen=True)
class Shape:
    """How a page is looked at. `text` is the size of its letters in percent."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    media: Literal["screen", "print"] = "screen"
    text: int = 100


USUAL = (
    Shape("phone", 360, 800),
    Shape("tablet", 768, 1024),
    Shape("desk", 1280, 900),
    Shape("phone-dark", 360, 800, scheme="dark"),
    Shape("desk-dark", 1280, 900, scheme="dark"),
)
# Taken where they are asked for by name.
BESIDES = (
    Shape("zoom", 320, 640),
    Shape("large-text", 1280, 900, text=200),
    Shape("large-text-narrow", 640, 900, text=200),
    Shape("print", 794, 1123, media="print"),
)


@dataclass(frozen=True)
class View:
    """One page of one person; with `press`, what it answers when that button is pressed ("" is its first one)."""

    person: str
    name: str
    path: str
    press: str | None = None


@dataclass(frozen=True)
class Taken:
    view: View
    shape: Shape
    file: str
    status: int


def views(person: Person) -> Iterator[View]:
    for name, path in person.everything.items():
        yield View(person.name, name, path)
    for name, (path, button) in person.refused.items():
        yield View(person.name, f"{name}-errors", path, button)


def wanted(view: View, patterns: Sequence[str]) -> bool:
    """Whether the page's name, or that of the person, is among `patterns` ("kit*" is one); without any, all are."""
    return not patterns or any(fnmatch(name, pattern) for name in (view.name, view.person) for pattern in patterns)


def fill(path: str, finds: Mapping[str, tuple[str, str]], read: dict[str, str], get: Page) -> str:
    """The path with each of its places filled from the page that links it; `read` keeps what was found.

    Raises `LookupError` where the sample data have nothing of the kind.
    """
    for place in re.findall(r"{(\w+)}", path):
        if place not in read:
            on, pattern = finds[place]
            found = re.search(pattern, get.request.get(fill(on, finds, read, get)).text())
            if not found:
                raise LookupError(f"nothing on {on} leads to a {place}")
            read[place] = found[1]
    return path.format(**read)


def sheet(taken: Sequence[Taken]) -> str:
    """The page that shows all pictures, a row a page of the product."""
    rows: dict[View, list[Taken]] = {}
    for one in taken:
        rows.setdefault(one.view, []).append(one)
    parts = []
    for view, pictures in rows.items():
        figures = "".join(
            f'<a href="{escape(one.file)}"><img loading="lazy" height="360" src="{escape(one.file)}"'
            f' alt="{escape(f"{view.name}, {one.shape.name}")}"></a>'
            for one in pictures
        )
        status = f" ({pictures[0].status})" if pictures[0].status >= 400 else ""  # noqa: PLR2004 - HTTP's errors
        heading = f"{view.person}: {view.name}{status} <small>{escape(view.path)}</small>"
        parts.append(f'<section id="{escape(view.name)}"><h2>{heading}</h2><div>{figures}</div></section>')
    style = "body{font:16px sans-serif;margin:2rem;background:#ddd}div{display:flex;gap:1rem;overflow-x:auto}"
    head = f'<meta charset="utf-8"><title>Every page of MedConsult</title><style>{style}</style>'
    return f'<!doctype html><html lang="en-GB"><head>{head}</head><body>{"".join(parts)}</body></html>'


class Photographer:
    """Goes through the pages of each person at `base_url` and writes the pictures into `folder`."""

    def __init__(self, base_url: str, folder: Path, shapes: Sequence[Shape], patterns: Sequence[str]) -> None:
        self.base_url = base_url
        self.folder = folder
        self.shapes = shapes
        self.patterns = patterns
        self.taken: list[Taken] = []
        self.missed: list[str] = []
        self.left = 0

    def run(self) -> int:
        """The exit status: 1 where a page that was asked for could not be taken."""
        program = find_browser()
        if program is None:
            print("No Chromium was found: install one, or name it in CHROMIUM.", file=sys.stderr)
            return 1
        self.folder.mkdir(parents=True, exist_ok=True)
        jobs = [(person, [view for view in views(person) if wanted(view, self.patterns)]) for person in PEOPLE]
        self.left = sum(len(own) for _, own in jobs)
        # Here, for the other commands need not wait for it.
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options(program))  # type: ignore[arg-type]
            for person, own in jobs:
                if own:
                    self._visit(browser, person, own)
            browser.close()
        index = self.folder / "index.html"
        index.write_text(sheet(self.taken), encoding="utf-8")
        print(f"\n{len(self.taken)} pictures; look at them in {index}")
        for reason in self.missed:
            print(f"  missed {reason}", file=sys.stderr)
        return 1 if self.missed or not self.taken else 0

    def _visit(self, browser: Browser, person: Person, own: Sequence[View]) -> None:
        from playwright.sync_api import Error as BrowserError

        context = browser.new_context(
            base_url=self.base_url, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        read: dict[str, str] = {}
        try:
            if person.account:
                self._sign_in(context, page, person.account)
            for view in own:
                print(f"  {self.left:>3} left  {person.name:<14} {view.name}", flush=True)
                self.left -= 1
                try:
                    self._take(page, replace(view, path=fill(view.path, person.finds, read, page)))
                except (BrowserError, LookupError) as error:
                    self.missed.append(f"{view.person}: {view.name}: {str(error).splitlines()[0]}")
        finally:
            context.close()

    def _sign_in(self, context: BrowserContext, page: Page, email: str) -> None:
        page.goto("/account/login/")
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(demo.accounts()["PASSWORD"])
        page.get_by_role("main").get_by_role("button", name="Sign in").first.click()
        page.wait_for_url(lambda url: "/account/login/" not in url)

    def _take(self, page: Page, view: View) -> None:
        from playwright.sync_api import TimeoutError  # noqa: A004 - the browser's own

        answer = page.goto(view.path)
        if view.press is not None:
            buttons = page.get_by_role("main").get_by_role("button", name=view.press or None)
            buttons.first.click()
            page.get_by_role("alert").first.wait_for()
        with suppress(TimeoutError):
            page.wait_for_load_state("networkidle", timeout=QUIET_WITHIN)
        for shape in self.shapes:
            file = f"{view.person}-{view.name}-{shape.name}.png"
            page.emulate_media(color_scheme=shape.scheme, media=shape.media)
            page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", f"{shape.text}%")
            page.set_viewport_size({"width": shape.width, "height": shape.height})
            page.evaluate(EVERY_IMAGE_LOADED)
            whole_picture(page, self.folder / file, shape.width, shape.height)
            self.taken.append(Taken(view, shape, file, answer.status if answer else 0))


def add_options(parser: argparse.ArgumentParser) -> None:
    names = [shape.name for shape in (*USUAL, *BESIDES)]
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="pages or persons, e.g. home doctor kit*")
    parser.add_argument("--shapes", nargs="+", choices=names, help="in place of the usual five")
    parser.add_argument("--at", metavar="ADDRESS", help="a demo that runs already, e.g. http://127.0.0.1:8000")
    parser.add_argument("--into", type=Path, default=PICTURES, metavar="FOLDER")


def run(asked: argparse.Namespace) -> int:
    """Take the pictures beside a demo of their own, or at the one that is named; the exit status."""
    shapes = [shape for shape in (*USUAL, *BESIDES) if shape.name in (asked.shapes or [each.name for each in USUAL])]

    def visit(base_url: str) -> int:
        return Photographer(base_url, asked.into.absolute(), shapes, asked.only).run()

    if asked.at:
        parts = urlsplit(asked.at)
        return visit(f"{parts.scheme}://{parts.netloc}")
    return demo.run(DATA, free_port(), visit=visit)
