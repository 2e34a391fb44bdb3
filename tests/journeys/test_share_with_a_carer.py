"""A patient lets somebody who helps them see and cancel one appointment, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import CarerFactory, UserFactory
from booking.states import Status
from booking.tests.factories import next_slot_start
from common import clock
from common.templatetags.when import date_time
from devtools.testing.browser import Complaints
from records.tests.document_steps import added_by_doctor
from records.tests.prescribing import rx_signed
from tests.journeys.scenes import OVERFLOWS, WIDTHS, a_patient, account_of, book, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

CARER = "carer@example.org"


def share(own: Page, path: str) -> None:
    own.goto(path)
    own.get_by_label("Email address of the person who helps you").fill(CARER)
    own.get_by_role("button", name="Share this appointment").click()
    expect(own.get_by_role("button", name=f"Take back from {CARER}")).to_be_visible()


def accept(helping: Page) -> None:
    helping.goto("/appointments/")
    keep_picture(helping, "shared-with-me")
    offered = helping.get_by_role("region", name="Waiting for your answer")
    expect(offered).to_contain_text("Leila Haddad shares an appointment")
    offered.get_by_role("button", name="See it").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_carer_sees_it_until_it_is_taken_back_and_cancels_it_when_it_is_shared_again(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 404")
    start = next_slot_start()
    patient = a_patient(given_name="Leila", family_name="Haddad")
    appointment = book(free_doctor(), patient, start, reason="Dizzy spells")
    path = f"/appointments/{appointment.public_id}/"
    own = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    helping = sign_in(new_context(java_script_enabled=scripts), UserFactory.create(email=CARER)).new_page()
    before = helping.goto(path)
    assert before
    assert before.status == 404

    share(own, path)
    expect(own.get_by_role("region", name="Somebody who helps you")).to_contain_text("Invited")
    keep_picture(own, "shared")
    refused = helping.goto(path)
    assert refused
    assert refused.status == 404
    accept(helping)
    expect(helping.get_by_text("Leila Haddad’s appointment is booked")).to_be_visible()
    expect(helping.get_by_text("Dizzy spells")).to_have_count(0)

    own.get_by_role("button", name=f"Take back from {CARER}").click()
    expect(own.get_by_text("That person can no longer see this appointment.")).to_be_visible()
    for address in (path, f"{path}cancel/", f"{path}calendar.ics"):
        after = helping.goto(address)
        assert after
        assert after.status == 404, address

    share(own, path)
    accept(helping)
    helping.goto("/appointments/")
    shown = helping.get_by_role("region", name="Of people whom you help")
    shown.get_by_role("link", name=date_time(start)).first.click()
    helping.get_by_role("link", name="Cancel appointment").click()
    helping.get_by_role("button", name="Yes, cancel it").click()
    expect(helping.get_by_text("This appointment is cancelled")).to_be_visible()
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_patient_opens_prescriptions_and_documents_to_a_carer(
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    assert_accessible: Callable[[Page], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    prescription = rx_signed()
    patient = prescription.patient
    added_by_doctor(patient=patient, title="Blood test")
    carer = CarerFactory.create(patient=patient)

    def look(page: Page, name: str) -> None:
        for width, height in WIDTHS.values() if scripts else ():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
            assert page.evaluate(OVERFLOWS) == [], name
        keep_picture(page, f"page-{name}")

    own = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    own.goto(f"/account/carers/{carer.public_id}/change/")
    own.get_by_label("Read and print prescriptions").check()
    own.get_by_label("Look at the documents of the health record").check()
    own.get_by_role("button", name="Save").click()
    expect(own.get_by_text("Choose a last day, at most a year from now").first).to_be_visible()
    own.get_by_label("Last day").fill((clock.clinic_day(clock.now()) + timedelta(days=30)).isoformat())
    own.get_by_role("button", name="Save").click()
    own.goto("/health-record/access/")
    expect(own.get_by_role("region", name="Who helps you")).to_contain_text("Read and print prescriptions")
    look(own, "who-can-see-carers")

    helping = sign_in(new_context(java_script_enabled=scripts), carer.user).new_page()
    helping.goto("/account/caring/")
    helping.get_by_role("link", name=f"Health record of {patient.given_name}").click()
    look(helping, "cared-record")
    helping.get_by_role("region", name="Documents").get_by_role("link", name="Blood test").click()
    expect(helping.get_by_text(f"This is the record of {patient.name}")).to_be_visible()
    look(helping, "cared-document")
    helping.get_by_role("link", name=f"The health record of {patient.name}").click()
    helping.get_by_role("region", name="Prescriptions").get_by_role("link").first.click()
    expect(helping.get_by_text("Amoxicillin").first).to_be_visible()
    look(helping, "cared-prescription")
