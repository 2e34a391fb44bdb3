"""An auditor reads what happened, and a patient who looked at their record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.services import appointment_cancel, appointment_viewed
from booking.tests.factories import next_slot_start
from devtools.testing.browser import DESKTOP, PHONE
from tests.journeys.scenes import (
    NARROWEST,
    OVERFLOWS,
    WIDTHS,
    a_patient,
    account_of,
    book,
    free_doctor,
    keep_picture,
    sign_in,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from booking.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]


@pytest.fixture
def appointment(site_url: str) -> Appointment:
    """Booked by the patient, looked at and cancelled by the doctor; another still stands."""
    doctor, patient = free_doctor(), a_patient(given_name="Leila", family_name="Haddad")
    appointment = book(doctor, patient, next_slot_start())
    book(doctor, patient, next_slot_start() + timedelta(hours=1))
    assert doctor.user
    appointment_viewed(actor=doctor.user, appointment=appointment)
    appointment_cancel(actor=doctor.user, appointment_id=appointment.public_id)
    return appointment


@pytest.mark.parametrize("browser_is", ["desktop", "phone", "plain"])
def test_an_auditor_finds_who_cancelled(
    new_context: Callable[..., BrowserContext],
    appointment: Appointment,
    assert_accessible: Check,
    browser_is: str,
) -> None:
    browsers: dict[str, dict[str, Any]] = {"desktop": DESKTOP, "phone": PHONE, "plain": {"java_script_enabled": False}}
    options = browsers[browser_is]
    auditor = UserFactory.create(first_name="Iris", last_name="Vane", roles=[Role.AUDITOR])
    page = sign_in(new_context(**options), auditor).new_page()
    page.goto("/admin/audit/")
    if browser_is != "plain":
        assert_accessible(page)
        keep_picture(page, f"audit-log-{browser_is}")
    assert page.evaluate(OVERFLOWS) == []
    page.get_by_role("textbox", name="Id", exact=True).fill(str(appointment.public_id))
    page.get_by_role("combobox", name="Action").select_option("appointment.cancelled")
    page.get_by_role("button", name="Search", exact=True).click()
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("from booked to cancelled")
    table.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Cancelled the appointment")).to_be_visible()
    if browser_is != "plain":
        assert_accessible(page)
        keep_picture(page, f"audit-event-{browser_is}")
    page.get_by_role("link", name=str(appointment.public_id)).click()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(4)


def test_a_patient_reads_who_looked(
    new_context: Callable[..., BrowserContext], appointment: Appointment, assert_accessible: Check
) -> None:
    page = sign_in(new_context(), account_of(appointment.patient)).new_page()
    page.goto("/account/profile/")
    page.get_by_role("link", name="Who looked at my record").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who looked at my record")
    expect(page.get_by_role("main")).to_contain_text("Looked at the appointment")
    for name, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
        keep_picture(page, f"record-access-{name}")
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate(OVERFLOWS) == []
    page.get_by_role("link", name="Everything, yours too").click()
    expect(page.get_by_role("main")).to_contain_text("Booked the appointment")
    page.get_by_role("link", name="Only who looked").click()
    expect(page.get_by_role("main")).not_to_contain_text("Cancelled the appointment")
    page.get_by_role("link", name="See the appointment").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_url(f"/appointments/{appointment.public_id}/")
