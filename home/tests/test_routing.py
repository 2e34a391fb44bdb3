"""The short way from an address to its page finds what Wagtail's own finds, level by level: no more and no less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page, PageViewRestriction

from doctors.models import DoctorIndexPage, DoctorPage
from home.models import HomePage, StandardPage
from home.models.pages import DEEPEST, route_below
from home.tests.factories import below_home, under

# Each may answer for addresses below itself in a way of its own, and `route_below` knows how.
ROUTED_BY_THEMSELVES = {HomePage, DoctorIndexPage, DoctorPage}


def page_at(parent: Page, slug: str, **fields: Any) -> StandardPage:
    return under(parent, StandardPage(title=slug, slug=slug, **fields))


@pytest.fixture
def homes() -> list[HomePage]:
    """Two languages, and what a search by slugs could take for something else: the same word above, below and beside
    itself and the home page's, in capitals, in other letters, unpublished or for some alone."""
    about = below_home(StandardPage(title="About", slug="about"))
    again = page_at(about, "about")
    page_at(again, "about", live=False)
    page_at(page_at(about, "home"), "about")
    for slug in ("ABOUT", "caf\u00e9"):
        page_at(below_home(StandardPage(title=slug, slug=slug)), "about")
    page_at(below_home(StandardPage(title="Draft", slug="draft", live=False)), "ready")
    closed = below_home(StandardPage(title="Closed", slug="closed"))
    page_at(closed, "ready")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    welsh = Locale.objects.create(language_code="cy")
    for page in (about, again):
        page.copy_for_translation(welsh, copy_parents=True).save_revision().publish()
    return list(HomePage.objects.order_by("slug"))


def addresses() -> Iterator[list[str]]:
    # The doctors' index finds its own.
    others = Page.objects.not_descendant_of(DoctorIndexPage.objects.get(), inclusive=True)
    found = [url_path.strip("/").split("/")[1:] for url_path in others.values_list("url_path", flat=True)]
    for parts in filter(None, found):
        yield from (parts, [*parts, "about"], ["home", *parts], parts[::-1], [parts[0].swapcase(), *parts[1:]])
        yield from ([*parts, "nowhere", parts[0]], [f"{parts[0]}%", *parts[1:]], [*parts[:-1], "dr_ft"])


def ending(page: Page, request: HttpRequest, parts: list[str], *, is_ours: bool) -> Any:
    """Who answers, who stands above and whether all may see it; None where nobody does."""
    try:
        found = route_below(page.url_path, request, parts) if is_ours else Page.route(page, request, parts)
    except Http404:
        return None
    if is_ours:
        return type(found.page), found.page.pk, [one.pk for one in found.page.above], found.page.is_public
    above = found.page.get_ancestors().filter(depth__gt=1)
    is_public = not found.page.get_view_restrictions().exists()
    return type(found.page), found.page.pk, [one.pk for one in above], is_public


@pytest.mark.django_db
def test_every_address_leads_where_wagtails_own_way_leads(homes: list[HomePage], rf: RequestFactory) -> None:
    request, seen = rf.get("/"), []
    for home in homes:
        for parts in {tuple(parts): parts for parts in addresses()}.values():
            ours = ending(home, request, parts, is_ours=True)
            assert ours == ending(home, request, parts, is_ours=False), (home.slug, parts)
            seen.append(ours)
    # Eleven of the first home page (one below a draft, two that are closed), two of the other.
    assert sum(one is not None for one in seen) == 13
    assert sum(one is not None and not one[3] for one in seen) == 2


@pytest.mark.django_db
def test_an_address_deeper_than_any_page_asks_the_database_nothing(rf: RequestFactory) -> None:
    with CaptureQueriesContext(connection) as asked, pytest.raises(Http404):
        route_below("/home/", rf.get("/"), ["a"] * (DEEPEST + 1))
    assert not asked.captured_queries


def test_no_other_kind_of_page_answers_below_itself() -> None:
    """Its addresses would lead nowhere: a page is found by its whole address."""
    pages = (model for model in apps.get_models() if issubclass(model, Page))
    own = {model for model in pages if vars(model).get("route")}
    assert own == ROUTED_BY_THEMSELVES
