"""A patient sees the bell, chooses what to be told, and gets a text and an email: with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from booking.tests.factories import next_slot_start
from notifications.models import NotificationSettings
from notifications.services import messages_deliver
from tests.journeys.scenes import a_patient, account_of, book, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_patient_hears_of_a_visit_as_they_have_chosen(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[..., None],
    settings: Settings,
    tmp_path: Path,
    *,
    scripts: bool,
) -> None:
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "development", str(tmp_path / "texts")
    settings.EMAIL_BACKEND = "integrations.mail.development.FileMailbox"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    rules = NotificationSettings.load()
    # So that it is the same at every hour.
    rules.quiet_until = rules.quiet_from
    rules.save()
    patient = a_patient()
    page = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()

    page.goto("/account/notifications/")
    page.get_by_role("button", name="Send me a code").click()
    page.goto("/dev/mail/")
    code = page.locator("strong").first.inner_text()
    page.goto("/account/notifications/")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Confirm the number").click()
    booked = page.get_by_role("group", name="Your appointment is booked")
    booked.get_by_label("Text").check()
    page.get_by_role("group", name="Your appointment is coming up").get_by_label("Email").uncheck()
    if scripts:
        assert_accessible(page)
    keep_picture(page, "notices-chosen")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It is saved")).to_be_visible()
    expect(booked.get_by_label("Text")).to_be_checked()

    book(free_doctor(), patient, next_slot_start())
    messages_deliver()
    page.goto("/dev/mail/")
    expect(page.get_by_text("is booked. Ref")).to_be_visible()
    expect(page.get_by_role("link", name="Appointment confirmed")).to_have_count(1)

    page.goto("/home/")
    bell = page.get_by_role("link", name=re.compile(r"Notices\s*1 unread"))
    expect(bell).to_have_count(1)
    bell.click()
    expect(page.get_by_text("Emailed to you. Texted to you.")).to_be_visible()
    page.get_by_role("button", name="Appointment confirmed").click()
    expect(page).to_have_url(re.compile("/appointments/"))
    expect(page.get_by_role("link", name="Notices", exact=True)).to_have_count(1)
