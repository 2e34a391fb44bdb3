"""A visitor follows every link of the public site: nothing is missing, all of it is valid, and a browser is content."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from datetime import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from wagtail.models import Page as AnyPage

from devtools.testing.browser import Complaints
from devtools.testing.markup import problems_of
from doctors.models import DoctorIndexPage, DoctorPage
from home import blocks
from home.models import (
    ArticleIndexPage,
    ArticlePage,
    ContactPage,
    FaqPage,
    HomePage,
    LandingPage,
    LocationPage,
    NewsIndexPage,
    NewsPage,
    OpeningHours,
    SectionPage,
    SiteSettings,
    SpecialtyPage,
    StandardPage,
)
from home.tests.factories import article, below_home, location_page, news, specialty_page
from tests.journeys.scenes import free_doctor
from tests.permissions.test_crawl import kind_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)

_LINK = re.compile(r"""<(?:a|link|form|area)\b[^>]*?\s(?:href|action)="([^"#]+)""")
# Nobody follows these, but whoever shows the page, or shares it, fetches them.
_SHOWN = re.compile(
    r"""<(?:img|source|script|iframe)\b[^>]*?\ssrc="([^"]+)|<meta property="og:image" content="([^"]+)"""
)
_SIZES = re.compile(r"""<(?:img|source)\b[^>]*?\ssrcset="([^"]+)""")
# Of pages that differ only in whom or in which day they are about.
MOST_OF_A_KIND = 3
MOST_PAGES = 150
# Each of these is a page of its own kind, though one view serves them.
TYPES: tuple[type[AnyPage], ...] = (
    *(HomePage, StandardPage, LandingPage, SectionPage, FaqPage, ContactPage, SpecialtyPage, LocationPage),
    *(ArticleIndexPage, ArticlePage, NewsIndexPage, NewsPage, DoctorIndexPage, DoctorPage),
)
# What needs no file of the library.
PLAIN = {"text", "call_out", "steps", "questions", "cards", "call_to_action", "quote", "map", "find_a_doctor"}
LIVE = {"doctor_cards", "specialties", "locations", "opening_hours", "prices"}


def previews(names: set[str]) -> list[tuple[str, Any]]:
    return [(name, block.get_preview_value()) for name, block in blocks.LANDING_BLOCKS if name in names]


def a_site() -> None:
    """A page of every type, all reached from the menu."""
    doctor = free_doctor()
    specialty_page(specialty=doctor.specialties.get(), body=previews({"text", "questions"}))
    place = location_page(location=doctor.locations.get())
    place.opening_hours.add(OpeningHours(weekday=0, opens=time(8), closes=time(12)))
    place.save()
    article(reviewer=doctor, specialties=[doctor.specialties.get()], body=previews({"text"}))
    news(body=previews({"text"}))
    faq = below_home(FaqPage(title="Questions", groups=previews({"questions"})))
    standard = below_home(StandardPage(title="Fees and cancellation", slug="fees-and-cancellation"))
    landing = below_home(LandingPage(title="First visit", body=previews(PLAIN | LIVE)))
    contact = below_home(ContactPage(title="Contact", told="desk@example.org"))
    linked = [faq, standard, landing, contact, *AnyPage.objects.type(SectionPage)]
    linked += [*AnyPage.objects.type(ArticleIndexPage), *AnyPage.objects.type(NewsIndexPage)]
    links = [{"label": page.title, "page": page, "address": ""} for page in linked]
    column = {"heading": "All", "links": [*links, {"label": "Doctors", "page": None, "address": "/doctors/"}]}
    SiteSettings.objects.update_or_create(site_id=1, defaults={"footer": [("column", column)]})


def crawl() -> dict[str, str]:
    """The pages that a visitor reaches from the home page, breadth first, by their addresses."""
    visitor, pages, kinds = Client(), dict[str, str](), Counter[Any]()
    seen, waiting = {"/"}, deque(["/"])
    while waiting and len(pages) < MOST_PAGES:
        path = waiting.popleft()
        answer: Any = visitor.get(path, follow=True)
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        pages[path] = answer.content.decode()
        for link in _LINK.findall(pages[path]):
            found = urljoin(path, html.unescape(link)).removeprefix("http://testserver")
            parts = urlsplit(found)
            if parts.netloc or parts.scheme or parts.path.startswith("/static/") or found in seen:
                continue
            seen.add(found)
            kind = kind_of(found)
            # Each page of Wagtail's is one of its own.
            kinds[kind] += kind[0] != "wagtail_serve" or bool(parts.query)
            if kinds[kind] <= MOST_OF_A_KIND:
                waiting.append(found)
    return pages


def shown_on(path: str, page: str) -> set[str]:
    """The addresses on this site of what a page shows or names as its picture, each size by itself."""
    named = {html.unescape(first or second) for first, second in _SHOWN.findall(page)}
    named |= {size.split()[0] for sizes in _SIZES.findall(page) for size in html.unescape(sizes).split(",")}
    found = {urljoin(path, address).removeprefix("http://testserver") for address in named}
    return {address for address in found if address.startswith("/")}


def test_a_visitor_finds_every_page_behind_a_link_and_all_of_it_valid(db: None) -> None:
    a_site()

    pages = crawl()

    assert {path: found for path, page in pages.items() if (found := problems_of(page))} == {}
    shown = set[str]().union(*(shown_on(path, page) for path, page in pages.items()))
    assert {address for address in shown if Client().head(address).status_code != 200} == set()
    assert {address.split("/")[1] for address in shown} >= {"shared", "static"}
    unreached = {model.__name__: [page.url for page in model.objects.live()] for model in TYPES}
    assert {name for name, paths in unreached.items() if not set(paths) & pages.keys()} == set()
    assert any(path.startswith("/book/") for path in pages)


def test_a_browser_has_nothing_to_complain_of_on_a_page_of_every_type(
    page: Page, complaints: Complaints, site_url: str
) -> None:
    a_site()
    for model in TYPES:
        shown = model.objects.live().first()
        assert shown, model
        answer = page.goto(f"{site_url}{shown.url}", wait_until="load")
        assert answer
        assert answer.ok, shown.url
    assert complaints.heard == []
