"""Pages in several languages: made by editors, found by their addresses, and told to machines."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import get_language
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.search import index

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from home.models import HomePage, SectionPage, SiteSettings, StandardPage
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


def statements(path: str) -> int:
    read(path)
    with CaptureQueriesContext(connection) as found:
        read(path)
    return len(found)


def alternates(shown: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="http://testserver([^"]+)">', shown)
    return dict(found)


def test_a_search_says_in_which_language_a_page_is_written(about: StandardPage, welsh: Locale) -> None:
    for one in (about, published(about, welsh, title="Amdanom ni")):
        index.insert_or_update_object(one)

    assert re.search(r'<li lang="cy" dir="auto"[^>]*>\s*<h3[^>]*><a [^>]*>Amdanom ni</a>', read("/search/?q=Amdanom"))
    assert 'lang="cy"' not in read("/search/?q=About")


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

    StandardPage.objects.update(last_reviewed=date(2026, 3, 2))

    shown = read("/ar/about-us/")

    # The words of ours are English ones, and so are the dates in them.
    assert '<a href="#main" lang="en-GB" dir="ltr"' in shown
    assert re.search(r'<div lang="en-GB" dir="ltr">\s*<dl.*?2 March 2026', shown, re.DOTALL)
    assert '<html lang="ar" dir="rtl">' in shown
    # The words around it are English ones.
    assert re.search(r'<header [^>]*lang="en-GB" dir="ltr"', shown)
    assert '<html lang="en-GB" dir="ltr">' in read("/about-us/")
    assert 'dir="rtl"' not in read("/search/")


def test_without_a_menu_each_language_has_its_own_pages_in_it(about: StandardPage, welsh: Locale) -> None:
    SiteSettings.objects.update(navigation="[]")
    StandardPage.objects.update(show_in_menus=True)
    about.refresh_from_db()
    published(about, welsh, title="Amdanom ni")

    assert re.search(r'<a href="/about-us/"[^>]*>About us</a>', read("/"))
    assert re.search(r'<a href="/cy/about-us/"[^>]*>Amdanom ni</a>', read("/cy/"))
    assert Client().get("/cy").headers["Location"] == "/cy/"
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
    alone = statements("/about-us/")
    published(about, welsh)

    assert statements("/about-us/") == alone == statements("/cy/about-us/")


def test_administrators_add_a_language() -> None:
    answer = client_of(Role.ADMINISTRATOR).post(reverse("wagtaillocales:add"), {"language_code": "cy"})

    assert answer.status_code == 302
    assert Locale.objects.filter(language_code="cy").exists()
    assert client_of(Role.CONTENT_EDITOR).get(reverse("wagtaillocales:add")).status_code in {302, 403}


def refuses(path: str) -> bool:
    """Whether a visitor is asked for a password or to sign in, and sees nothing of the page."""
    answer = Client().get(path)
    return answer.status_code == 302 or "Our secret" not in answer.content.decode()


@pytest.mark.parametrize("kind", [PageViewRestriction.PASSWORD, PageViewRestriction.LOGIN, PageViewRestriction.GROUPS])
def test_a_translation_is_closed_to_whom_the_page_is_closed(desk: Client, welsh: Locale, kind: str) -> None:
    page = below_home(StandardPage(title="Members", introduction="Our secret"))
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password="open")
    restriction.groups.set(Group.objects.filter(name=Role.CONTENT_EDITOR))
    translate(desk, HomePage.objects.get(), welsh)
    translate(desk, page, welsh)
    told = page.get_translation(welsh)
    for one in (told.get_parent(), told):
        one.specific.save_revision().publish()

    assert refuses("/cy/members/")
    copied = PageViewRestriction.objects.get(page=told)
    assert (copied.restriction_type, copied.password) == (kind, "open")
    assert list(copied.groups.all()) == list(restriction.groups.all())
    # What kept the visitor out is the copied restriction alone.
    copied.delete()
    assert not refuses("/cy/members/")


def test_a_translation_below_a_closed_page_is_closed_where_nothing_above_it_is(
    about: StandardPage, welsh: Locale
) -> None:
    section = below_home(SectionPage(title="Members"))
    page = section.add_child(instance=StandardPage(title="Rules", introduction="Our secret"))
    published(section, welsh)
    PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)

    published(page, welsh)

    assert refuses("/members/rules/")
    assert refuses("/cy/members/rules/")
    assert not PageViewRestriction.objects.filter(page__in=about.get_translations(inclusive=True)).exists()


def test_a_restriction_of_its_own_is_not_lost_below_another(desk: Client, welsh: Locale) -> None:
    section = below_home(SectionPage(title="Members"))
    page = section.add_child(instance=StandardPage(title="Rules", introduction="Our secret"))
    PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="open")
    told = published(page, welsh)

    kept = PageViewRestriction.objects.filter(page__in=(told, told.get_parent())).order_by("page__path")
    assert [one.restriction_type for one in kept] == [PageViewRestriction.LOGIN, PageViewRestriction.PASSWORD]
    # Whoever has signed in is still asked for the password.
    assert "Our secret" not in desk.get("/cy/members/rules/").content.decode()


def test_nothing_tells_of_a_translation_that_is_not_for_everybody(about: StandardPage, welsh: Locale) -> None:
    text = f'<p><a linktype="page" id="{about.pk}">Us</a></p>'
    reading = below_home(StandardPage(title="Reading", body=[("text", text)]))
    settings = SiteSettings.for_site(Site.objects.get())
    settings.navigation = [("link", {"label": "Who we are", "page": about, "address": ""})]
    settings.save()
    told = published(about, welsh, title="Amdanom ni")
    published(reading, welsh)
    assert "/cy/about-us/" in read("/about-us/")
    assert "/cy/about-us/" in read("/cy/reading/")

    PageViewRestriction.objects.create(page=told, restriction_type=PageViewRestriction.LOGIN)

    assert alternates(read("/about-us/")) == {}
    for path in ("/about-us/", "/cy/reading/", "/sitemap-pages.xml"):
        assert "/cy/about-us/" not in read(path)
        assert "Amdanom ni" not in read(path)


def test_rights_on_a_translated_home_page_are_an_event_by_who_translated_it(desk: Client, welsh: Locale) -> None:
    translate(desk, HomePage.objects.get(), welsh)

    event = Event.objects.get(action="page.rights_given")
    assert event.actor_id is not None
    assert event.object_id == str(HomePage.objects.get(locale=welsh).pk)
    assert any(one.endswith(": publish_page") for one in event.data["rights"])


@pytest.mark.parametrize("slug", ["ar-rahman", "cy-pres", "arabic", "en-gb"])
def test_an_address_that_only_begins_like_a_language_is_an_english_one(slug: str) -> None:
    below_home(StandardPage(title="A man", slug=slug))

    assert '<html lang="en-GB" dir="ltr">' in read(f"/{slug}/")


@pytest.mark.parametrize("slug", ["ar", "cy"])
def test_no_page_can_be_called_as_a_language(desk: Client, slug: str) -> None:
    with pytest.raises(ValidationError, match="is where the pages of another language begin"):
        below_home(StandardPage(title="A page", slug=slug))

    adding = reverse("wagtailadmin_pages:add", args=["home", "standardpage", HomePage.objects.get().pk])
    answer = desk.post(adding, {"title": "A page", "slug": slug, "introduction": "", "body-count": "0"})
    assert answer.status_code == 200
    assert f"Enter a longer word, such as {slug}-page." in answer.content.decode()
    assert not StandardPage.objects.filter(slug=slug).exists()


def test_what_is_no_translated_page_answers_in_english(about: StandardPage, welsh: Locale) -> None:
    published(about, welsh)

    for path in ("/cy/nothing-here/", "/ar/", "/cy/nothing.php"):
        answer = Client().get(path)
        assert answer.status_code == 404
        assert '<html lang="en-GB" dir="ltr">' in answer.content.decode()
    assert get_language() == "en-gb"
