"""The menus around every page: what editors set, what they leave out, and the way to each page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page, Site

from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from home.models import ContactPage, FaqPage, HomePage, LandingPage, SectionPage, SiteSettings, StandardPage
from home.tests.factories import article, below_home, location_page, news, section, specialty_page, under
from home.wagtail_admin.desk import page_types

pytestmark = pytest.mark.django_db


def link(label: str, page: Page | None = None, address: str = "") -> dict[str, Any]:
    return {"label": label, "page": page, "address": address}


def menu(label: str, *links: dict[str, Any], page: Page | None = None, text: str = "") -> tuple[str, dict[str, Any]]:
    inside = [{"text": "", **one} for one in links]
    own = link(label, page, "" if page else "/doctors/")
    return "menu", {**own, "text": text, "groups": [{"heading": "First", "links": inside}]}


def settings(**streams: Any) -> SiteSettings:
    found = SiteSettings.for_site(Site.objects.get())
    for name, value in streams.items():
        setattr(found, name, value)
    found.save()
    return found


def read(path: str = "/") -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def hrefs(shown: str, name: str) -> list[str]:
    """Where the links of a navigation region lead; of the first that has this name."""
    found = re.search(rf'<nav aria-label="{name}".*?</nav>', shown, re.DOTALL)
    return re.findall(r'href="([^"]+)"', found[0]) if found else []


def test_a_menu_opens_without_scripts_on_its_own_page_and_its_groups() -> None:
    about, fees = below_home(StandardPage(title="About us")), below_home(StandardPage(title="Fees"))
    settings(
        navigation=[menu("Who we are", {**link("Fees", fees), "text": "What it costs"}, page=about, text="Since 1987.")]
    )

    shown = read()

    opened = re.search(r"<details[^>]*>\s*<summary[^>]*>(.*?)</summary>(.*?)</details>", shown, re.DOTALL)
    assert opened is not None
    assert "Who we are" in opened[1]
    assert re.findall(r'href="([^"]+)"', opened[2]) == ["/about-us/", "/fees/"]
    for words in ("Since 1987.", "First", "What it costs"):
        assert words in opened[2]


def test_a_link_follows_its_page_and_goes_with_it_and_so_does_an_empty_group() -> None:
    about, fees = below_home(StandardPage(title="About us")), below_home(StandardPage(title="Fees"))
    settings(
        navigation=[menu("Who we are", link("Costs", fees), page=about)],
        utility=[("link", link("Fees in short", fees))],
        footer=[("column", {"heading": "Money", "links": [link("All fees", fees)]})],
    )
    assert read().count('href="/fees/"') == 5

    fees.move(section("Care"), pos="last-child")
    assert read().count('href="/care/fees/"') == 5

    Page.objects.get(pk=fees.pk).specific.unpublish()
    shown = read()
    assert "/fees/" not in shown
    assert "Money" not in shown
    # What is left of the menu is a plain link to its own page.
    assert re.search(r'<a href="/about-us/"[^>]*>Who we are</a>', shown)

    about.unpublish()
    assert "Who we are" not in read()


def test_the_page_that_one_is_on_is_told_in_its_menu() -> None:
    about = below_home(StandardPage(title="About us"))
    settings(navigation=[menu("More", link("Who we are", about)), ("link", link("Find a doctor", None, "/doctors/"))])

    assert re.search(r'href="/about-us/" aria-current="page"', read("/about-us/"))
    assert not re.search(r'href="/about-us/" aria-current="page"', read("/"))
    assert re.search(r'href="/doctors/" aria-current="page"', read("/doctors/"))


def test_one_word_of_the_menu_is_marked_for_a_page() -> None:
    fees, about = (below_home(StandardPage(title=title)) for title in ("Fees", "About"))
    under(about, StandardPage(title="Team"))
    more, help_too = menu("More", link("Fees", fees)), menu("Help", link("Fees", fees))
    own, above = ("link", link("Prices", fees)), ("link", link("About", about))
    home, half = ("link", link("Home", None, "/")), ("link", link("Half", None, "/abou"))
    marked = re.compile(r"underline decoration-teal[^>]*>([^<]*)<")

    for navigation, path, words in (
        ([more], "/fees/", ["More"]),
        ([more, help_too], "/fees/", ["More"]),
        ([more, own], "/fees/", ["Prices"]),
        ([home, half, more, above], "/about/team/", ["About"]),
        ([home, half, more], "/about/team/", []),
    ):
        settings(navigation=navigation)
        # Once on a desk and once on a phone.
        assert marked.findall(read(path)) == words * 2, navigation
    settings(navigation=[above])
    assert 'href="/about/" aria-current="true"' in read("/about/team/")


def test_without_a_menu_the_pages_marked_for_it_are_shown_in_their_order() -> None:
    shown_one = below_home(StandardPage(title="About us", show_in_menus=True))
    below_home(StandardPage(title="Not there"))
    below_home(StandardPage(title="Draft", show_in_menus=True, live=False))
    under(shown_one, StandardPage(title="Deeper", show_in_menus=True))
    settings(navigation=[])

    assert hrefs(read(), "Main")[:2] == ["/doctors/", "/about-us/"]
    assert not {"/not-there/", "/draft/", "/about-us/deeper/"} & set(hrefs(read(), "Main"))


def test_small_links_stand_above_the_menu_and_nothing_where_there_are_none() -> None:
    settings(utility=[("link", link("Emergency help", None, "/emergency/"))])
    assert hrefs(read(), "Quick links") == ["/emergency/"]

    settings(utility=[])
    assert "Quick links" not in read()


def test_the_footer_says_where_the_clinic_is_and_who_runs_it() -> None:
    settings(footer_address="Harbour Row 2, Bristol", footer_legal="Harbour Ltd, company 0123456.")

    shown = read()

    assert "Harbour Row 2, Bristol" in shown
    assert "Harbour Ltd, company 0123456." in shown


def test_menus_of_any_length_take_one_statement(
    django_assert_max_num_queries: Callable[..., Any], django_assert_num_queries: Callable[..., Any]
) -> None:
    about = below_home(StandardPage(title="About us"))
    settings(navigation=[("link", link("About us", about))])
    read("/about-us/")
    with django_assert_max_num_queries(12) as few:
        read("/about-us/")
    pages = [below_home(StandardPage(title=f"Page {number}")) for number in range(6)]
    settings(
        navigation=[menu("More", *(link(page.title, page) for page in pages), page=about)],
        utility=[("link", link("One", pages[0]))],
        footer=[("column", {"heading": "All", "links": [link(page.title, page) for page in pages]})],
    )

    with django_assert_num_queries(len(few)):
        read("/about-us/")


def test_every_page_has_its_way_from_home_and_a_way_past_the_menu() -> None:
    pages = [
        article(),
        news(),
        specialty_page(),
        location_page(),
        DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True)),
        *(below_home(model(title=model.__name__)) for model in (StandardPage, LandingPage, FaqPage, ContactPage)),
    ]
    pages += [page.get_parent().specific for page in pages[:5]]
    assert {type(page) for page in pages} == set(page_types()) - {HomePage}
    assert SectionPage in {type(page) for page in pages}

    for path in (*(page.url for page in pages), "/search/"):
        shown = read(path)
        assert hrefs(shown, "Breadcrumb")[0] == "/", path
        assert shown.index('href="#main"') < shown.index("<header"), path
        assert 'id="main"' in shown
    assert 'href="#main"' in read("/")
