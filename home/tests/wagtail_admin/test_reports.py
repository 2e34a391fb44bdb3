"""What the desk finds on the pages: reports with their files, the panels, the editor's checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common.errors import Forbidden
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from home.models import HomePage, StandardPage
from home.services import pages_mark_reviewed
from home.wagtail_admin.desk import today
from home.wagtail_admin.reports import REPORTS

pytestmark = pytest.mark.django_db


def person(role: Role) -> User:
    made: User = UserFactory.create(roles=[role])
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


@pytest.fixture
def desk() -> Client:
    return signed_in(person(Role.CONTENT_EDITOR))


def a_page(text: str = "", **fields: Any) -> StandardPage:
    made = StandardPage(**{"title": "Parking", "slug": "parking", **fields})
    if text:
        made.body = [("text", text)]
    added: StandardPage = HomePage.objects.get().add_child(instance=made)
    return added


def report(client: Client, name: str, **query: str) -> str:
    return client.get(f"/admin/content/{name}/", query).content.decode()


def test_the_checks_are_in_the_report_in_the_editor_and_in_a_file(desk: Client) -> None:
    page = a_page('<h3>Deep</h3><p><a href="/doctors/">Click here</a></p>', title="=Parking")
    shown = report(desk, "checks")
    assert all(words in shown for words in ("No description", "Headings out of order", "Link that says nothing"))
    only = report(desk, "checks", kind="link")
    assert "“Click here”" in only
    assert "“Deep”" not in only
    assert "Nothing to do here." in report(desk, "checks", kind="link", type="home.articlepage")
    editor = desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "“Click here”" in editor
    assert "checker-axe-configuration" in editor, "Wagtail's own accessibility checker is on"
    sent: Any = desk.get("/admin/content/checks/?export=csv&kind=link")
    lines = b"".join(sent.streaming_content).decode().splitlines()
    assert lines[0] == "Page,Type,What is wrong,What to do"
    assert any(line.startswith("'=Parking,") for line in lines), "nothing in a file is a formula"
    assert b"".join(desk.get("/admin/content/checks/?export=xlsx")).startswith(b"PK")


def test_pages_by_review_date(desk: Client) -> None:
    day = today()
    a_page(title="Late", slug="late", next_review=day - timedelta(days=1))
    a_page(title="Soon", slug="soon", next_review=day + timedelta(days=20))
    a_page(title="Far", slug="far", next_review=day + timedelta(days=400))
    a_page(title="Never", slug="never")
    found = {due: report(desk, "review", due=due) for due in ("", "overdue", "30", "none", "all")}
    seen = {due: {title for title in ("Late", "Soon", "Far", "Never") if f">{title}<" in found[due]} for due in found}
    assert seen == {
        "": {"Late", "Soon"},
        "overdue": {"Late"},
        "30": {"Late", "Soon"},
        "none": {"Never"},
        "all": {"Late", "Soon", "Far"},
    }
    assert "page past its review date" in desk.get("/admin/").content.decode()


def test_broken_links(desk: Client) -> None:
    draft = a_page(title="Draft", slug="draft", live=False)
    a_page(
        f'<p><a linktype="page" id="{draft.pk}">to a draft</a> <a linktype="page" id="99999">to nothing</a> '
        '<a linktype="document" id="99999">to a file</a> <a href="/no-such-page/">to an address</a> '
        '<a href="/doctors/">to doctors</a> <a href="https://example.org/x">elsewhere</a> '
        '<a href="mailto:a@example.org">mail</a> <a href="/account/login/">sign in</a></p>'
    )
    shown = report(desk, "links")
    assert all(words in shown for words in ("to a draft", "to nothing", "to a file", "to an address"))
    assert "The page is not public." in shown
    assert not any(words in shown for words in ("to doctors", "elsewhere", ">mail<", "sign in"))


def test_images_blocks_and_doctors(desk: Client) -> None:
    images = get_image_model().objects
    images.create(title="Nameless", file=get_test_image_file())
    images.create(title="Told", file=get_test_image_file(), description="A door")
    assert "Nameless" in report(desk, "images")
    assert "Told" not in report(desk, "images")
    assert "Nameless" not in report(desk, "images", used="on")
    a_page("<p>One</p>")
    assert "Parking" in report(desk, "blocks")
    without = DoctorFactory.create(listed=True)
    DoctorFactory.create(given_name="Notlisted")
    DoctorPageFactory.create()
    shown = report(desk, "doctors")
    assert without.name in shown
    assert "Notlisted" not in shown
    assert "1 line." in shown


@pytest.mark.parametrize("role", [Role.VERIFICATION_OFFICER, Role.BILLING_OFFICER, Role.AUDITOR])
def test_reports_panels_and_choosers_are_for_those_who_write_pages(role: Role) -> None:
    client = signed_in(person(role))
    for one in REPORTS:
        assert client.get(f"/admin/content/{one.path}/").status_code in (302, 403)
    assert client.get(reverse("doctor_chooser:choose")).status_code in (302, 403)
    assert "Lately on the site" not in client.get("/admin/", follow=True).content.decode()


def test_choosers_find_by_any_word(desk: Client) -> None:
    DoctorFactory.create(given_name="Bertha", family_name="Quill", gmc_number="7123456", listed=True)
    DoctorFactory.create(given_name="Bertha", family_name="Other")
    for asked in ("quill bertha", "7123456"):
        shown = desk.get(reverse("doctor_chooser:choose_results"), {"q": asked}).content.decode()
        assert "Bertha Quill" in shown
        assert "Bertha Other" not in shown
    for name in ("specialty", "location", "article"):
        assert desk.get(reverse(f"{name}_chooser:choose")).status_code == 200


def test_many_pages_are_marked_as_reviewed_and_no_draft_is_published_by_it(desk: Client) -> None:
    sound, drafted = a_page(), a_page(title="Drafted", slug="drafted")
    drafted.title = "Half a"
    drafted.save_revision()
    again = today() + timedelta(days=200)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "reviewed"])
    asked = f"{url}?id={sound.pk}&id={drafted.pk}&next=/admin/"
    assert "To be reviewed again by" in desk.get(asked).content.decode()
    told = desk.post(asked, {"next_review": again.isoformat()}, follow=True).content.decode()
    assert "1 page marked as reviewed today." in told
    assert "1 left as they were" in told
    sound.refresh_from_db()
    drafted.refresh_from_db()
    assert (sound.last_reviewed, sound.next_review) == (today(), again)
    assert drafted.title == "Drafted"
    assert drafted.next_review is None


def test_only_who_may_publish_a_page_marks_it() -> None:
    page = a_page()
    with pytest.raises(Forbidden):
        pages_mark_reviewed(
            actor=person(Role.AUDITOR), page_ids=[page.pk], day=today(), next_review=today() + timedelta(days=9)
        )


def test_the_help_says_what_ones_own_office_is(desk: Client) -> None:
    shown = " ".join(desk.get("/admin/help/groups/").content.decode().split())
    assert "<strong>Content editors</strong> <br>You are one of them" in shown
    assert shown.count("You are one of them") == 1


def test_a_moderator_is_asked_by_the_workflow_and_an_editor_is_not() -> None:
    page = a_page()
    page.save_revision()
    workflow = page.get_workflow()
    assert workflow is not None
    state = workflow.start(Page.objects.get(pk=page.pk).specific, person(Role.CONTENT_EDITOR))
    task = state.current_task_state.task.specific
    assert task.user_can_access_editor(page, person(Role.CONTENT_MODERATOR))
    assert not task.get_actions(page, person(Role.CONTENT_EDITOR))
    assert task.get_actions(page, person(Role.CONTENT_MODERATOR))
