"""A doctor plans: a week, a holiday in which patients are booked, a day that runs late; and a clinic that closes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.models import Appointment, LocationClosure
from booking.services import bulk
from booking.states import Status
from booking.tasks import sweep_cancellings
from booking.tests.factories import next_slot_start
from common import clock
from common.templatetags.when import long_date
from devtools.testing.browser import PHONE
from notifications.models import Message
from notifications.tasks import deliver_messages
from tests.journeys.scenes import (
    OVERFLOWS,
    WIDTHS,
    a_patient,
    book,
    free_doctor,
    keep_picture,
    opened,
    sign_in,
)

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from playwright.sync_api import BrowserContext, Page

    from doctors.models import Doctor

pytestmark = pytest.mark.django_db(transaction=True)

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)


# Tables whose frame shows only a part of them.
SCROLLS_WITHIN = """() => [...document.querySelectorAll("main [role=region]")]
    .filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => it.getAttribute("aria-label"))"""
# As long as a note of time off may be, without a place to break it.
LONG_WORD = "n" * 120


def shut_with_a_long_word(doctor: Doctor, day: date) -> None:
    place = doctor.locations.get()
    LocationClosure.objects.create(location=place, first_day=day, last_day=day, label=LONG_WORD[:80])


def long_words_fit(desk: Page) -> None:
    """The note of time off and the label of a closed day widen no phone's page."""
    for word in (LONG_WORD, LONG_WORD[:80]):
        expect(desk.get_by_text(word, exact=True)).to_be_visible()
    own, (width, height) = desk.viewport_size, WIDTHS["phone"]
    assert own
    desk.set_viewport_size({"width": width, "height": height})
    assert desk.evaluate(OVERFLOWS) == []
    desk.set_viewport_size(own)


def set_up_a_week(desk: Page, weekday: datetime) -> None:
    """Four hours on a weekday, copied to the next."""
    desk.goto("/availability/")
    hours = opened(desk, "Add weekly hours")
    hours.get_by_label("Day", exact=True).select_option(f"{weekday:%A}")
    hours.get_by_label("From", exact=True).fill("09:00")
    hours.get_by_label("Until", exact=True).fill("13:00")
    hours.get_by_role("button", name="Add hours").click()
    expect(desk.get_by_text("The weekly hours are added.")).to_be_visible()
    desk.wait_for_load_state("load")
    copying = opened(desk, "Copy a day")
    copying.get_by_label("Copy the hours of").select_option(f"{weekday:%A}")
    copying.get_by_label(f"{weekday + timedelta(days=1):%A}").check()
    copying.get_by_role("button", name="Copy").click()
    expect(desk.get_by_text("The hours are copied.")).to_be_visible()
    expect(desk.get_by_role("table", name="Your week").get_by_text("9:00am to 1:00pm")).to_have_count(2)


@pytest.fixture
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many appointments the first is cancelled by the request, and the others by a worker."""
    monkeypatch.setattr(bulk, "AT_ONCE", 1)


def follow_the_cancelling(desk: Page, weekday: datetime, assert_accessible: Callable[[Page], None] | None) -> None:
    """The first of two at once, the other by a worker: the page looks again by itself, or by its link."""
    expect(desk.get_by_text("1 of 2 are done.")).to_be_visible()
    if assert_accessible:
        assert_accessible(desk)
        keep_picture(desk, "cancelling")
    assert sweep_cancellings() == 1
    if assert_accessible is None:
        desk.get_by_role("link", name="Look again").click()
    expect(desk.get_by_text("2 of 2 are cancelled.")).to_be_visible()
    if assert_accessible:
        assert_accessible(desk)
    desk.goto("/availability/")
    expect(desk.get_by_text(long_date(weekday.date())).first).to_be_visible()


@with_and_without_scripts
def test_doctor_sets_up_a_week_and_adds_a_holiday_whose_patients_are_told_and_offered_new_times(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    mailoutbox: list[EmailMultiAlternatives],
    one_at_once: None,
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor, start = free_doctor(weekdays=[]), next_slot_start()
    weekday = start.astimezone(clock.clinic_zone())
    assert doctor.user
    desk = sign_in(new_context(java_script_enabled=scripts), doctor.user).new_page()
    set_up_a_week(desk, weekday)
    patients = [a_patient(given_name=name) for name in ("Ada", "Ben")]
    visits = [book(doctor, patient, start + timedelta(hours=n)) for n, patient in enumerate(patients)]
    deliver_messages()
    mailoutbox.clear()

    desk.wait_for_load_state("load")
    shut_with_a_long_word(doctor, weekday.date() + timedelta(weeks=1))
    leave = opened(desk, "Add time off")
    leave.get_by_label("Note").fill(LONG_WORD)
    leave.get_by_label("First day").fill(f"{weekday:%Y-%m-%d}")
    leave.get_by_role("button", name="Add time off").click()
    expect(desk.get_by_role("heading", name="2 appointments in this time")).to_be_visible()
    for patient in patients:
        expect(desk.get_by_role("link", name=patient.name)).to_be_visible()
    if scripts:
        assert_accessible(desk)
        keep_picture(desk, "leave-preview")
    desk.wait_for_load_state("load")
    desk.get_by_label("Cancel them all").check()
    desk.get_by_role("button", name="Add time off").click()
    follow_the_cancelling(desk, weekday, assert_accessible if scripts else None)
    long_words_fit(desk)
    if scripts:
        assert_accessible(desk)
        keep_picture(desk, "availability-planned")

    deliver_messages()
    for visit, patient in zip(visits, patients, strict=True):
        assert Appointment.objects.get(pk=visit.pk).status == Status.CANCELLED
        assert patient.user
        (mail,) = [mail for mail in mailoutbox if mail.to == [patient.user.email]]
        path = next(word for word in mail.body.split() if f"/book/{doctor.slug}/times/" in word)
        page = new_context(java_script_enabled=scripts).new_page()
        page.goto(path)
        # The holiday is closed, and the same hours of the next day are offered.
        expect(page.get_by_text("9:00am").first).to_be_visible()
        expect(page.get_by_text(long_date(weekday.date() + timedelta(days=1))).first).to_be_visible()
        expect(page.get_by_role("heading", name=long_date(weekday.date()))).to_have_count(0)


@with_and_without_scripts
def test_doctor_shortens_the_hours_of_several_days_and_sees_first_whom_that_leaves_outside(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor, start, patients = free_doctor(weekdays=range(7)), next_slot_start(), [a_patient() for _ in range(2)]
    kept, gone = (book(doctor, patient, start + timedelta(hours=n)) for n, patient in enumerate(patients))
    assert doctor.user
    desk = sign_in(new_context(java_script_enabled=scripts), doctor.user).new_page()
    desk.goto("/availability/")
    if scripts:
        keep_picture(desk, "availability-full-week")
    desk.get_by_role("link", name="Change several at once").click()
    weekday = start.astimezone(clock.clinic_zone())
    for day in (weekday, weekday + timedelta(days=1)):
        desk.get_by_label(f"{day:%A}, 9:00am to 5:00pm").check()
    desk.get_by_label(re.compile("^Until")).fill("11:00")
    desk.get_by_role("button", name="Change them").click()
    expect(desk.get_by_role("heading", name="1 appointment outside the new hours")).to_be_visible()
    expect(desk.get_by_role("link", name=patients[1].name)).to_be_visible()
    if scripts:
        assert_accessible(desk)
        keep_picture(desk, "hours-preview")
    desk.wait_for_load_state("load")
    desk.get_by_label("Keep them").check()
    desk.get_by_role("button", name="Change the hours").click()
    expect(desk.get_by_text("1 appointment still stands outside your hours")).to_be_visible()
    desk.wait_for_load_state("load")
    desk.get_by_role("link", name="Cancel them all outside your hours").click()
    desk.get_by_role("button", name="Cancel 1 appointment").click()
    expect(desk.get_by_text("1 appointment is cancelled.")).to_be_visible()
    for visit in (kept, gone):
        visit.refresh_from_db()
    assert (kept.status, gone.status) == (Status.BOOKED, Status.CANCELLED)
    assert doctor.availability_rules.filter(end_time=time(11)).count() == 2


def test_doctor_stops_new_bookings_and_takes_them_again_by_keyboard_alone(
    new_context: Callable[..., BrowserContext], page: Page, site_url: str
) -> None:
    doctor = free_doctor()
    assert doctor.user
    desk = sign_in(new_context(), doctor.user).new_page()
    desk.goto("/availability/")
    for press, said, times in (
        ("Stop new bookings", "You take no new bookings", 0),
        ("Take bookings again", "Patients can book you again.", 1),
    ):
        desk.wait_for_load_state("load")
        button = desk.get_by_role("button", name=press)
        button.focus()
        desk.keyboard.press("Enter")
        expect(desk.get_by_text(said).first).to_be_visible()
        page.goto(f"{site_url}/book/{doctor.slug}/times/")
        expect(page.get_by_text("No free times at the moment")).to_have_count(1 - times)


def test_administrator_closes_a_place_and_sees_first_who_is_booked(
    new_context: Callable[..., BrowserContext],
) -> None:
    doctor, start, patient = free_doctor(), next_slot_start(), a_patient()
    visit = book(doctor, patient, start)
    office = sign_in(new_context(**PHONE), UserFactory.create(roles=[Role.ADMINISTRATOR])).new_page()
    place = doctor.locations.get()
    office.goto(f"/admin/closures/{place.pk}/")
    office.get_by_label("Why").fill("Water pipe")
    office.get_by_label("First day").fill(f"{start.astimezone(clock.clinic_zone()):%Y-%m-%d}")
    keep_picture(office, "closed-days")
    office.get_by_role("button", name="Close", exact=True).click()
    expect(office.get_by_text(visit.reference)).to_be_visible()
    # Each column in sight: a table that scrolls within its frame hid the last.
    assert office.evaluate(SCROLLS_WITHIN) == []
    keep_picture(office, "closed-days-preview")
    office.wait_for_load_state("load")
    office.get_by_label("Cancel them all").check()
    office.get_by_role("button", name="Confirm").click()
    expect(office.get_by_text("1 appointment is cancelled.")).to_be_visible()
    expect(office.get_by_role("cell", name="Water pipe", exact=True)).to_be_visible()
    assert Message.objects.filter(kind="appointment_cancelled", user=patient.user).exists()
