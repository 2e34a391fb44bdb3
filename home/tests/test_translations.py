"""Pages in several languages: made by editors, found by their addresses, and told to machines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page, Site

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from home.models import HomePage, SiteSettings, StandardPage
from home.tests.factories import article, below_home, specialty_page
from home.wagtail_admin.translations import TOLD

pytestmark = pytest.mark.django_db


@pytest.fixture
def welsh() -> Locale:
    return Locale.objects.create(language_code="cy")


@pytest.fixture
def about() -> StandardPage:
    return below_home(StandardPage(title="About us", introduction="By the water."))


def client_of(*roles: Role) -> Client:
    client = Client()
    client.force_login(UserFactory.create(roles=list(roles)), backend="accounts.backends.AccountBackend")
    return client


@pytest.fixture
def desk() -> Client:
    return client_of(Role.CONTENT_EDITOR)


def translate(desk: Client, page: Page, locale: Locale, **fields: Any) -> Any:
    address = reverse("simple_translation:submit_page_translation", args=[page.pk])
    return desk.post(address, {"locales": [locale.pk], **fields}, follow=True)


def published(page: Page, locale: Locale, **fields: Any) -> Any:
    """The live translation of a page, with other words, and those of the pages above it."""
    for one in (*page.get_ancestors().filter(depth__gt=1), page):
        if one.has_translation(locale):
            continue
        told = one.specific.copy_for_translation(locale)
        for name, value in fields.items() if one.pk == page.pk else ():
            setattr(told, name, value)
        told.save_revision().publish()
    return page.get_translation(locale)


def read(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def alternates(shown: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="http://testserver([^"]+)">', shown)
    return dict(found)


def test_an_editor_translates_a_page_and_visitors_find_it_in_both_languages(
    desk: Client, about: StandardPage, welsh: Locale
) -> None:
    home = HomePage.objects.get()
    assert translate(desk, home, welsh).status_code == 200
    assert translate(desk, about, welsh).status_code == 200
    told = about.get_translation(welsh)
    # Neither is seen before somebody publishes it.
    assert Client().get("/cy/about-us/").status_code == 404
    assert alternates(read("/about-us/")) == {}

    logo = '<a href="{}" class="no-underline">'
    for page, leads in ((told, "/"), (home.get_translation(welsh), "/cy/")):
        editor = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert desk.get(editor).status_code == 200
        page.specific.save_revision().publish()
        assert logo.format(leads) in read("/cy/about-us/")
    told.title = "Amdanom ni"
    told.save_revision().publish()

    english, cymraeg = read("/about-us/"), read("/cy/about-us/")
    expected = {"en-GB": "/about-us/", "x-default": "/about-us/", "cy": "/cy/about-us/"}
    assert alternates(english) == alternates(cymraeg) == expected
    assert '<html lang="en-GB" dir="ltr">' in english
    assert '<html lang="cy" dir="ltr">' in cymraeg
    assert "Amdanom ni" in cymraeg
    assert '<link rel="canonical" href="http://testserver/cy/about-us/">' in cymraeg
    assert 'href="/cy/about-us/" rel="alternate" hreflang="cy" lang="cy"' in english
    assert 'href="/about-us/" rel="alternate" hreflang="en-GB" lang="en-GB"' in cymraeg
    assert Page.objects.get(pk=told.pk).url == "/cy/about-us/"


def test_the_sitemap_tells_the_languages_of_a_page(about: StandardPage, welsh: Locale) -> None:
    published(about, welsh)

    sitemap = read("/sitemap-pages.xml")

    for address in ("/about-us/", "/cy/about-us/"):
        assert f"<loc>http://testserver{address}</loc>" in sitemap
    told = '<xhtml:link rel="alternate" hreflang="cy" href="http://testserver/cy/about-us/"/>'
    assert sitemap.count(told) == 2
    assert 'hreflang="cy" href="http://testserver/doctors/"' not in sitemap


def test_a_page_from_right_to_left_says_so_and_only_where_it_is_one(about: StandardPage) -> None:
    published(about, Locale.objects.create(language_code="ar"), title="من نحن")

    shown = read("/ar/about-us/")

    assert '<html lang="ar" dir="rtl">' in shown
    # The words around it are English ones.
    assert re.search(r'<header [^>]*lang="en-GB" dir="ltr"', shown)
    assert '<html lang="en-GB" dir="ltr">' in read("/about-us/")
    assert 'dir="rtl"' not in read("/search/")


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


def test_without_a_menu_each_language_has_its_own_pages_in_it(about: StandardPage, welsh: Locale) -> None:
    SiteSettings.objects.update(navigation="[]")
    StandardPage.objects.update(show_in_menus=True)
    about.refresh_from_db()
    published(about, welsh, title="Amdanom ni")

    assert re.search(r'<a href="/about-us/"[^>]*>About us</a>', read("/"))
    assert re.search(r'<a href="/cy/about-us/"[^>]*>Amdanom ni</a>', read("/cy/"))
    assert "Amdanom ni" not in read("/")


def test_pages_in_another_language_do_not_stand_among_the_english_ones(welsh: Locale) -> None:
    pressure = article("High blood pressure")
    published(pressure, welsh, title="Pwysedd gwaed uchel")

    assert "Pwysedd" not in read("/health-advice/")
    assert "Pwysedd" in read("/cy/health-advice/")
    assert "High blood pressure" not in read("/cy/health-advice/")


def test_of_a_doctor_or_a_specialty_there_is_one_page_in_all_languages(desk: Client, welsh: Locale) -> None:
    profile = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True))
    one = specialty_page()
    before = Page.objects.count()

    for page in (profile, one, Page.objects.get(slug="doctors")):
        assert TOLD in translate(client_of(Role.ADMINISTRATOR), page, welsh).content.decode()
    assert Page.objects.count() == before
    assert translate(desk, HomePage.objects.get(), welsh, include_subtree="on").status_code == 200
    assert Page.objects.count() == before + 1


def test_who_may_edit_a_page_may_edit_its_translation_and_nobody_else_may(
    desk: Client, about: StandardPage, welsh: Locale
) -> None:
    stranger = client_of(Role.BILLING_OFFICER)
    assert "locales" not in translate(stranger, about, welsh).content.decode()
    assert not about.has_translation(welsh)

    translate(desk, HomePage.objects.get(), welsh)
    translate(desk, about, welsh)
    editor = reverse("wagtailadmin_pages:edit", args=[about.get_translation(welsh).pk])

    assert desk.get(editor).status_code == 200
    assert stranger.get(editor).status_code in {302, 403}


def test_a_language_that_nobody_writes_in_has_no_addresses(about: StandardPage) -> None:
    for path in ("/cy/", "/cy/about-us/", "/ar/", "/en-gb/about-us/"):
        assert Client().get(path).status_code == 404


def test_languages_cost_a_page_no_statement(about: StandardPage, welsh: Locale) -> None:
    def statements(path: str) -> int:
        read(path)
        with CaptureQueriesContext(connection) as found:
            read(path)
        return len(found)

    alone = statements("/about-us/")
    published(about, welsh)

    assert statements("/about-us/") == alone == statements("/cy/about-us/")


def test_administrators_add_a_language(django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    answer = client_of(Role.ADMINISTRATOR).post(reverse("wagtaillocales:add"), {"language_code": "cy"})

    assert answer.status_code == 302
    assert Locale.objects.filter(language_code="cy").exists()
    assert client_of(Role.CONTENT_EDITOR).get(reverse("wagtaillocales:add")).status_code in {302, 403}
