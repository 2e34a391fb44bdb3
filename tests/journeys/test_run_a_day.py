"""A doctor's own work: hours and days off, the day's list, requests, and what is new."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from booking.models import Appointment
from booking.states import Status
from booking.tests.factories import next_slot_start
from common import clock
from common.templatetags.when import date_time
from devtools.testing.browser import Complaints
from notifications.tasks import deliver_messages
from tests.journeys.scenes import a_patient, book, free_doctor, held_back, keep_picture, opened, sign_in, time_link

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from playwright.sync_api import BrowserContext, Locator, Page

    from doctors.models import Doctor

pytestmark = pytest.mark.django_db(transaction=True)

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)


@pytest.fixture
def start() -> datetime:
    """Tomorrow at ten."""
    return next_slot_start()


def desk_of(doctor: Doctor, context: BrowserContext) -> Page:
    assert doctor.user
    return sign_in(context, doctor.user).new_page()


def day_of(start: datetime) -> str:
    return f"{start.astimezone(clock.clinic_zone()):%Y-%m-%d}"


@with_and_without_scripts
def test_doctor_signs_in_and_sets_hours_which_patients_see_and_a_day_off_which_takes_them_away(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    page: Page,
    start: datetime,
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor = free_doctor(weekdays=[])
    times = f"/book/{doctor.slug}/times/"
    desk = new_context(java_script_enabled=scripts).new_page()
    desk.goto("/account/login/")
    desk.get_by_label("Email address").fill("nia.rees@example.org")
    desk.get_by_label("Password").fill(PASSWORD)
    desk.get_by_role("button", name="Sign in", exact=True).click()
    expect(desk.get_by_role("heading", name="Hello, Dr Nia Rees")).to_be_visible()
    desk.get_by_role("link", name="Availability").first.click()
    expect(desk.get_by_text("No weekly hours yet")).to_be_visible()

    hours = opened(desk, "Add weekly hours")
    hours.get_by_label("Day", exact=True).select_option(f"{start.astimezone(clock.clinic_zone()):%A}")
    hours.get_by_label("From", exact=True).fill("09:00")
    hours.get_by_label("Until", exact=True).fill("12:00")
    hours.get_by_role("button", name="Add hours").click()
    expect(desk.get_by_text("The weekly hours are added.")).to_be_visible()
    keep_picture(desk, "availability")
    page.goto(times)
    expect(time_link(page, start)).to_be_visible()

    leave = opened(desk, "Add time off")
    if scripts:
        # A browser sends a day of which a part is typed as if there were none: time off without its last day.
        leave.get_by_label("First day").fill(day_of(start))
        leave.get_by_label("Last day").press_sequentially("01")
        leave.get_by_role("button", name="Add time off").click()
        expect(leave.get_by_label("Last day")).to_be_focused()
        leave.get_by_label("Last day").fill("")
    leave.get_by_label("First day").fill(day_of(start))
    leave.get_by_role("button", name="Add time off").click()
    expect(desk.get_by_text("The time off is added.")).to_be_visible()
    page.goto(times)
    expect(time_link(page, start)).to_have_count(0)
    expect(page.locator("#slots").get_by_text("9:00am").first).to_be_attached()


@with_and_without_scripts
def test_new_booking_is_told_and_can_be_cancelled(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    mailoutbox: list[EmailMultiAlternatives],
    start: datetime,
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor = free_doctor()
    patient = a_patient(given_name="Leila", family_name="Haddad")
    appointment = book(doctor, patient, start, reason="Dizzy spells")
    desk = desk_of(doctor, new_context(java_script_enabled=scripts))
    desk.goto("/my-day/")
    expect(desk.get_by_role("region", name="New since you last looked")).to_contain_text("New appointment")
    keep_picture(desk, "my-day")
    desk.get_by_role("button", name="Mark as read").click()
    expect(desk.get_by_text("The notices are marked as read.")).to_be_visible()
    expect(desk.get_by_role("region", name="New since you last looked")).to_have_count(0)

    desk.goto(f"/my-day/?date={day_of(start)}")
    desk.get_by_role("link", name="Leila Haddad", exact=True).click()
    expect(desk.get_by_text("Dizzy spells")).to_be_visible()
    keep_picture(desk, "my-day-appointment")
    desk.get_by_role("link", name="Cancel appointment").click()
    desk.get_by_role("button", name="Yes, cancel it").click()
    expect(desk.get_by_text("It was cancelled by you.")).to_be_visible()

    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED
    deliver_messages()
    assert patient.user
    subjects = [mail.subject.lower() for mail in mailoutbox if mail.to == [patient.user.email]]
    assert any("cancelled" in subject for subject in subjects), subjects


def press_before_the_first_is_answered(first: Locator, second: Locator) -> None:
    page = first.page
    held = held_back(page, re.compile("/(approve|reject)/"))
    for button in (first, second):
        with page.expect_request(lambda request: request.method == "POST"):
            button.click()
    for route in held:
        with page.expect_response(lambda response: response.request.method == "POST"):
            route.continue_()


@with_and_without_scripts
def test_requests_are_approved_and_declined(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    start: datetime,
    scripts: bool,  # noqa: FBT001
) -> None:
    # What stands beside the list is looked for where the button was, which is gone with the first answer.
    complaints.allow("oobErrorNoTarget, #panel")
    doctor = free_doctor(needs_approval=True)
    wanted = book(doctor, a_patient(given_name="Leila", family_name="Haddad"), start)
    other = book(doctor, a_patient(given_name="Tom", family_name="Price"), start + timedelta(hours=2))
    assert wanted.status == other.status == Status.PENDING
    desk = desk_of(doctor, new_context(java_script_enabled=scripts))
    desk.goto("/my-day/")
    expect(desk.get_by_role("link", name=date_time(start)).first).to_be_visible()
    keep_picture(desk, "my-day-requests")
    approve, decline = (desk.get_by_role("button", name=name) for name in ("Approve Leila Haddad", "Decline Tom Price"))
    if scripts:
        press_before_the_first_is_answered(approve, decline)
    else:
        approve.click()
        expect(desk.get_by_text("The request is approved. The patient is told by email.")).to_be_visible()
        decline.click()
    expect(desk.get_by_text("The request is declined. The patient is told by email.")).to_be_visible()
    expect(desk.get_by_role("heading", name="Requests")).to_have_count(0)
    statuses = Appointment.objects.order_by("start").values_list("status", flat=True)
    assert list(statuses) == [Status.BOOKED, Status.CANCELLED]
