"""From the mail to another time without a password: the link, the date of birth, the time, and who is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from booking.tests.factories import next_slot_start
from booking.tests.steps import user_of
from common.templatetags.when import date_time
from devtools.testing.browser import Complaints
from notifications.tasks import deliver_messages
from tests.journeys.scenes import NARROWEST, OVERFLOWS, WIDTHS, a_patient, book, free_doctor, keep_picture, time_link

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from playwright.sync_api import BrowserContext, Page

    from accounts.models import Patient

pytestmark = pytest.mark.django_db(transaction=True)


def last_mail_to(patient: Patient, mailoutbox: list[EmailMultiAlternatives]) -> str:
    deliver_messages()
    return [str(mail.body) for mail in mailoutbox if mail.to == [user_of(patient).email]][-1]


def link_in(text: str) -> str:
    [found] = re.findall(r"without signing in.*?: (\S+)", text)
    return str(found)


def type_birth_date(page: Page, year: str) -> None:
    for label, value in (("Day", "27"), ("Month", "3"), ("Year", year)):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Continue").click()


def look_at(page: Page, assert_accessible: Callable[[Page], None] | None, name: str) -> None:
    """The page at every width, where there is something to look with: axe needs scripts."""
    if assert_accessible is None:
        return
    for width, height in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate(OVERFLOWS) == [], name
    keep_picture(page, f"link-{name}")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_patient_changes_the_time_by_the_link_and_cancels(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    complaints: Complaints,
    mailoutbox: list[EmailMultiAlternatives],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    patient = a_patient(given_name="Leila", family_name="Haddad")
    appointment = book(free_doctor(), patient, next_slot_start(), reason="Dizzy spells")
    new = appointment.start + timedelta(hours=1)
    page = new_context(java_script_enabled=scripts).new_page()
    look = partial(look_at, page, assert_accessible if scripts else None)

    page.goto(link_in(last_mail_to(patient, mailoutbox)))
    expect(page.get_by_role("main")).not_to_contain_text(appointment.reference)
    look("1-ask")
    type_birth_date(page, "1987")
    expect(page.get_by_role("alert")).to_contain_text("does not open an appointment")
    look("2-wrong")
    type_birth_date(page, "1986")
    expect(page.get_by_role("heading", name=date_time(appointment.start))).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("Haddad")
    look("3-appointment")
    page.get_by_role("link", name="Change the time").click()
    look("4-times")
    time_link(page, new).click()
    page.wait_for_url("**/move/confirm/**")
    look("5-confirm")
    page.get_by_role("button", name="Confirm the new time").click()
    expect(page.get_by_role("heading", name=date_time(new))).to_be_visible()
    expect(page.get_by_text("The appointment is now on").first).to_be_visible()
    told = last_mail_to(patient, mailoutbox)
    assert "Your appointment has a new time." in told

    page.goto(link_in(told))
    type_birth_date(page, "1986")
    page.get_by_role("link", name="Cancel appointment").click()
    look("6-cancel")
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_text("This appointment is cancelled")).to_be_visible()
    look("7-cancelled")
    assert "without signing in" not in last_mail_to(patient, mailoutbox)
