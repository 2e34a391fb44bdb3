"""What a content editor does in Wagtail's admin, through its own views, and where an editor does not come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.models import Collection, Page, Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common import clock
from doctors.tests.factories import DoctorFactory
from home.models import HomePage, SiteSettings, StandardPage
from home.tasks import publish_scheduled_pages

pytestmark = pytest.mark.django_db


def editor() -> User:
    return UserFactory.create(roles=[Role.CONTENT_EDITOR])


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(editor(), backend="accounts.backends.AccountBackend")
    return client


def form(title: str = "About us", **fields: Any) -> dict[str, Any]:
    blocks = [
        ("text", rich_text("<p>We are a small practice.</p>")),
        ("call_out", {"kind": "info", "title": "Parking", "text": rich_text("<p>Behind the house.</p>")}),
    ]
    data = {"title": title, "slug": "about-us", "introduction": "Who we are", "body": streamfield(blocks)}
    return nested_form_data({**data, "comments": inline_formset([]), **fields})


def new_page(desk: Client, **fields: Any) -> Any:
    url = reverse("wagtailadmin_pages:add", args=["home", "standardpage", HomePage.objects.get().pk])
    answer: Any = desk.post(url, form(**fields))
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


def test_an_editor_writes_previews_publishes_and_changes_a_page(desk: Client) -> None:
    new_page(desk)
    page = StandardPage.objects.get()
    assert not page.live
    assert Client().get("/about-us/").status_code == 404

    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert desk.post(preview, form(title="About the practice")).json()["is_valid"]
    assert "About the practice" in desk.get(preview).content.decode()

    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    desk.post(edit, {**form(), "action-publish": "1"})
    public = Client().get("/about-us/").content.decode()
    assert "We are a small practice." in public
    assert "Parking" in public

    desk.post(edit, form(title="A draft of ours"))
    assert "A draft of ours" not in Client().get("/about-us/").content.decode()
    assert page.revisions.count() == 3
    history = desk.get(reverse("wagtailadmin_pages:history", args=[page.pk]))
    assert history.status_code == 200


def test_an_editor_schedules_a_page_by_the_clinics_clock_and_the_task_publishes_it_then(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    summer = clock.now().year + 1
    nine_in_london = datetime(summer, 7, 1, 8, tzinfo=UTC)
    new_page(desk, go_live_at=f"{summer}-07-01 09:00", **{"action-publish": "1"})
    page = StandardPage.objects.get()

    for moment, is_live in (
        (nine_in_london - timedelta(seconds=1), False),
        (nine_in_london + timedelta(seconds=1), True),
    ):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        assert publish_scheduled_pages()
        page.refresh_from_db()
        assert page.live is is_live

    assert Client().get("/about-us/").status_code == 200


def test_an_editor_previews_and_changes_the_home_page(desk: Client) -> None:
    home = HomePage.objects.get()
    data = nested_form_data(
        {
            "title": "Home",
            "slug": "home",
            "hero_title": "Good morning",
            "hero_text": "Come in.",
            "hero_image": "",
            "body": streamfield([("doctors", {"heading": "Free soonest", "introduction": ""})]),
            "comments": inline_formset([]),
        }
    )

    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[home.pk])
    assert desk.post(preview, data).json() == {"is_valid": True, "is_available": True}
    assert "Good morning" in desk.get(preview).content.decode()
    desk.post(reverse("wagtailadmin_pages:edit", args=[home.pk]), {**data, "action-publish": "1"})

    shown = Client().get("/").content.decode()
    assert "Good morning" in shown
    assert "Free soonest" in shown


def items(*values: dict[str, Any]) -> dict[str, Any]:
    """The form's data of a list block."""
    return streamfield([("item", value) for value in values])


def test_an_editor_keeps_the_navigation(desk: Client) -> None:
    site, doctors = Site.objects.get(), Page.objects.get(slug="doctors")
    join = {"label": "Join us", "page": "", "address": "/account/signup/"}
    inside = {"heading": "", "links": items({**join, "text": "For new patients"})}
    menu = {"label": "Our doctors", "page": doctors.pk, "address": "", "text": "Who is here."}
    menu["groups"] = items(inside)
    data = nested_form_data(
        {
            "clinic_name": "Harbour Practice",
            "tagline": "By the water.",
            "phone": "",
            "email": "",
            "emergency": "In an emergency call 999.",
            "utility": streamfield([("link", {**join, "label": "Emergency help"})]),
            "navigation": streamfield([("link", join), ("menu", menu)]),
            "footer": streamfield([("column", {"heading": "More", "links": items(join)})]),
            "footer_address": "Harbour Row 2, Bristol",
            "footer_legal": "Harbour Practice Ltd, company 0123456.",
            "description": "",
            "social_image": "",
            "banner_text": "",
            "banner_link": streamfield([]),
            "banner_from": "",
            "banner_until": "",
        }
    )

    answer = desk.post(reverse("wagtailsettings:edit", args=["home", "sitesettings", site.pk]), data)

    assert answer.status_code == 302, answer.context["form"].errors
    assert SiteSettings.for_site(site).clinic_name == "Harbour Practice"
    shown = Client().get("/").content.decode()
    for words in ("Join us", "Our doctors", "Who is here.", "For new patients", "Emergency help", "Harbour Row 2"):
        assert words in shown
    assert "company 0123456" in shown


def test_an_editor_puts_pages_only_where_they_belong(desk: Client) -> None:
    home = HomePage.objects.get()
    root = Page.objects.get(depth=1)

    second_home = desk.get(reverse("wagtailadmin_pages:add", args=["home", "homepage", root.pk]))
    below_doctors = desk.get(
        reverse("wagtailadmin_pages:add", args=["home", "standardpage", Page.objects.get(slug="doctors").pk])
    )

    assert home.pk != root.pk
    assert {second_home.status_code, below_doctors.status_code} <= {302, 403}


@pytest.mark.parametrize(
    "path",
    [
        "/admin/users/",
        "/admin/groups/",
        "/admin/verification/",
        "/admin/settings/booking/bookingsettings/",
        "/admin/sites/",
        "/admin/locales/",
        "/admin/workflows/list/",
        "/django-admin/",
        "/django-admin/accounts/user/",
    ],
)
def test_an_editor_is_turned_away_from_what_is_not_content(desk: Client, path: str) -> None:
    answer = desk.get(path)

    assert answer.status_code in (302, 403, 404)


def test_an_editor_sees_no_patient_in_anything_that_the_admins_menu_leads_to(desk: Client) -> None:
    """Reads every page that the editor's dashboard links to."""
    user = UserFactory.create(email="canary-patient@example.org", last_name="CanaryPatient", roles=[Role.PATIENT])
    DoctorFactory.create(listed=True)
    start = desk.get("/admin/")
    menu = start.content.decode()

    paths = {item for item in menu.split('"') if item.startswith("/admin/") and "logout" not in item}
    assert len(paths) > 3
    for path in sorted(paths):
        shown = desk.get(path).content.decode(errors="replace")
        assert user.last_name not in shown, path
        assert user.email not in shown, path


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.DOCTOR])
def test_nobody_without_a_desk_comes_into_the_admin(role: Role | None) -> None:
    client = Client()
    client.force_login(UserFactory.create(roles=[role] if role else []), backend="accounts.backends.AccountBackend")

    assert client.get("/admin/").status_code in (302, 403)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[HomePage.objects.get().pk])).status_code in (302, 403)


@pytest.mark.parametrize(("name", "stored"), [("prices.pdf", 1), ("prices.html", 0), ("prices.svg", 0)])
def test_only_documents_that_no_browser_would_run_are_taken(desk: Client, name: str, stored: int) -> None:
    upload = SimpleUploadedFile(name, b"%PDF-1.4 prices")
    asked = {"title": "Prices", "file": upload, "collection": Collection.objects.get().pk}
    desk.post(reverse("wagtaildocs:add"), asked)
    assert Document.objects.count() == stored


def test_a_document_is_listed_for_editors_and_given_to_visitors(desk: Client) -> None:
    document = Document.objects.create(title="Prices", file=SimpleUploadedFile("prices.pdf", b"%PDF-1.4 prices"))
    assert document.url in desk.get(reverse("wagtaildocs:index")).content.decode()
    answer: Any = Client().get(document.url)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 prices"
