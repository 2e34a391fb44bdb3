"""A visitor finds the clinic's pages and writes to it, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from devtools.testing.browser import Complaints
from home import spam
from home.models import ContactField, ContactPage, Enquiry, FaqPage, OpeningHours
from home.tests.factories import article, below_home, location_page, news, specialty_page
from home.tests.test_pages import QUESTIONS
from tests.journeys.scenes import NARROWEST, OVERFLOWS, WIDTHS, keep_picture

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact(site_url: str) -> ContactPage:
    page = ContactPage(title="Contact us", introduction="Write to us.")
    for label, kind in (("Your name", "singleline"), ("Your email address", "email"), ("Your message", "multiline")):
        page.form_fields.add(ContactField(label=label, field_type=kind))
    return below_home(page)


def test_every_new_kind_of_page_is_accessible_and_fits(
    page: Page, contact: ContactPage, assert_accessible: Callable[[Page], None]
) -> None:
    place = location_page(directions="<p>Two minutes from the ferry.</p>")
    place.opening_hours.add(OpeningHours(weekday=0, opens=time(8), closes=time(18)))
    place.save()
    body = [("text", "<h2>Signs</h2><p>One.</p><h2>Causes</h2><p>Two.</p><h2>What helps</h2><p>Three.</p>")]
    source = ("source", {"title": "Hearts", "publisher": "NHS", "address": "https://www.nhs.uk/x", "year": 2025})
    field = specialty_page(body=body)
    written = article(body=body, sources=[source], specialties=[field.specialty], last_reviewed=date(2026, 3, 2))
    piece = news(body=body)
    pages = {
        "specialty": field,
        "specialties": field.get_parent(),
        "location": place,
        "article": written,
        "articles": written.get_parent(),
        "news-item": piece,
        "news": piece.get_parent(),
        "questions": below_home(FaqPage(title="Questions", groups=[("questions", QUESTIONS)])),
        "contact": contact,
    }
    for name, shown in pages.items():
        page.goto(shown.url, wait_until="networkidle")
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
        page.set_viewport_size({"width": NARROWEST, "height": 640})
        assert page.evaluate(OVERFLOWS) == [], name
        keep_picture(page, f"page-{name}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_visitor_writes_to_the_clinic(
    new_context: Callable[..., BrowserContext],
    contact: ContactPage,
    complaints: Complaints,
    assert_accessible: Callable[[Page], None],
    monkeypatch: pytest.MonkeyPatch,
    scripts: bool,  # noqa: FBT001 - pytest names it
) -> None:
    complaints.allow("status of 422")
    monkeypatch.setattr(spam, "FASTEST", timedelta(seconds=-1))
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto(contact.url)
    page.get_by_label("Your name").fill("Ada Osei")
    page.get_by_label("Your message").fill("Thank you for the kind reception.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="Fill in “Your email address”.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("Thank you for the kind reception.")
    if scripts:
        assert_accessible(page)
    page.get_by_label("Your email address").fill("ada@example.org")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("We have your message")).to_be_visible()
    assert Enquiry.objects.count() == 1
