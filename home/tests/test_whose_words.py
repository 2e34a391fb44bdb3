"""On a page in another language each word says which one it is in: the page's own, or English, as all of ours are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Locale, Page

from doctors.tests.factories import DoctorFactory, SpecialtyFactory
from home import blocks
from home.models import ContactPage, FaqPage, HomePage, LandingPage, SectionPage, StandardPage
from home.models.contact import ContactField
from home.tests.factories import article, below_home, news, under
from home.tests.test_landing import free_doctor, location_open_all_week
from home.tests.test_translations import published

pytestmark = pytest.mark.django_db

# Stands in every word that an editor has written, and in none of ours.
MARK = "ŵ"
WRITTEN = {"title", "text", "heading", "introduction", "caption", "question", "answer", "name", "role", "label"} | {
    "transcript", "directions", "alt_text", "publisher"
}  # fmt: skip
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"script", "style", "head", "template"}
SAID = ("aria-label", "alt", "title", "placeholder")
# A date by itself is in the page's language: Django knows the months.
A_DATE = re.compile(r"\W*\d{1,2} \w+ \d{4}\W*")
# A question of an editor's within our sentence about it.
QUOTED = re.compile(r"“[^”]*”")
LETTERS = re.compile(r"[^\W\d_]{2,}")


class Words(HTMLParser):
    """What is read or said of a page's body, each with the language that it says it is in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        language = known.get("lang") or (self.open[-1][1] if self.open else "")
        self.found += [(language, said) for name in SAID if (said := known.get(name))]
        if tag not in EMPTY:
            self.open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and not UNSEEN & {tag for tag, _ in self.open} and LETTERS.search(data):
            self.found.append((self.open[-1][1], data.strip()))


def unmarked(shown: str, language: str) -> set[str]:
    """The words in the wrong language: ours in the page's, or an editor's in English."""
    words = Words()
    words.feed(shown)
    assert words.found
    theirs = {said for spoken, said in words.found if spoken == language and not A_DATE.fullmatch(said)}
    ours = {said for spoken, said in words.found if spoken != language}
    return {said for said in theirs if MARK not in said} | {said for said in ours if MARK in QUOTED.sub("", said)}


def translated(value: Any, name: str = "") -> Any:
    """A stored value with the mark in every word of its editor's."""
    if isinstance(value, dict):
        return {key: translated(one, key if key != "value" or name else "text") for key, one in value.items()}
    if isinstance(value, list):
        return [translated(one) for one in value]
    if isinstance(value, str) and value and name in WRITTEN:
        return re.sub(r">([^<]*\w)", rf">{MARK}\1", value) if value.startswith("<") else f"{MARK} {value}"
    return value


def shown_in(page: Any, locale: Locale, sent: dict[str, str] | None = None, query: str = "") -> str:
    fields: dict[str, Any] = {"title": f"{MARK} {page.title}", "introduction": f"{MARK} In short."}
    for name in ("body", "groups", "sources"):
        if stream := getattr(page, name, None):
            fields[name] = page._meta.get_field(name).to_python(translated(list(stream.raw_data)))
    told = published(page, locale, **fields)
    path = f"{told.url}{query}"
    answer = Client().get(path) if sent is None else Client().post(path, sent)
    assert answer.status_code == (200 if sent is None else 422), path
    return answer.content.decode()


def of_every_block() -> LandingPage:
    free_doctor("Known", specialties=[SpecialtyFactory.create()])
    location_open_all_week()
    known = [(name, block.get_preview_value()) for name, block in blocks.LANDING_BLOCKS]
    # A picture has its words from the library, where there is one for all languages.
    bodies = [(name, value) for name, value in known if name not in {"picture", "gallery", "video", "download"}]
    for name, value in bodies:
        if name == "hero":
            value["image"] = None
    return below_home(LandingPage(title="All", body=bodies, last_reviewed=date(2026, 3, 2), live=True))


def contact() -> ContactPage:
    page = below_home(ContactPage(title="Write to us", introduction="We answer."))
    ContactField.objects.create(page=page, label=f"{MARK} Eich enw", field_type="singleline", required=True)
    ContactField.objects.create(page=page, label=f"{MARK} Arall", field_type="singleline", required=False)
    return page


def pages() -> Iterator[Page]:
    """Of each type that is translated; those above first, for their titles lead to those below."""
    skin = SpecialtyFactory.create()
    dated: Any = {"last_reviewed": date(2026, 3, 2), "next_review": date(2027, 3, 2)}
    yield below_home(StandardPage(title="About us", introduction="Hello.", **dated))
    yield under(below_home(SectionPage(title="A section")), StandardPage(title="Below it")).get_parent().specific
    headings = "".join(f"<h2>Part {number}</h2><p>Words.</p>" for number in range(3))
    source = {"title": "A guideline", "publisher": "NICE", "address": "", "year": 2024}
    known = DoctorFactory.create(listed=True)
    told = article(body=[("text", headings)], sources=[("source", source)], author=known, **dated)
    told.specialties.add(skin)
    told.save_revision().publish()
    yield told.get_parent().specific
    yield told
    pieces = news("Older"), news("Newer")
    yield pieces[0].get_parent().specific
    yield from pieces
    questions = {"heading": "Visits", "questions": [{"question": "May I?", "answer": "<p>You may.</p>"}]}
    yield below_home(FaqPage(title="Questions", groups=[("questions", questions)]))


@pytest.fixture
def welsh() -> Locale:
    locale = Locale.objects.create(language_code="cy")
    home = HomePage.objects.get(slug="home")
    body = home.body.stream_block.to_python(translated(list(home.body.raw_data)))
    told = {"title": f"{MARK} Hafan", "hero_title": f"{MARK} Croeso", "hero_text": f"{MARK} Yma.", "body": body}
    published(home, locale, **told)
    return locale


def test_ours_are_english_on_pages_of_every_type_and_say_so(welsh: Locale) -> None:
    assert unmarked(Client().get("/cy/").content.decode(), "cy") == set()
    for page in pages():
        assert unmarked(shown_in(page, welsh), "cy") == set(), page.title


def test_ours_are_english_around_every_block(welsh: Locale) -> None:
    page = of_every_block()
    arabic = Locale.objects.create(language_code="ar")
    published(HomePage.objects.get(slug="home"), arabic, title=f"{MARK} Home")
    for locale in (welsh, arabic):
        shown = shown_in(page, locale)
        assert unmarked(shown, locale.language_code) == set()
        # Dates within our sentences are English too.
        assert "2 March 2026" in shown


def test_a_form_says_in_english_what_is_wrong_with_it(welsh: Locale) -> None:
    page = contact()

    assert unmarked(shown_in(page, welsh), "cy") == set()
    refused = shown_in(page, welsh, sent={})
    assert "There is a problem" in refused
    assert unmarked(refused, "cy") == set()


def test_an_english_page_marks_nothing() -> None:
    page = of_every_block()
    shown = Client().get(page.url).content.decode()
    assert re.findall(r'<(\w+)[^>]* lang="', shown) == ["html"]
