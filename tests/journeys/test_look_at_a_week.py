"""A doctor's week: from the day to it, a week on and back, and to a visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from booking.tests.factories import next_slot_start
from common import clock
from devtools.testing.browser import Complaints
from tests.journeys.scenes import a_patient, book, free_doctor, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_doctor_walks_from_week_to_week_and_opens_a_visit(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("htmx:afterRequest")
    complaints.allow("htmx:sendAbort")
    doctor, start = free_doctor(), next_slot_start(8)
    visit = book(doctor, a_patient(given_name="Leila", family_name="Haddad"), start)
    assert doctor.user
    desk = sign_in(new_context(java_script_enabled=scripts), doctor.user).new_page()
    desk.goto("/my-day/")
    desk.get_by_role("link", name="Week", exact=True).click()
    heading = desk.get_by_role("heading", level=1)
    this_week = heading.inner_text()
    monday = clock.clinic_day(clock.now())
    monday -= timedelta(days=monday.weekday())
    weeks = (clock.clinic_day(start) - monday).days // 7
    for _ in range(weeks):
        before = heading.inner_text()
        desk.wait_for_load_state("load")
        desk.get_by_role("link", name="Next").click()
        expect(heading).not_to_have_text(before)
    if scripts:
        expect(heading).to_be_focused()
        expect(desk.locator("#announcer")).to_contain_text("1 booked")
        # Pressed twice before the first is answered: what was pressed last counts, in the list as in the address.
        desk.evaluate(
            "() => [...document.querySelectorAll('nav[aria-label=Weeks] a')].reverse()"
            ".filter((link) => /Next|This week/.test(link.textContent)).forEach((link) => link.click())"
        )
    else:
        desk.get_by_role("link", name="This week").click()
    expect(heading).to_have_text(this_week)
    desk.go_back()
    expect(heading).not_to_have_text(this_week)
    desk.wait_for_load_state("load")
    desk.get_by_role("link", name="Leila Haddad").click()
    desk.wait_for_url(f"**/appointments/{visit.public_id}/")
