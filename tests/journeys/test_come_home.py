"""A patient comes home, with scripts and without: what is new is read, and the first steps are put away and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from booking.states import Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from common import clock
from records.tests.steps import draft, signed, visit
from tests.journeys.scenes import account_of, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)

# How many lines the words of each place in the bar at the bottom take.
LINES = """() => [...document.querySelectorAll("nav[aria-label$='at the bottom'] a")].map((it) => {
    const words = document.createRange();
    words.selectNodeContents(it.lastElementChild);
    return words.getClientRects().length;
})"""


@pytest.mark.parametrize("scripts", [True, False])
def test_a_patient_sees_what_waits_and_takes_it_off_their_home(
    new_context: Callable[..., BrowserContext], assert_accessible: Callable[..., None], *, scripts: bool
) -> None:
    note = signed(visit(start=clock.now() - timedelta(days=2)))
    AppointmentFactory.create(
        patient=note.patient, held=True, start=next_slot_start(3), price_minor=4500, amount_due_minor=4500
    )
    page = sign_in(new_context(java_script_enabled=scripts), account_of(note.patient)).new_page()
    page.goto("/home/")
    if scripts:
        assert_accessible(page)
    keep_picture(page, "home-busy")
    expect(page.get_by_role("link", name="Pay £45 for")).to_be_visible()
    expect(page.get_by_role("link", name="Visit note, ")).to_be_visible()

    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_text("Marked as read.")).to_be_visible()
    expect(page.get_by_role("link", name="Visit note, ")).to_have_count(0)

    expect(page.get_by_role("heading", name="Your first steps")).to_be_visible()
    page.get_by_role("button", name="Put these steps away").click()
    expect(page.get_by_role("heading", name="Your first steps")).to_have_count(0)
    page.get_by_role("button", name="Show the first steps again").click()
    expect(page.get_by_role("heading", name="Your first steps")).to_be_visible()

    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(LINES) == [1, 1, 1, 1]


def test_a_doctor_sees_the_day_in_short_what_waits_and_the_numbers(
    new_context: Callable[..., BrowserContext], assert_accessible: Callable[..., None]
) -> None:
    doctor = bookable_doctor()
    kind = doctor.visit_types.get()
    now = clock.now()
    AppointmentFactory.create(visit_type=kind, start=now - timedelta(minutes=10), status=Status.ARRIVED)
    AppointmentFactory.create(visit_type=kind, requested=True, start=next_slot_start(2))
    AppointmentFactory.create(visit_type=kind, start=next_slot_start(1))
    for days, status in ((3, Status.FULFILLED), (4, Status.NOSHOW), (9, Status.FULFILLED), (15, Status.FULFILLED)):
        AppointmentFactory.create(visit_type=kind, start=now - timedelta(days=days), status=status)
    draft(visit(doctor=doctor, start=now - timedelta(days=5)))
    assert doctor.user
    page = sign_in(new_context(), doctor.user).new_page()
    page.goto("/home/")
    assert_accessible(page)
    keep_picture(page, "home-doctor-busy")
    expect(page.get_by_role("link", name="Next: Maya Okafor")).to_be_visible()
    expect(page.get_by_role("link", name="Answer a request for")).to_be_visible()
    expect(page.get_by_role("link", name="Sign notes")).to_be_visible()
    expect(page.get_by_role("img", name="Visits a week")).to_be_visible()

    week = page.get_by_role("region", name="The next seven days")
    week.get_by_text("The same as a table").click()
    expect(week.get_by_role("table", name="Hours of each day").get_by_role("row")).to_have_count(8)
