"""A visit gets another time: by the patient from the list, by the doctor at work, and past one that was just taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from booking.models import Appointment
from booking.tests.factories import next_slot_start
from booking.tests.steps import user_of
from common.templatetags.when import date_time
from devtools.testing.browser import Complaints
from doctors.models import Doctor
from notifications.tasks import deliver_messages
from tests.journeys.scenes import a_patient, account_of, book, free_doctor, keep_picture, sign_in, time_link

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from playwright.sync_api import BrowserContext, Page

    from accounts.models import Patient

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def doctor(site_url: str) -> Doctor:
    return free_doctor()


@pytest.fixture
def patient() -> Patient:
    return a_patient(given_name="Leila", family_name="Haddad")


@pytest.fixture
def appointment(doctor: Doctor, patient: Patient) -> Appointment:
    """Tomorrow at ten."""
    return book(doctor, patient, next_slot_start())


def event_in(mail: EmailMultiAlternatives) -> Any:
    """The one event of the calendar file that came with a mail."""
    [part] = [part for part in mail.message().walk() if part.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    [event] = Calendar.from_ical(content).walk("VEVENT")
    return event


def mails_to(person: Patient | Doctor, mailoutbox: list[EmailMultiAlternatives]) -> list[EmailMultiAlternatives]:
    deliver_messages()
    return [mail for mail in mailoutbox if mail.to == [user_of(person).email]]


def choose(page: Page, start: datetime) -> None:
    expect(page.get_by_role("heading", name="Choose a new time")).to_be_visible()
    time_link(page, start).click()
    page.wait_for_url("**/move/confirm/**")
    page.wait_for_load_state("load")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_patient_moves_it_from_the_list_and_hears_of_it(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    mailoutbox: list[EmailMultiAlternatives],
    patient: Patient,
    doctor: Doctor,
    appointment: Appointment,
    scripts: bool,  # noqa: FBT001
) -> None:
    old, new = appointment.start, appointment.start + HOUR
    # Of what is told only once it has moved, nobody hears when it was.
    deliver_messages()
    page = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    page.goto("/appointments/")
    page.get_by_role("link", name="Change the time").click()
    expect(page.get_by_role("main")).to_contain_text(date_time(old))
    keep_picture(page, "move-1-choose")
    if scripts:
        assert_accessible(page)

    # Two weeks on and back again, as in the doctor's own picker.
    page.get_by_role("link", name="Later days").click()
    page.wait_for_url("**/move/?from=*")
    page.get_by_role("link", name="Earlier days").click()
    expect(time_link(page, new)).to_be_visible()
    choose(page, new)
    expect(page.get_by_role("main")).to_contain_text("Instead of")
    keep_picture(page, "move-2-confirm")
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="Confirm the new time").click()
    expect(page.get_by_role("heading", name=date_time(new))).to_be_visible()
    expect(page.get_by_text("The appointment is now on").first).to_be_visible()
    keep_picture(page, "move-3-moved")

    for person in (patient, doctor):
        booked, moved = mails_to(person, mailoutbox)
        first, second = event_in(booked), event_in(moved)
        assert second["UID"] == first["UID"]
        assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
        assert second["DTSTART"].dt == new
        assert date_time(old).split(",")[1].strip() in str(moved.body)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_time_that_was_just_taken_leads_to_the_nearest_others(
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    assert_accessible: Callable[[Page], None],
    patient: Patient,
    doctor: Doctor,
    appointment: Appointment,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 409")
    wanted = appointment.start + HOUR
    page = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    page.goto(f"/appointments/{appointment.public_id}/")
    page.get_by_role("link", name="Change the time").click()
    choose(page, wanted)
    book(doctor, a_patient(), wanted)
    page.get_by_role("button", name="Confirm the new time").click()
    expect(page.get_by_role("alert")).to_contain_text("That time has just been taken")
    expect(page.get_by_role("button", name="Move to")).to_have_count(3)
    keep_picture(page, "move-4-taken")
    if scripts:
        assert_accessible(page)
    after = wanted + HOUR
    page.get_by_role("button", name=f"Move to {date_time(after)}").click()
    expect(page.get_by_role("heading", name=date_time(after))).to_be_visible()
    appointment.refresh_from_db()
    assert appointment.start == after


def test_doctor_moves_it_at_work(
    new_context: Callable[..., BrowserContext], patient: Patient, doctor: Doctor, appointment: Appointment
) -> None:
    new = appointment.start + 2 * HOUR
    page = sign_in(new_context(), user_of(doctor)).new_page()
    page.goto(f"/appointments/{appointment.public_id}/")
    page.get_by_role("link", name="Change the time").click()
    expect(page.get_by_role("main")).to_contain_text(patient.name)
    choose(page, new)
    keep_picture(page, "move-5-doctor")
    page.get_by_role("button", name="Confirm the new time").click()
    expect(page.get_by_role("heading", name=date_time(new))).to_be_visible()
    expect(page.get_by_text("We email the new time to Leila Haddad and you.").first).to_be_visible()
    expect(page.get_by_role("region", name="What happened")).to_contain_text("Moved the appointment")


def test_keys_alone_move_it(
    new_context: Callable[..., BrowserContext], patient: Patient, appointment: Appointment
) -> None:
    page = sign_in(new_context(), account_of(patient)).new_page()
    page.goto("/appointments/")
    for target in (
        page.get_by_role("link", name="Change the time"),
        time_link(page, appointment.start + HOUR),
        page.get_by_role("button", name="Confirm the new time"),
    ):
        expect(target).to_be_visible()
        target.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state("load")
    expect(page.get_by_role("heading", name=date_time(appointment.start + HOUR))).to_be_visible()


def test_too_late_is_said_with_the_number_to_call(
    new_context: Callable[..., BrowserContext], assert_accessible: Callable[[Page], None], patient: Patient
) -> None:
    paid = free_doctor_with_a_price()
    appointment = book(paid, patient, next_slot_start())
    gone = (appointment.start - timedelta(days=3)).isoformat()
    Appointment.objects.filter(pk=appointment.pk).update(policy={**appointment.policy, "free_until": gone})
    page = sign_in(new_context(), account_of(patient)).new_page()
    page.goto(f"/appointments/{appointment.public_id}/")
    expect(page.get_by_role("link", name="Change the time")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Now please call the clinic.")
    page.goto(f"/appointments/{appointment.public_id}/move/")
    expect(page.get_by_role("heading", name="It is too late to change the time here")).to_be_visible()
    expect(page.get_by_role("link", name=appointment.location.phone)).to_be_visible()
    assert_accessible(page)
    keep_picture(page, "move-6-too-late")


def free_doctor_with_a_price() -> Doctor:
    """The same doctor, whose visits have a price from now on."""
    doctor = Doctor.objects.get()
    doctor.visit_types.update(price_minor=4500)
    return doctor
