"""From the front door to a booked visit and back, as patients do it: new ones, known ones, by keyboard, too late."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from accounts.access_needs import access_needs_of
from accounts.models import ConsentQuestion, ConsentRecord
from booking.models import Appointment
from booking.states import Status
from booking.tests.factories import AppointmentFactory, next_slot_start
from common.templatetags.when import clock_time, date_time
from devtools.testing.browser import Complaints
from doctors.models import Doctor
from notifications.tasks import deliver_messages
from tests.journeys.scenes import (
    NARROWEST,
    OVERFLOWS,
    Presses,
    a_patient,
    account_of,
    book,
    code_in,
    free_doctor,
    keep_picture,
    next_time_link,
    sign_in,
    time_link,
)

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from playwright.sync_api import BrowserContext, Locator, Page

    from accounts.models import Patient

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]
REASON = "My heart races when I climb stairs."


@pytest.fixture(autouse=True)
def doctor(site_url: str) -> Doctor:
    return free_doctor()


@pytest.fixture
def start() -> datetime:
    """Tomorrow at ten, which is free."""
    return next_slot_start()


def sign_up(page: Page, press: Presses, mailoutbox: list[EmailMultiAlternatives]) -> None:
    """From the sign-in page, on which a visitor lands who has chosen a time, to the page that checks the booking."""
    press(page.get_by_role("main").get_by_role("link", name="Create an account"))
    expect(page.get_by_role("region", name="What you are booking")).to_contain_text("Dr Nia Rees")
    page.get_by_label("Email address").fill("new.patient@example.org")
    page.get_by_label("Password").fill("orchard lantern seagull")
    page.get_by_label("First name").fill("Ines")
    page.get_by_label("Last name").fill("Moreau")
    for label, value in (("Day", "27"), ("Month", "3"), ("Year", "1986")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Phone number").fill("07700 900123")
    keep_picture(page, "book-3-sign-up")
    press(page.get_by_role("button", name="Create an account"))
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    expect(page.get_by_role("region", name="What you are booking")).to_contain_text("Dr Nia Rees")
    keep_picture(page, "book-4-code")
    page.get_by_label("Code").fill(code_in(str(mailoutbox[-1].body)))
    press(page.get_by_role("button", name="Continue"))


def delivered(mailoutbox: list[EmailMultiAlternatives], to: str) -> EmailMultiAlternatives:
    """What the worker sends that person next."""
    mailoutbox.clear()
    deliver_messages()
    [mail] = [mail for mail in mailoutbox if mail.to == [to]]
    return mail


def calendar_of(mail: EmailMultiAlternatives) -> Any:
    [part] = [part for part in mail.message().walk() if part.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return Calendar.from_ical(content)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_new_patient_books_hears_of_it_and_cancels(
    new_context: Callable[..., BrowserContext],
    mailoutbox: list[EmailMultiAlternatives],
    start: datetime,
    scripts: bool,  # noqa: FBT001
) -> None:
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto("/")
    page.get_by_role("link", name="Find a doctor").first.click()
    # Loaded whole: a filter that changes before the scripts are there waits for the button.
    page.wait_for_url("**/doctors/")
    page.get_by_label("Specialty", exact=True).select_option("cardiology")
    if not scripts:
        page.get_by_role("button", name="Find doctors").click()
    expect(page).to_have_url(re.compile(r"specialty=cardiology"))
    page.get_by_role("link", name="Dr Nia Rees", exact=True).click()
    expect(page.get_by_role("heading", name="Dr Nia Rees")).to_be_visible()

    # From the profile, where the next times stand without JavaScript too.
    press = Presses()
    press(time_link(page, start) if scripts else next_time_link(page, start))
    expect(page.get_by_role("heading", name="Are you new here?")).to_be_visible()
    expect(page.get_by_role("region", name="What you are booking")).to_contain_text(date_time(start))
    sign_up(page, press, mailoutbox)

    expect(page.get_by_role("heading", name="Check and confirm")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(date_time(start))
    page.get_by_label("What would you like to talk about?").fill(REASON)
    keep_picture(page, f"book-5-check-{scripts}")
    press(page.get_by_role("button", name="Confirm booking"))
    expect(page.get_by_text("Your appointment is booked")).to_be_visible()
    assert press.count == 5
    keep_picture(page, f"book-6-booked-{scripts}")
    _hear_of_it_and_cancel(page, mailoutbox, start)


def _hear_of_it_and_cancel(page: Page, mailoutbox: list[EmailMultiAlternatives], start: datetime) -> None:
    appointment = Appointment.objects.get()
    mail = delivered(mailoutbox, "new.patient@example.org")
    assert "Dr Nia Rees" in mail.body
    assert appointment.reference in mail.body
    assert "heart races" not in mail.message().as_string()
    invitation = calendar_of(mail)
    event = invitation.events[0]
    assert invitation["METHOD"] == "REQUEST"
    assert event.start == start

    page.goto("/appointments/")
    page.get_by_role("link", name=date_time(start), exact=True).click()
    page.get_by_role("link", name="Cancel appointment").click()
    keep_picture(page, "cancel-1-ask")
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_text("This appointment is cancelled")).to_be_visible()
    keep_picture(page, "cancel-2-cancelled")
    page.get_by_role("link", name="Book with Dr Nia Rees again").click()
    expect(time_link(page, start)).to_be_visible()

    cancellation = calendar_of(delivered(mailoutbox, "new.patient@example.org"))
    assert cancellation["METHOD"] == "CANCEL"
    assert cancellation.events[0]["UID"] == event["UID"]
    assert cancellation.events[0]["SEQUENCE"] > event["SEQUENCE"]


def test_known_patient_books_from_the_profile_within_three_presses(
    new_context: Callable[..., BrowserContext], doctor: Doctor, start: datetime
) -> None:
    page = sign_in(new_context(), account_of(a_patient())).new_page()
    page.goto(doctor.page_url)
    press = Presses()
    press(time_link(page, start))
    press(page.get_by_role("button", name="Confirm booking"))
    expect(page.get_by_text("Your appointment is booked")).to_be_visible()
    assert press.count <= 3
    assert Appointment.objects.get().status == Status.BOOKED


def test_filters_answer_as_one_types_and_the_phone_leads_to_the_times(
    phone: Page, doctor: Doctor, start: datetime
) -> None:
    phone.goto("/doctors/?price=soon")
    problem, price = phone.get_by_role("alert", name="There is a problem"), phone.get_by_label("Price at most")
    expect(problem).to_be_focused()
    # An answer that takes away what holds the focus, or puts it there anew, leaves the focus with the filters.
    phone.get_by_label("Language").select_option("")
    expect(phone.get_by_label("Name, specialty or condition")).to_be_focused()
    show = phone.get_by_role("link", name="Show 1 doctor")
    show.focus()
    show.evaluate("link => { link.dataset.old = ''; }")
    phone.get_by_label("Language").select_option("")
    expect(phone.locator("#found-below a:not([data-old])")).to_be_focused()
    # What a browser finds wrong with one filter (half a day) must not keep the others from being asked for.
    phone.get_by_label("On or after").press_sequentially("12")
    with phone.expect_response(lambda answer: "q=Reez" in answer.url, timeout=15_000):
        phone.get_by_label("Name, specialty or condition").press_sequentially("Reez")
    expect(phone.get_by_role("heading", name="1 doctor", exact=True)).to_be_visible()
    # The page's word of what is wrong follows what is typed.
    expect(problem).to_have_count(0)
    expect(price).to_have_accessible_description("Error: Enter whole pounds, such as 60.")
    # The page has told it already; of another value it is told anew.
    expect(phone.locator("#announcer")).to_have_text("1 doctor")
    price.fill("-1")
    price.press("Tab")
    expect(phone.locator("#announcer")).to_have_text("Error: Enter whole pounds, such as 60. 1 doctor")
    price.fill("500")
    price.press("Tab")
    expect(price).to_have_accessible_description("")
    expect(price).to_have_attribute("aria-invalid", "false")
    with phone.expect_response(lambda answer: "price=500" in answer.url):
        phone.get_by_role("button", name="Find doctors").click()
    assert phone.evaluate("document.activeElement.validity.badInput"), "of half a day the browser says so"
    show.click()
    expect(phone.get_by_role("heading", name="1 doctor", exact=True)).to_be_focused()
    phone.get_by_role("link", name="Dr Nia Rees", exact=True).click()
    expect(time_link(phone, start)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_second_of_two_people_keeps_the_form_and_gets_three_alternatives(
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    assert_accessible: Check,
    doctor: Doctor,
    start: datetime,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 409")
    late: Patient = a_patient(given_name="Late")
    page = sign_in(new_context(java_script_enabled=scripts), account_of(late)).new_page()
    page.goto(f"/book/{doctor.slug}/times/")
    time_link(page, start).click()
    page.get_by_label("What would you like to talk about?").fill(REASON)
    book(doctor, a_patient(given_name="Quick"), start)

    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        page.get_by_role("button", name="Confirm booking").click()

    assert refused.value.status == 409
    expect(page.get_by_role("alert").get_by_text("That time has just been taken")).to_be_visible()
    expect(page.get_by_label("What would you like to talk about?")).to_have_value(REASON)
    alternatives = page.get_by_role("button", name=re.compile(r"\b\d{1,2}:\d\d(am|pm)"))
    expect(alternatives).to_have_count(3)
    keep_picture(page, f"taken-{scripts}")
    if scripts:
        expect(page.get_by_role("alert")).to_be_focused()
        assert_accessible(page)
    alternatives.first.click()
    expect(page.get_by_text("Your appointment is booked")).to_be_visible()
    booked = Appointment.objects.get(patient=late)
    assert booked.reason == REASON
    assert booked.start != start


def test_keyboard_alone_completes_the_booking(
    new_context: Callable[..., BrowserContext], assert_accessible: Check, doctor: Doctor, start: datetime
) -> None:
    ConsentQuestion.objects.create(code="terms", statement="I agree to be seen here.", is_required=True)
    patient = a_patient()
    page = sign_in(new_context(), account_of(patient)).new_page()
    page.goto(doctor.page_url)
    expect(time_link(page, start)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to")).to_be_focused()
    tab_to(page, lambda: is_focused(page, time_link(page, start)))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check and confirm")).to_be_visible()
    reason = page.get_by_label("What would you like to talk about?")
    tab_to(page, lambda: is_focused(page, reason))
    page.keyboard.type(REASON)
    tab_to(page, lambda: is_focused(page, page.locator("summary", has_text="Step-free access")))
    page.keyboard.press("Enter")
    for box in ("Step-free access", "I agree to be seen here."):
        tick = page.get_by_role("checkbox", name=box)
        tab_to(page, lambda: is_focused(page, tick))  # noqa: B023
        page.keyboard.press("Space")
        expect(tick).to_be_checked()
    holds_at_400_percent(page, assert_accessible, "confirm-with-everything")
    tab_to(page, lambda: is_focused(page, page.get_by_role("button", name="Confirm booking")))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your appointment is booked")).to_be_visible()
    booked = Appointment.objects.get()
    assert booked.reason == REASON
    assert access_needs_of(booked.access_needs).step_free
    assert ConsentRecord.objects.get().source == booked.public_id
    holds_at_400_percent(page, assert_accessible, "booked-with-everything")


def test_keyboard_alone_keeps_a_time_for_longer(
    new_context: Callable[..., BrowserContext], assert_accessible: Check, doctor: Doctor
) -> None:
    patient = a_patient()
    kept = AppointmentFactory.create(held=True, patient=patient, visit_type=doctor.visit_types.first())
    page = sign_in(new_context(), account_of(patient)).new_page()
    page.goto(f"/appointments/{kept.public_id}/")
    holds_at_400_percent(page, assert_accessible, "kept")
    tab_to(page, lambda: is_focused(page, page.get_by_role("button", name="I need more time")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="I need more time")).to_have_count(0)
    longer = Appointment.objects.get(pk=kept.pk)
    assert longer.expires_at == kept.expires_at + timedelta(minutes=15)
    expect(page.get_by_text(clock_time(longer.expires_at)).first).to_be_visible()
    holds_at_400_percent(page, assert_accessible, "kept-for-longer")


def test_who_lives_by_another_clock_reads_their_own_time_too(
    new_context: Callable[..., BrowserContext], doctor: Doctor, start: datetime
) -> None:
    """Half an hour off the hour of any British time, so that nobody reads ours by chance."""
    context = sign_in(new_context(timezone_id="Asia/Kolkata"), account_of(a_patient()))
    page = context.new_page()
    page.goto(f"/book/{doctor.slug}/times/")
    expect(page.get_by_text("On your own clock the first of them is")).to_contain_text("(India Standard Time)")
    time_link(page, start).click()
    own = start.astimezone(ZoneInfo("Asia/Kolkata"))
    expect(page.get_by_text("On your own clock:")).to_contain_text(f"{own.hour % 12 or 12}:{own:%M}")
    at_home = sign_in(new_context(timezone_id="Europe/London"), account_of(a_patient())).new_page()
    at_home.goto(page.url)
    expect(at_home.get_by_role("button", name="Confirm booking")).to_be_visible()
    expect(at_home.get_by_text("On your own clock:")).to_be_hidden()


def holds_at_400_percent(page: Page, assert_accessible: Check, name: str) -> None:
    """A desk's 1280 pixels enlarged four times are 320: nothing to scroll sideways for, and axe finds nothing."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate(OVERFLOWS) == [], name
    assert_accessible(page)
    keep_picture(page, name)
    if before:
        page.set_viewport_size(before)


def tab_to(page: Page, arrived: Callable[[], bool], *, at_most: int = 60) -> None:
    """Press Tab until there."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if arrived():
            return
    pytest.fail(f"Not reached within {at_most} presses of Tab")


def is_focused(page: Page, target: Locator) -> bool:
    return bool(target.evaluate("(it) => it === document.activeElement"))
