"""What visitors are shown from the page cache, and when it is thrown away."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from accounts.tests.factories import UserFactory
from common import clock
from doctors.models import Doctor
from doctors.services import doctor_set_verification
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorFactory, DoctorPageFactory, VisitTypeFactory
from home import page_cache
from home.models import HomePage, SiteSettings, StandardPage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(empty_valkey: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PAGE_CACHE_SECONDS = 60
    # For two seconds after a test without Redis the cache would not ask it again.
    monkeypatch.setattr("common.cache.SoftRedisCache._away_until", 0)


@pytest.fixture
def page() -> StandardPage:
    return HomePage.objects.get().add_child(instance=StandardPage(title="About us", introduction="Since 1987."))


@contextmanager
def committed(capture: Callable[..., Any]) -> Iterator[None]:
    """What happens in the block is committed at its end, as in a request."""
    with capture(execute=True):
        yield


def read(path: str = "/about-us/", *, client: Client | None = None, headers: dict[str, str] | None = None) -> str:
    answer = (client or Client()).get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def statements(path: str = "/about-us/", *, headers: dict[str, str] | None = None) -> int:
    with CaptureQueriesContext(connection) as found:
        read(path, headers=headers)
    return len(found)


def test_the_second_visitor_is_shown_what_the_first_was_without_a_statement(page: StandardPage) -> None:
    first = Client().get("/about-us/")
    with CaptureQueriesContext(connection) as found:
        second = Client().get("/about-us/")

    assert (second.content, second.status_code) == (first.content, 200)
    assert len(found) == 0
    # Each has a request of its own, and the same protection.
    assert second["X-Request-ID"] != first["X-Request-ID"]
    own = {"X-Request-ID"}
    assert {k: v for k, v in second.items() if k not in own} == {k: v for k, v in first.items() if k not in own}


def test_nobody_who_is_signed_in_is_shown_a_kept_page_or_gives_one(page: StandardPage) -> None:
    signed_in = Client()
    signed_in.force_login(UserFactory.create(first_name="Quilliam"))

    own = read(client=signed_in)
    shown = read()

    assert "Sign out" in own
    assert "Sign out" not in shown
    assert "Sign out" in read(client=signed_in)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/about-us/?q=my+own+words", {}),
        ("/about-us/?p=1&q=x", {}),
        ("/about-us/", {"HX-Request": "true"}),
        ("/about-us/", {"Authorization": "Bearer x"}),
        ("/about-us/", {"Cookie": "messages=x"}),
        ("/about-us/", {"Cookie": "sessionid=x"}),
    ],
)
def test_what_could_be_somebodys_own_is_made_anew(page: StandardPage, path: str, headers: dict[str, str]) -> None:
    read(path, headers=headers)

    assert statements(path, headers=headers) > 0


def test_a_page_with_a_form_and_a_page_that_is_not_of_the_tree_are_not_kept() -> None:
    assert statements("/account/login/") > 0
    before = statements("/account/login/")

    assert statements("/account/login/") == before > 0


def test_publishing_shows_at_once(page: StandardPage, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    assert "Since 1987." in read()

    with committed(django_capture_on_commit_callbacks):
        page.introduction = "Since 1991."
        page.save_revision().publish()

    assert "Since 1991." in read()


def test_a_draft_throws_nothing_away(
    page: StandardPage, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    read()

    with committed(django_capture_on_commit_callbacks):
        page.introduction = "Not yet."
        page.save_revision()

    assert statements() == 0


def test_a_deleted_or_unpublished_page_is_gone_at_once(
    page: StandardPage, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    read()
    with committed(django_capture_on_commit_callbacks):
        page.unpublish()
    assert Client().get("/about-us/").status_code == 404

    with committed(django_capture_on_commit_callbacks):
        page.save_revision().publish()
    read()
    with committed(django_capture_on_commit_callbacks):
        page.delete()
    assert Client().get("/about-us/").status_code == 404


def test_a_page_that_is_closed_to_the_public_is_closed_at_once(
    page: StandardPage, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    read()

    with committed(django_capture_on_commit_callbacks):
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert Client().get("/about-us/").status_code == 302


def test_settings_around_a_page_show_at_once(
    page: StandardPage, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    read()

    with committed(django_capture_on_commit_callbacks):
        site = SiteSettings.objects.first() or SiteSettings(site=page.get_site())
        site.tagline = "Round the corner."
        site.save()

    assert "Round the corner." in read()


def test_an_unlisted_doctor_and_a_changed_price_show_at_once(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    profile = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True))
    doctor: Doctor = profile.doctor
    visit = VisitTypeFactory.create(doctor=doctor, price_minor=4500)
    assert "£45" in read(profile.url)

    with committed(django_capture_on_commit_callbacks):
        visit.price_minor = 4700
        visit.save()
    assert "£47" in read(profile.url)

    with committed(django_capture_on_commit_callbacks):
        doctor_set_verification(
            actor=None, doctor_id=doctor.public_id, status=VerificationStatus.SUSPENDED, now=clock.now()
        )
    assert Client().get(profile.url).status_code == 404


def test_what_changed_while_a_page_was_made_leaves_no_old_page_behind(
    page: StandardPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    read()
    caches[page_cache.ALIAS].delete_many([page_cache.GENERATION])
    page_cache._new_generation(caches[page_cache.ALIAS])
    made = StandardPage.get_context

    def slow(self: StandardPage, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = made(self, *args, **kwargs)
        page_cache._new_generation(caches[page_cache.ALIAS])
        return context

    monkeypatch.setattr(StandardPage, "get_context", slow)
    read()
    monkeypatch.setattr(StandardPage, "get_context", made)

    assert statements() > 0


def test_a_rolled_back_change_throws_nothing_away(page: StandardPage) -> None:
    read()

    page_cache.pages_changed()

    # The test's transaction never commits.
    assert statements() == 0


def test_secret_addresses_do_not_stand_in_the_keys(page: StandardPage, redis_client: Any) -> None:
    secret = uuid.uuid4().hex
    Client().get(f"/about-us/?p=1&{secret}")
    Client().get(f"/{secret}/")
    read()

    keys = [key.decode() for key in redis_client.keys("*")]

    assert any("pages:" in key for key in keys)
    assert not any(secret in key or "about-us" in key for key in keys)


# The hour that the pages below are made at; each test moves the clock to where it looks.
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("common.clock.timezone.now", lambda: NOON + timedelta(seconds=seconds))


def dated_notice(**edges: datetime) -> StandardPage:
    notice = {"kind": "info", "title": "The lift is out of order", "text": "<p>Take the stairs.</p>"}
    body = [("call_out", {**notice, "starts": None, "ends": None, **edges})]
    return HomePage.objects.get().add_child(instance=StandardPage(title="About us", body=body))


@pytest.mark.parametrize("edge", ["starts", "ends"])
def test_a_kept_page_ends_when_its_notice_comes_or_goes(monkeypatch: pytest.MonkeyPatch, edge: str) -> None:
    dated_notice(**{edge: NOON + timedelta(seconds=20)})
    at(monkeypatch, 0)
    assert ("Take the stairs." in read()) is (edge == "ends")

    at(monkeypatch, 19.9)
    assert statements() == 0
    at(monkeypatch, 20)
    assert ("Take the stairs." in read()) is (edge == "starts")
    # The notice changes no more: from here on the page is kept as long as any other.
    at(monkeypatch, 79)
    assert statements() == 0


@pytest.mark.parametrize(("start", "end"), [(20, 90), (-90, 20)])
def test_a_kept_page_ends_when_the_banner_comes_or_goes(
    monkeypatch: pytest.MonkeyPatch, page: StandardPage, start: int, end: int
) -> None:
    site = SiteSettings.for_site(page.get_site())
    site.banner_text = "The Bristol clinic is closed."
    site.banner_from, site.banner_until = (NOON + timedelta(seconds=seconds) for seconds in (start, end))
    site.save()
    at(monkeypatch, 0)
    assert (site.banner_text in read()) is (start < 0)

    at(monkeypatch, 19)
    assert statements() == 0
    at(monkeypatch, 20)
    assert (site.banner_text in read()) is (start > 0)


def test_without_a_notice_a_page_is_kept_as_long_as_the_settings_say(
    monkeypatch: pytest.MonkeyPatch, page: StandardPage
) -> None:
    at(monkeypatch, 0)
    read()

    at(monkeypatch, 59)
    assert statements() == 0
    at(monkeypatch, 60)
    assert statements() > 0


def test_a_changed_menu_shows_at_once(
    page: StandardPage, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    read()

    with committed(django_capture_on_commit_callbacks):
        site = SiteSettings.for_site(page.get_site())
        site.navigation = [("link", {"label": "Who we are", "page": page, "address": ""})]
        site.utility = [("link", {"label": "Emergency help", "page": None, "address": "/emergency/"})]
        site.save()
    assert "Who we are" in (shown := read())
    assert "Emergency help" in shown

    with committed(django_capture_on_commit_callbacks):
        page.unpublish()
    assert "Who we are" not in read("/")


def test_with_redis_away_pages_are_made_anew(page: StandardPage, settings: Any) -> None:
    settings.CACHES = settings.CACHES | {
        page_cache.ALIAS: {"BACKEND": "common.cache.SoftRedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }
    read()

    assert statements() > 0
