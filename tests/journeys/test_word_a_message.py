"""An editor changes what a message says: preview, a test to themselves, publishing, and a patient who reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.tests.factories import next_slot_start
from notifications.services import messages_deliver
from tests.journeys.scenes import OVERFLOWS, WIDTHS, a_patient, book, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_editor_rewords_the_confirmation_of_a_visit(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.EMAIL_BACKEND = "integrations.mail.development.FileMailbox"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    page = sign_in(new_context(), UserFactory.create(roles=[Role.CONTENT_EDITOR])).new_page()

    page.goto("/admin/snippets/notifications/messagewording/", wait_until="load")
    expect(page.get_by_role("heading", name="Messages that keep their words")).to_be_visible()
    for width, height in (WIDTHS["phone"], WIDTHS["desktop"]):
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
        assert page.evaluate(OVERFLOWS) == []
    keep_picture(page, "words-1-list")
    page.get_by_role("link", name="Appointment booked", exact=True).click()
    page.get_by_role("textbox", name="Subject").fill("See you on {day}")
    page.get_by_role("textbox", name="Closing words").fill("Warmly, {doctor}")
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("iframe[title=Preview]").last
    expect(preview.get_by_text("Subject: See you on Tuesday 6 July 2027")).to_be_visible()
    expect(preview.get_by_text("Warmly, Dr Amara Osei")).to_be_visible()
    keep_picture(page, "words-2-preview")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Save draft and send me a test").click()
    expect(page.get_by_text("A test is on its way to")).to_be_visible()
    doctor, start = free_doctor(), next_slot_start()
    book(doctor, a_patient(), start)
    assert messages_deliver() > 1
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("published")).to_be_visible()
    book(doctor, a_patient(), start + timedelta(hours=1))
    messages_deliver()

    page.goto("/dev/mail/")
    expect(page.get_by_role("link", name="[Test] See you on")).to_have_count(1)
    # The first booking was told while the words were a draft.
    expect(page.get_by_role("link", name="Appointment confirmed")).to_have_count(1)
    page.get_by_role("link", name="See you on").first.click()
    expect(page.get_by_text("Warmly, Dr Nia Rees").first).to_be_visible()
