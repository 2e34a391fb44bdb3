"""The content API tells what any visitor may read, and of nothing else that it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.rich_text import RichText

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from doctors.models import DoctorPage
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorPageFactory
from home.models import StandardPage

pytestmark = pytest.mark.django_db

PAGES = "/api/v1/pages/"


def _page(title: str, **fields: Any) -> StandardPage:
    root = Site.objects.get(is_default_site=True).root_page
    page: StandardPage = root.add_child(instance=StandardPage(title=title, slug=title.lower(), **fields))
    return page


def _draft() -> Page:
    return _page("Hidden", live=False)


def _private() -> Page:
    page = _page("Hidden")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    return page


def _below_private() -> Page:
    above = _page("Above")
    restriction = PageViewRestriction.objects.create(page=above, restriction_type=PageViewRestriction.GROUPS)
    restriction.groups.add(Group.objects.get(name=Role.CONTENT_EDITOR))
    child: Page = above.add_child(instance=StandardPage(title="Hidden", slug="hidden"))
    return child


def _of_an_unlisted_doctor() -> Page:
    page: DoctorPage = DoctorPageFactory.create()
    doctor = page.doctor
    doctor.family_name = "Hidden"
    doctor.verification_status = VerificationStatus.SUSPENDED
    doctor.save()
    # As where the page was left live by whatever did not ask the doctor's state.
    Page.objects.filter(pk=page.pk).update(live=True, title="Dr Hidden")
    return page


@pytest.mark.parametrize("hidden", [_draft, _private, _below_private, _of_an_unlisted_doctor])
@pytest.mark.parametrize("who", [None, Role.CONTENT_EDITOR, "superuser"])
def test_what_is_not_public_is_not_there(client: Client, hidden: Callable[[], Page], who: Any) -> None:
    page = hidden()
    if who:
        is_superuser = who == "superuser"
        roles = [] if is_superuser else [who]
        client.force_login(UserFactory.create(roles=roles, is_superuser=is_superuser, is_staff=is_superuser))
    for query in ("", "?fields=*", "?type=home.StandardPage", "?type=doctors.DoctorPage", "?search=hidden"):
        assert "Hidden" not in client.get(f"{PAGES}{query}").content.decode()
    assert client.get(f"{PAGES}{page.pk}/").status_code == 404
    assert client.get(f"{PAGES}find/", {"html_path": page.url or "/hidden/"}).status_code == 404
    assert client.get(PAGES, {"child_of": page.pk}).status_code == 400


def test_a_public_page_is_told_with_its_words_and_not_what_it_was_copied_from(client: Client) -> None:
    draft = _page("Original", live=False)
    page = _page("About", introduction="Who we are.", alias_of=draft, body=[("text", RichText("<p>Since 1998.</p>"))])
    told = client.get(f"{PAGES}{page.pk}/").json()
    assert (told["title"], told["introduction"], told["meta"]["slug"]) == ("About", "Who we are.", "about")
    assert "Original" not in str(told)
    assert "1998" in str(told["body"])
    assert client.get(f"{PAGES}find/", {"html_path": "/about/"})["Location"].endswith(f"{PAGES}{page.pk}/?")


def test_a_listed_doctors_page_is_told(client: Client) -> None:
    """Else the test above would hold where none is."""
    page = DoctorPageFactory.create()
    assert client.get(f"{PAGES}{page.pk}/").json()["title"] == page.doctor.name


def test_a_draft_of_a_public_page_stays_a_draft(client: Client) -> None:
    page = _page("About", introduction="Who we are.")
    page.introduction = "Hidden"
    page.save_revision()
    assert client.get(f"{PAGES}{page.pk}/").json()["introduction"] == "Who we are."


def test_it_is_only_read(client: Client) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(PAGES).status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        *("offset=" + "9" * 30, "limit=-1", "limit=10000", "id=x", "search=%00", "slug=%00", "fields=((", "type=x"),
        *("live=0", "order=draft_title", "child_of=" + "9" * 12, "descendant_of=x"),
    ],
)
def test_what_cannot_be_read_is_a_problem(client: Client, query: str) -> None:
    answer = client.get(f"{PAGES}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("query", ["html_path=%00", "id=x", "html_path=" + "a" * 3000, ""])
def test_what_cannot_be_found_is_a_problem_too(client: Client, query: str) -> None:
    answer = client.get(f"{PAGES}find/?{query}")
    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/problem+json"
