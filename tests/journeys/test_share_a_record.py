"""A patient lets a doctor read the record, sees who can, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from booking.tests.steps import user_of
from common import clock
from devtools.testing.browser import Complaints
from doctors.models import Doctor
from records.tests.steps import signed, visit
from tests.journeys.scenes import a_patient, account_of, free_doctor, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_shared_read_and_taken_back(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    look: Callable[[Page, str], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 404")
    complaints.allow("status of 422")
    reader, patient = free_doctor(), a_patient(given_name="Leila", family_name="Haddad")
    note = signed(visit(patient=patient), summary="Drink more, and stand up slowly.")
    treating: Doctor = note.doctor
    own = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    theirs = sign_in(new_context(java_script_enabled=scripts), user_of(reader)).new_page()

    own.goto("/health-record/")
    own.get_by_role("link", name="Who can see my record").click()
    expect(own.get_by_role("region", name="Doctors whom you see")).to_contain_text(treating.name)
    own.get_by_role("link", name="Share my record with a doctor").click()
    own.get_by_label("Which doctor?").fill("nia rees")
    own.get_by_role("button", name="Find").click()
    look(own, "share-found")
    own.get_by_role("link", name="Dr Nia Rees").click()
    own.get_by_label("Last day").fill("2020-01-01")
    own.get_by_role("button", name="Share").click()
    expect(own.get_by_role("alert")).to_contain_text("Choose a day from today on")
    look(own, "share-errors")
    own.get_by_label("Last day").fill((clock.clinic_day(clock.now()) + timedelta(days=9)).isoformat())
    own.get_by_role("button", name="Share").click()
    expect(own.get_by_text("Dr Nia Rees can read it until")).to_be_visible()
    look(own, "who-can-see")

    theirs.goto("/my-day/notes/")
    theirs.get_by_role("link", name="Records shared with you").click()
    look(theirs, "open-to-me")
    theirs.get_by_role("link", name="Leila Haddad").click()
    look(theirs, "patients-record")
    theirs.get_by_role("main").get_by_role("listitem").get_by_role("link").click()
    expect(theirs.get_by_text("Drink more, and stand up slowly.")).to_be_visible()

    own.get_by_role("main").get_by_role("link", name="Who looked at my record").click()
    expect(own.get_by_text("Opened the health record.")).to_be_visible()
    own.goto("/health-record/access/")
    own.get_by_role("button", name="End this").click()
    expect(own.get_by_text("Dr Nia Rees can no longer read it")).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_role("heading", level=1)).not_to_contain_text("Leila Haddad")
    expect(theirs.get_by_text("Drink more, and stand up slowly.")).to_have_count(0)
