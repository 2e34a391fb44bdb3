"""An editor builds a page from blocks without a developer, and tells everybody what they must know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from http.client import NOT_FOUND, OK
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common import clock
from devtools.testing.browser import Complaints
from doctors.tests.factories import VisitTypeFactory
from home.models import HomePage, LandingPage
from home.tasks import publish_scheduled_pages
from tests.journeys.scenes import entitle, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Our Bristol clinic is closed today."


def insert(desk: Page, label: str, *, shown: str) -> None:
    """Add a block at the end after a look at what it will be."""
    desk.get_by_role("button", name="Insert a block").last.click()
    option = desk.get_by_role("option", name=label, exact=True)
    option.locator("xpath=following::button[1]").click()
    expect(desk.frame_locator(".w-combobox-preview iframe").get_by_text(shown)).to_be_visible()
    blocks = desk.get_by_role("button", name="Duplicate")
    before = blocks.count()
    option.click()
    # What is typed next belongs to the new block.
    expect(blocks).to_have_count(before + 1)


def schedule(desk: Page, opening: datetime) -> None:
    """The page that is being edited goes live then, by the clinic's clock."""
    desk.get_by_role("button", name="Toggle status").click()
    desk.get_by_role("button", name="Set schedule").click()
    at = opening.astimezone(clock.clinic_zone())
    desk.get_by_role("textbox", name="Go live date/time").fill(f"{at:%Y-%m-%d %H:%M}")
    # By keyboard: the calendar that the field has opened lies over the button.
    desk.get_by_role("button", name="Save schedule").press("Enter")
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Schedule to publish").click()
    expect(desk.get_by_text("scheduled for publishing")).to_be_visible()


def publish_at(moment: datetime) -> None:
    """What the schedule does every minute, at that one."""
    with pytest.MonkeyPatch.context() as then:
        then.setattr("django.utils.timezone.now", lambda: moment)
        assert publish_scheduled_pages()


def answer(visitor: Page, address: str) -> int:
    response = visitor.goto(address)
    assert response
    return response.status


def test_an_editor_builds_and_schedules_a_landing_page_of_blocks_and_sets_the_banner(
    new_context: Callable[..., BrowserContext], page: Page, complaints: Complaints
) -> None:
    VisitTypeFactory.create(price_minor=4500)
    desk = sign_in(new_context(), UserFactory.create(roles=[Role.CONTENT_EDITOR])).new_page()
    desk.goto(f"/admin/pages/add/home/landingpage/{HomePage.objects.get().pk}/")
    entitle(desk, "Flu jabs")
    insert(desk, "Call to action", shown="Ready when you are")
    desk.get_by_role("textbox", name="Heading").last.fill("Get your flu jab")
    desk.get_by_role("textbox", name="Label").last.fill("Choose a doctor")
    desk.get_by_role("textbox", name="Address").last.fill("/doctors/")
    insert(desk, "Prices", shown="£45")
    desk.get_by_role("textbox", name="Heading").last.fill("What it costs")
    desk.get_by_role("button", name="Toggle preview").click()
    whole = desk.frame_locator("iframe[title=Preview]").last
    expect(whole.get_by_role("heading", name="Get your flu jab")).to_be_visible()
    keep_picture(desk, "build-1-blocks")
    opening = clock.moment(clock.now().date() + timedelta(days=30), time(9), clock.clinic_zone())
    schedule(desk, opening)
    keep_picture(desk, "build-2-scheduled")
    address = LandingPage.objects.get().url
    complaints.allow("status of 404")
    assert answer(page, address) == NOT_FOUND
    publish_at(opening - timedelta(seconds=1))
    assert answer(page, address) == NOT_FOUND
    publish_at(opening + timedelta(seconds=1))
    assert answer(page, address) == OK
    expect(page.get_by_role("heading", name="Get your flu jab")).to_be_visible()
    expect(page.get_by_role("link", name="Choose a doctor")).to_have_attribute("href", "/doctors/")
    expect(page.get_by_role("row", name="Consultation")).to_contain_text("£45")
    keep_picture(page, "build-3-live")

    now = clock.now().astimezone(clock.clinic_zone())
    desk.goto("/admin/settings/home/sitesettings/")
    desk.get_by_role("tab", name="Emergency banner").click()
    desk.get_by_role("textbox", name="What everybody must know").fill(WORDS)
    desk.get_by_role("textbox", name="Show it from").fill(f"{now - timedelta(days=1):%Y-%m-%d} 09:00")
    desk.get_by_role("textbox", name="Show it until").fill(f"{now + timedelta(days=1):%Y-%m-%d} 17:00")
    keep_picture(desk, "build-4-banner")
    desk.get_by_role("button", name="Save").last.press("Enter")
    expect(desk.get_by_text("updated")).to_be_visible()
    for visitor, path in ((page, "/"), (desk, "/account/email/")):
        visitor.goto(path)
        expect(visitor.get_by_role("complementary", name="Important notice")).to_contain_text(WORDS)
