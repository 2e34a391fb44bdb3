"""Where links lead on a page in another language, and what they cost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from wagtail.models import Locale, Page, PageViewRestriction, Site

from common import clock
from home.models import LandingPage, SiteSettings, StandardPage
from home.tests.factories import below_home
from home.tests.test_translations import published, read, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def welsh() -> Locale:
    return Locale.objects.create(language_code="cy")


@pytest.fixture
def about() -> StandardPage:
    return below_home(StandardPage(title="About us", introduction="By the water."))


def test_links_of_menus_and_text_lead_to_translations_under_their_own_names(about: StandardPage, welsh: Locale) -> None:
    prices = below_home(StandardPage(title="Prices"))
    text = f'<p><a linktype="page" id="{about.pk}">Us</a> <a linktype="page" id="{prices.pk}">Costs</a></p>'
    reading = below_home(StandardPage(title="Reading", body=[("text", text)]))
    settings = SiteSettings.for_site(Site.objects.get())
    settings.navigation = [
        ("link", {"label": "Who we are", "page": about, "address": ""}),
        ("link", {"label": "What it costs", "page": prices, "address": ""}),
    ]
    settings.save()
    published(about, welsh, title="Amdanom ni")
    published(reading, welsh)

    shown = read("/cy/reading/")

    assert re.search(r'<a href="/cy/about-us/" lang="cy" [^>]*>Amdanom ni</a>', shown)
    assert re.search(r'<a href="/prices/" class[^>]*>What it costs</a>', shown)
    assert '<a href="/cy/about-us/">Us</a> <a href="/prices/">Costs</a>' in shown
    assert "Amdanom ni" not in read("/reading/")
    assert '<a href="/about-us/">Us</a>' in read("/reading/")


def way(label: str, page: Page) -> dict[str, Any]:
    return {"label": label, "page": page, "address": ""}


def full_of_links(title: str, links: list[dict[str, Any]]) -> LandingPage:
    """A page whose opening, buttons, cards and texts lead to each of these."""
    body: list[tuple[str, Any]] = [
        ("hero", {"title": "T", "text": "", "image": None, "links": [("link", link) for link in links[:2]]}),
        ("cards", {"heading": "C", "cards": [{"title": "T", "text": "x", "link": [("link", link)]} for link in links]}),
    ]
    for link in links:
        text = f'<p><a linktype="page" id="{link["page"].pk}">In a text</a></p>'
        body += [("call_to_action", {"heading": "C", "text": "", "link": link}), ("text", text)]
    return below_home(LandingPage(title=title, body=body))


def test_buttons_cards_and_openings_lead_to_translations_too(about: StandardPage, welsh: Locale) -> None:
    draft = below_home(StandardPage(title="Draft", live=False))
    prices = below_home(StandardPage(title="Prices"))
    page = full_of_links("Start", [way("Us", about), way("Costs", prices), way("Soon", draft)])
    published(about, welsh, title="Amdanom ni")
    published(page, welsh)

    english, cymraeg = read("/start/"), read("/cy/start/")

    for shown, address in ((english, "/about-us/"), (cymraeg, "/cy/about-us/")):
        # Of the opening, the card, the call to action and the text.
        main = shown[shown.index("<main") : shown.index("</main>")]
        assert main.count(f'href="{address}"') == 4
        assert main.count('href="/prices/"') == 4
        assert "Soon" not in main
    PageViewRestriction.objects.create(
        page=about.get_translation(welsh), restriction_type=PageViewRestriction.LOGIN, password=""
    )
    assert "/cy/about-us/" not in read("/cy/start/")


def test_the_banner_leads_to_the_translation_of_its_page(about: StandardPage, welsh: Locale) -> None:
    published(about, welsh)
    settings = SiteSettings.for_site(Site.objects.get())
    settings.banner_text, settings.banner_link = "We are closed.", [("link", way("Read more", about))]
    settings.banner_from, settings.banner_until = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    settings.save()

    assert re.search(r'href="/about-us/"[^>]*>\s*Read more', read("/"))
    assert re.search(r'href="/cy/about-us/"[^>]*>\s*Read more', read("/cy/about-us/"))


def test_links_cost_the_same_however_many_there_are_and_in_whatever_language(
    about: StandardPage, welsh: Locale
) -> None:
    few = full_of_links("Few", [way("Us", about), way("Us", about)])
    others = [below_home(StandardPage(title=f"Other {number}")) for number in range(4)]
    many = full_of_links("Many", [way("One", page) for page in (about, *others)])
    for page in (about, others[0], few, many):
        published(page, welsh)

    costs = {path: statements(path) for path in ("/few/", "/many/", "/cy/few/", "/cy/many/")}

    assert set(costs.values()) == {4}
