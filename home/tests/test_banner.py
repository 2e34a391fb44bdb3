"""The banner for the whole site: when it is there, where, and what an editor may enter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from wagtail.models import Site
from wagtail.test.utils.form_data import nested_form_data, streamfield

from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from common import clock
from home.models import HomePage, SiteSettings, StandardPage

pytestmark = pytest.mark.django_db

WORDS = "Our Bristol clinic is closed today."
LINK = {"label": "Read more", "page": None, "address": "/about-us/"}


def banner(start: datetime, end: datetime, **link: Any) -> SiteSettings:
    settings = SiteSettings.for_site(Site.objects.get())
    settings.banner_text, settings.banner_from, settings.banner_until = WORDS, start, end
    settings.banner_link = [("link", {**LINK, **link})]
    settings.save()
    return settings


def shown(client: Client | None = None, path: str = "/") -> bool:
    return WORDS in (client or Client()).get(path, follow=True).content.decode()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def form(**fields: Any) -> dict[str, Any]:
    given = {"clinic_name": "Harbour", "tagline": "By the water."}
    given |= dict.fromkeys(("phone", "email", "description", "footer_address", "footer_legal"), "")
    streams = {name: streamfield([]) for name in ("utility", "navigation", "footer", "banner_link")}
    known = {"emergency": "Ring 999.", "social_image": "", "banner_text": WORDS, "banner_from": "", "banner_until": ""}
    return nested_form_data({**given, **streams, **known, **fields})


def post(**fields: Any) -> Any:
    desk = client_of(UserFactory.create(roles=[Role.CONTENT_EDITOR]))
    return desk.post(
        reverse("wagtailsettings:edit", args=["home", "sitesettings", Site.objects.get().pk]), form(**fields)
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2027, 1, 12, 9, tzinfo=UTC), datetime(2027, 1, 12, 17, tzinfo=UTC)),
        # London's clock goes from 1:00 to 2:00 in the first night, and from 2:00 back to 1:00 in the second.
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ],
)
def test_it_is_there_from_its_beginning_until_its_end_and_not_at_it(
    start: datetime, end: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    banner(start, end)
    tick = timedelta(microseconds=1)
    for moment, is_there in ((start - tick, False), (start, True), (end - tick, True), (end, False)):
        monkeypatch.setattr("common.clock.timezone.now", lambda moment=moment: moment)
        assert shown() is is_there, moment


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2027-03-28 00:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        ("2027-03-28 02:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2027-07-01 09:00", datetime(2027, 7, 1, 8, 0, tzinfo=UTC)),
    ],
)
def test_an_editor_types_the_clinics_clock(typed: str, instant: datetime) -> None:
    answer = post(banner_from="2027-01-01 00:00", banner_until=typed)

    assert answer.status_code == 302
    assert SiteSettings.for_site(Site.objects.get()).banner_until == instant


@pytest.mark.parametrize(
    "fields",
    [
        {"banner_from": "2027-01-01 09:00"},
        {"banner_until": "2027-01-01 09:00"},
        {"banner_from": "2027-01-02 09:00", "banner_until": "2027-01-02 09:00"},
        # Clocks jump over this time, and show that one twice.
        {"banner_from": "2027-01-02 09:00", "banner_until": "2027-03-28 01:30"},
        {"banner_from": "2027-01-02 09:00", "banner_until": "2027-10-31 01:30"},
    ],
)
def test_a_banner_without_both_ends_or_at_a_time_that_is_none_is_refused_with_what_was_typed(fields: Any) -> None:
    answer = post(**fields)

    assert answer.status_code == 200
    assert WORDS in answer.content.decode()
    assert SiteSettings.for_site(Site.objects.get()).banner_text == ""


def test_the_database_keeps_the_ends_in_order() -> None:
    with pytest.raises(IntegrityError):
        banner(clock.now(), clock.now() - timedelta(hours=1))


def test_it_stands_on_public_and_signed_in_pages_and_on_errors() -> None:
    now = clock.now()
    banner(now - timedelta(hours=1), now + timedelta(hours=1))
    patient = PatientFactory.create(user=UserFactory.create(roles=[Role.PATIENT])).user

    for path in ("/", "/doctors/", "/account/login/", "/no-such-page/"):
        assert shown(path=path), path
    for path in ("/home/", "/appointments/", "/account/profile/"):
        assert shown(client_of(patient), path), path
    assert 'href="/about-us/"' in Client().get("/").content.decode()


def test_it_leads_to_no_page_that_is_not_live() -> None:
    page = StandardPage(title="What to do", live=False)
    HomePage.objects.get().add_child(instance=page)
    banner(clock.now(), clock.now() + timedelta(hours=1), page=page, address="")

    assert shown()
    assert "Read more" not in Client().get("/").content.decode()


def test_without_one_no_page_has_an_empty_place_for_it() -> None:
    assert "Important notice" not in Client().get("/").content.decode()
