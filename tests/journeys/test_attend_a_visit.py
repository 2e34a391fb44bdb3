"""A visit's day: arrived, done and missed by one press each, at the doctor's desk and at the clinic's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from booking.states import Status
from booking.tests.services.test_appointment_attend import begun
from booking.tests.steps import at_the_desk_of
from common import clock
from devtools.testing.browser import PHONE, Complaints
from tests.journeys.scenes import OVERFLOWS, a_patient, free_doctor, held_back, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from booking.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)


@pytest.fixture
def visit() -> Appointment:
    """Of Leila Haddad with Dr Nia Rees; it began a quarter of an hour ago."""
    return begun(free_doctor(), patient=a_patient(given_name="Leila", family_name="Haddad"))


def day_of(visit: Appointment) -> str:
    return f"{visit.start.astimezone(clock.clinic_zone()):%Y-%m-%d}"


def press(page: Page, name: str) -> None:
    # What the day fetches beside its list moves the rows: a press in that moment meets another place.
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name=f"{name} Leila Haddad").click()


@with_and_without_scripts
def test_the_doctor_takes_a_visit_from_booked_to_done(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    visit: Appointment,
    scripts: bool,  # noqa: FBT001
) -> None:
    assert visit.doctor.user
    desk = sign_in(new_context(java_script_enabled=scripts), visit.doctor.user).new_page()
    desk.goto(f"/my-day/?date={day_of(visit)}")
    row = desk.locator(f"#visit-{visit.public_id}")
    expect(row).to_contain_text("Booked")
    press(desk, "Arrived")
    expect(desk.get_by_text("Leila Haddad has arrived.", exact=True)).to_be_visible()
    if scripts:
        expect(row).to_be_focused()
    press(desk, "Undo arrived")
    expect(row).to_contain_text("Booked")
    press(desk, "Arrived")
    expect(row.get_by_role("button", name="Undo arrived")).to_be_visible()
    press(desk, "Done")
    expect(row).to_contain_text("Seen")
    expect(row.get_by_role("button")).to_have_count(0)
    visit.refresh_from_db()
    assert visit.status == Status.FULFILLED


@with_and_without_scripts
def test_the_desk_says_that_nobody_came_and_the_doctor_corrects_it(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    visit: Appointment,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    assert visit.doctor.user
    clinic = sign_in(new_context(java_script_enabled=scripts), at_the_desk_of(visit.location)).new_page()
    clinic.goto(f"/clinic/{visit.location.slug}/?date={day_of(visit)}")
    expect(clinic.get_by_role("button", name="Done")).to_have_count(0)
    press(clinic, "Did not attend")
    # Its row says the same words before, on the button.
    expect(clinic.get_by_role("button", name="Did not attend")).to_have_count(0)
    expect(clinic.locator(f"#visit-{visit.public_id}")).to_contain_text("Did not attend")

    desk = sign_in(new_context(java_script_enabled=scripts), visit.doctor.user).new_page()
    desk.goto(f"/my-day/?date={day_of(visit)}")
    desk.get_by_role("link", name="Correct that Leila Haddad did not attend").click()
    desk.wait_for_load_state("load")
    desk.get_by_role("button", name="Correct it").click()
    expect(desk.get_by_role("link", name="Choose what happened.")).to_be_visible()
    desk.wait_for_load_state("load")
    desk.get_by_label("They came late and were seen").check()
    desk.get_by_role("button", name="Correct it").click()
    expect(desk.get_by_text("The visit counts as done.")).to_be_visible()
    visit.refresh_from_db()
    assert visit.status == Status.FULFILLED


def test_a_page_that_is_behind_says_how_things_stand(
    site_url: str, new_context: Callable[..., BrowserContext], complaints: Complaints, visit: Appointment
) -> None:
    complaints.allow("status of 409")
    assert visit.doctor.user
    context = sign_in(new_context(), visit.doctor.user)
    desk, behind = context.new_page(), context.new_page()
    for page in (desk, behind):
        page.goto(f"/my-day/?date={day_of(visit)}")
    press(desk, "Did not attend")
    expect(desk.get_by_role("button", name="Did not attend")).to_have_count(0)
    expect(desk.locator(f"#visit-{visit.public_id}")).to_contain_text("Did not attend")
    press(behind, "Arrived")
    expect(behind.get_by_role("alert").first).to_contain_text("can no longer be changed")
    expect(behind.locator(f"#visit-{visit.public_id}")).to_contain_text("Did not attend")


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_the_pages_are_accessible_and_fit(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    visit: Appointment,
    assert_accessible: Callable[[Page], None],
    screen: dict[str, object],
) -> None:
    assert visit.doctor.user
    arrived = begun(visit.doctor, Status.ARRIVED, start=visit.start - (visit.end - visit.start))
    missed = begun(visit.doctor, Status.NOSHOW, start=visit.end)
    doctor = sign_in(new_context(**screen), visit.doctor.user).new_page()
    clinic = sign_in(new_context(**screen), at_the_desk_of(visit.location)).new_page()
    paths = [
        (doctor, f"/my-day/?date={day_of(visit)}", "day-of-the-doctor"),
        (clinic, f"/clinic/{visit.location.slug}/?date={day_of(visit)}", "day-of-the-clinic"),
        (doctor, f"/appointments/{missed.public_id}/missed/correct/", "correct-noshow"),
        (clinic, f"/appointments/{arrived.public_id}/error/", "enter-in-error"),
    ]
    for page, path, name in paths:
        page.goto(path)
        page.wait_for_load_state("load")
        assert_accessible(page)
        assert page.evaluate(OVERFLOWS) == []
        keep_picture(page, name)


def press_before_the_first_is_answered(desk: Page, first: Locator, second: Locator) -> None:
    held = held_back(desk, re.compile("/history/$"))
    for link in (first, second):
        with desk.expect_request("**/history/"):
            link.click()
    # It is of whom was pressed last, whosever comes last.
    for route in reversed(held):
        route.continue_()
        expect(desk.get_by_role("complementary", name="Tom Price")).to_be_visible()
    desk.wait_for_timeout(500)


@with_and_without_scripts
def test_the_doctor_looks_at_what_the_patient_had_with_them(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    visit: Appointment,
    assert_accessible: Callable[[Page], None],
    complaints: Complaints,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("htmx:afterRequest")
    complaints.allow("htmx:sendAbort")
    begun(visit.doctor, patient=a_patient(given_name="Tom", family_name="Price"), start=visit.end)
    earlier = begun(visit.doctor, Status.FULFILLED, patient=visit.patient, start=visit.start - timedelta(days=30))
    assert visit.doctor.user
    desk = sign_in(new_context(java_script_enabled=scripts), visit.doctor.user).new_page()
    desk.goto(f"/my-day/?date={day_of(visit)}")
    desk.wait_for_load_state("load")
    opener = desk.get_by_role("link", name="History of Leila Haddad")
    opener.click()
    if not scripts:
        expect(desk.get_by_role("heading", level=1)).to_have_text("Leila Haddad")
        desk.get_by_role("link", name="My day").first.click()
        expect(desk.locator(f"#visit-{visit.public_id}")).to_be_visible()
        return
    panel = desk.get_by_role("complementary", name="Leila Haddad")
    expect(panel.get_by_role("heading", name="Leila Haddad")).to_be_focused()
    expect(panel.locator(f"a[href='/appointments/{earlier.public_id}/']")).to_be_visible()
    assert_accessible(desk)
    press(desk, "Arrived")
    # What was pressed takes the focus to its row; the panel's own keys come after that.
    expect(desk.locator(f"#visit-{visit.public_id}")).to_be_focused()
    expect(panel).to_be_visible()
    desk.keyboard.press("Escape")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    # The panel shows 20 ms before htmx has settled and the focus is in it: time for a script's key, not for a hand's.
    expect(panel.get_by_role("heading", name="Leila Haddad")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(opener).to_be_focused()
    press_before_the_first_is_answered(desk, opener, desk.get_by_role("link", name="History of Tom Price"))
    expect(panel).to_have_count(0)
