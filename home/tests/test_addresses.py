"""No page of editors can stand at an address that the application answers: nobody would ever see it there."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from home.models import HomePage, StandardPage
from home.paths import application_words
from home.tests.factories import below_home, section, under

pytestmark = pytest.mark.django_db

TOLD = "/search/ is an address of the application"


@pytest.fixture
def desk() -> Client:
    client = Client()
    user = UserFactory.create(roles=[Role.CONTENT_EDITOR])
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


@pytest.fixture
def deeper() -> StandardPage:
    """A page whose word is the application's, where it is in nobody's way."""
    return under(section("Our clinics"), StandardPage(title="How to search", slug="search"))


def test_the_words_are_those_of_the_urls() -> None:
    words = application_words()
    assert {"account", "admin", "api", "book", "documents", "doctors", "home", "media", "search", "static"} <= words
    assert not {"", "about-us", "specialties", "questions", "cy"} & words


@pytest.mark.parametrize("slug", ["account", "search", "admin", "book", "home"])
def test_no_page_is_made_or_published_there(desk: Client, slug: str) -> None:
    with pytest.raises(ValidationError, match="is an address of the application"):
        below_home(StandardPage(title="A page", slug=slug))
    page = below_home(StandardPage(title="A page", slug="a-page"))
    data = nested_form_data(
        {"title": "A page", "slug": slug, "introduction": "", "body": streamfield([]), "comments": inline_formset([])}
    )

    for name, args in (("edit", [page.pk]), ("add", ["home", "standardpage", HomePage.objects.get().pk])):
        answer = desk.post(reverse(f"wagtailadmin_pages:{name}", args=args), {**data, "action-publish": "1"})
        assert answer.status_code == 200
        told = answer.context["form"].errors["slug"]
        assert f"/{slug}/ is an address of the application" in told[0]
        assert told[0].endswith(f"Enter a longer word, such as {slug}-page.")
    page.refresh_from_db()
    assert page.slug == "a-page"


def test_a_page_is_not_moved_there_alone_or_with_others(desk: Client, deeper: StandardPage) -> None:
    assert Client().get(deeper.url).status_code == 200
    home, before = HomePage.objects.get(), deeper.url_path
    other = under(section("Our clinics"), StandardPage(title="Parking", slug="parking"))
    alone = reverse("wagtailadmin_pages:move_confirm", args=[deeper.pk, home.pk])
    together = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])

    for address, chosen in ((alone, {}), (f"{together}?id={deeper.pk}&id={other.pk}", {"chooser": home.pk})):
        answer = desk.post(address, chosen, follow=True)
        assert TOLD in answer.content.decode(), address
        assert Page.objects.get(pk=deeper.pk).url_path == before
        assert Page.objects.get(pk=other.pk).get_parent().slug == "our-clinics"

    desk.post(reverse("wagtailadmin_pages:move_confirm", args=[other.pk, home.pk]))
    assert Client().get("/parking/").status_code == 200


def test_a_page_is_not_copied_there(desk: Client, deeper: StandardPage) -> None:
    copying = reverse("wagtailadmin_pages:copy", args=[deeper.pk])
    asked = {"new_title": "Search", "new_slug": "search", "new_parent_page": HomePage.objects.get().pk}

    refused = desk.post(copying, asked)
    assert TOLD in refused.context["form"].errors["new_slug"][0]
    assert StandardPage.objects.count() == 1

    assert desk.post(copying, {**asked, "new_slug": "searching"}).status_code == 302
    assert StandardPage.objects.filter(slug="searching").exists()


def test_the_form_of_redirects_says_what_they_do_and_they_do_it(desk: Client) -> None:
    page, kept = (below_home(StandardPage(title=title, slug=title)) for title in ("old", "kept"))
    sent = {"old_path": "/old/", "redirect_page": kept.pk, "is_permanent": "on"}
    assert "It works only where no page answers" in desk.get(reverse("wagtailredirects:add")).content.decode()
    desk.post(reverse("wagtailredirects:add"), sent)
    edit = reverse("wagtailredirects:edit", args=[Redirect.objects.get().pk])
    assert "It works only where no page answers" in desk.get(edit).content.decode()

    assert Client().get("/old/").status_code == 200
    page.unpublish()
    assert [Client().get(f"/old/{query}").headers["Location"] for query in ("", "?q=1")] == ["/kept/"] * 2
    assert Client().get("/Old/").status_code == 404
    kept.slug = "moved"
    kept.save_revision().publish()
    assert Client().get("/old/").headers["Location"] == "/moved/"
