"""One's appointments in one's own calendar: the address is made, copied, read by a calendar, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from icalendar import Calendar
from playwright.sync_api import expect

from booking.tests.factories import next_slot_start
from tests.journeys.scenes import a_patient, account_of, book, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_patient_makes_an_address_and_takes_it_back(
    new_context: Callable[..., BrowserContext],
    scripts: bool,  # noqa: FBT001
) -> None:
    patient = a_patient(given_name="Leila", family_name="Haddad")
    appointment = book(free_doctor(), patient, next_slot_start())
    context = new_context(java_script_enabled=scripts)
    if scripts:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = sign_in(context, account_of(patient)).new_page()
    page.goto("/appointments/")
    page.get_by_role("link", name="See your appointments in your own calendar").click()
    page.get_by_role("button", name="Make an address").click()
    field = page.get_by_label("Secret address")
    address = field.input_value()
    keep_picture(page, f"own-calendar-{'scripts' if scripts else 'plain'}")
    if scripts:
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == address
    else:
        expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    expect(page.get_by_role("link", name="Open it in this device’s calendar")).to_have_attribute(
        "href", address.replace("http:", "webcal:")
    )
    path = urlsplit(address).path
    calendar: Any = Calendar.from_ical(Client().get(path).content)
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == appointment.start

    page.goto("/calendar/")
    expect(page.get_by_text("we cannot show it again")).to_be_visible()
    expect(page.get_by_label("Secret address")).to_have_count(0)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The address is taken back.").first).to_be_visible()
    assert Client().get(path).status_code == 404
