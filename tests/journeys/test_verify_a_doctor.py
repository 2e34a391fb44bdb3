"""Verification officers decide in the Wagtail dashboard, and what the public sees follows at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from accounts.models import User
from audit.models import Event
from booking.models import Appointment
from booking.states import Status as AppointmentStatus
from booking.tests.factories import next_slot_start
from common.uploads.tests.samples import jpeg, picture
from devtools.testing.browser import PHONE, Complaints
from doctors.models import Doctor
from doctors.states import VerificationStatus
from notifications.tasks import deliver_messages
from tests.journeys.scenes import a_patient, account_of, book, free_doctor, keep_picture, sign_in, time_link
from verification import services
from verification.models import VerificationCase
from verification.selectors import item_of
from verification.states import ItemKind, Status
from verification.tests.factories import case_in, in_days, officer, two_persons_approve
from verification.tests.steps import clean

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from playwright.sync_api import BrowserContext, Locator, Page

pytestmark = pytest.mark.django_db(transaction=True)

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)
REQUEST = "The certificate has run out. Send the new one."


@pytest.fixture
def visitor(new_context: Callable[..., BrowserContext], complaints: Complaints) -> Page:
    """A patient who is signed in and looks at what the public sees."""
    complaints.allow("status of 404")
    return sign_in(new_context(), account_of(a_patient())).new_page()


def applicant() -> tuple[Doctor, VerificationCase]:
    """Dr Nia Rees, whose case waits with a passport and a certificate, as she has uploaded them."""
    doctor = free_doctor(status=VerificationStatus.PENDING)
    case = VerificationCase.objects.get(doctor=doctor)
    give(case, ItemKind.IDENTITY, "passport.jpg", jpeg(size=(640, 420)))
    give(case, ItemKind.INDEMNITY, "certificate 2026.pdf", picture("PDF", size=(420, 594)), expires_on=in_days(3))
    return doctor, case


def give(case: VerificationCase, kind: ItemKind, name: str, content: bytes, expires_on: date | None = None) -> None:
    """What the doctor does on her own pages, which have a journey of their own."""
    doctor, item = account_of_doctor(case), item_of(case, kind)
    file = services.evidence_add(actor=doctor, item_id=item.public_id, file=SimpleUploadedFile(name, content))
    services.evidence_check(evidence_id=file.public_id, scan=clean)
    if expires_on:
        services.item_answer(actor=doctor, item_id=item.public_id, stated_expires_on=expires_on)


def account_of_doctor(case: VerificationCase) -> User:
    assert case.doctor.user
    return case.doctor.user


def assert_public(visitor: Page, doctor: Doctor) -> None:
    answer = visitor.goto(doctor.page_url)
    assert answer
    assert answer.status == 200
    expect(visitor.get_by_role("heading", name="Dr Nia Rees")).to_be_visible()
    expect(time_link(visitor, next_slot_start())).to_be_visible()
    visitor.goto("/doctors/?q=Rees")
    expect(visitor.get_by_role("link", name="Dr Nia Rees", exact=True)).to_be_visible()


def assert_hidden(visitor: Page, doctor: Doctor) -> None:
    for address in (doctor.page_url, f"/book/{doctor.slug}/times/"):
        answer = visitor.goto(address)
        assert answer
        assert answer.status == 404, address
    visitor.goto("/doctors/?q=Rees")
    expect(visitor.get_by_role("heading", name="No doctors found")).to_be_visible()


def card(desk: Page, name: str) -> Locator:
    """The checklist's card of an item."""
    return desk.get_by_role("article", name=name)


def settle(desk: Page) -> None:
    """Until the page has come whole: before that the browser may still be scrolling to the fragment of its address,
    away from under a click."""
    desk.wait_for_load_state("load")


def press(control: Locator) -> None:
    """By key: a PDF on the page is drawn by a process of its own, and just after scrolling the browser may still hand
    a click at that place to it."""
    control.press("Enter")


def check(desk: Page, name: str, source: str) -> None:
    item = card(desk, name)
    item.get_by_label("Source").fill(source)
    press(item.get_by_role("button", name="Mark as checked"))
    expect(card(desk, name).get_by_text(f": {source}.")).to_be_visible()
    settle(desk)


def claim_from_the_queue(desk: Page) -> None:
    """From the dashboard by its counts to the case that nobody has, and into it."""
    desk.goto("/admin/")
    keep_picture(desk, "verify-1-dashboard")
    desk.get_by_role("link", name="1 unassigned").click()
    keep_picture(desk, "verify-2-queue")
    desk.get_by_role("button", name="Claim Dr Nia Rees").click()
    expect(desk.get_by_text("Dr Nia Rees: the case is yours.")).to_be_visible()
    open_case(desk, "mine")


def open_case(desk: Page, view: str, name: str = "Dr Nia Rees") -> None:
    desk.goto(f"/admin/verification/?view={view}")
    desk.get_by_role("link", name=name).click()
    expect(desk.get_by_role("heading", name="Evidence and checks")).to_be_visible()
    settle(desk)


@with_and_without_scripts
def test_two_officers_verify_a_doctor_after_asking_for_one_item(
    new_context: Callable[..., BrowserContext],
    visitor: Page,
    complaints: Complaints,
    mailoutbox: list[EmailMultiAlternatives],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    two_persons_approve()
    doctor, case = applicant()
    assert_hidden(visitor, doctor)
    desk, second = (sign_in(new_context(java_script_enabled=scripts), officer()).new_page() for _ in range(2))

    claim_from_the_queue(desk)
    keep_picture(desk, f"verify-3-case-{scripts}")
    check(desk, "GMC number and name", "GMC register, by hand")
    check(desk, "Identity document", "Passport, on the screen")
    ask_for_the_certificate(desk)
    # Before the verdict, which would overtake it.
    deliver_messages()
    keep_picture(desk, f"verify-4-asked-{scripts}")

    give(case, ItemKind.INDEMNITY, "certificate 2027.pdf", picture("PDF", size=(421, 594)), expires_on=in_days(300))
    open_case(desk, "mine")
    check(desk, "Indemnity certificate", "The insurer’s list")
    press(desk.get_by_role("button", name="Approve"))
    expect(desk.get_by_text("Your approval is recorded. A second person decides.")).to_be_visible()
    keep_picture(desk, f"verify-5-approved-once-{scripts}")
    assert_hidden(visitor, doctor)

    open_case(second, "waiting")
    expect(second.get_by_text("a second person decides")).to_be_visible()
    press(second.get_by_role("button", name="Approve"))
    expect(second.get_by_text("Approved. The doctor’s page is public and can be booked.")).to_be_visible()
    keep_picture(second, f"verify-6-approved-{scripts}")

    assert_public(visitor, doctor)
    assert_told_and_recorded(case, mailoutbox)


def ask_for_the_certificate(desk: Page) -> None:
    item = card(desk, "Indemnity certificate")
    press(item.locator("summary", has_text="Ask for this again"))
    press(item.get_by_role("button", name="Ask the doctor"))
    expect(card(desk, "Indemnity certificate").get_by_text("Say what you need: the doctor reads it.")).to_be_visible()
    settle(desk)
    card(desk, "Indemnity certificate").get_by_label("What you need").fill(REQUEST)
    press(card(desk, "Indemnity certificate").get_by_role("button", name="Ask the doctor"))
    expect(card(desk, "Indemnity certificate").get_by_text(f": {REQUEST}")).to_be_visible()
    expect(desk.get_by_text("Waiting on the doctor").first).to_be_visible()


def assert_told_and_recorded(case: VerificationCase, mailoutbox: list[EmailMultiAlternatives]) -> None:
    """Each step stands in the audit log and the history; the doctor is told what and never the officer's words."""
    codes = Event.objects.filter(object_id=str(case.public_id)).order_by("pk").values_list("action", flat=True)
    steps = [code.removeprefix("verification.") for code in codes if code.startswith("verification.")]
    assert [step for step in steps if step != "item_provided"] == [
        "claimed", "item_checked", "item_checked", "item_asked", "item_checked", "first_approved", "approved",
    ]  # fmt: skip
    assert case.history.filter(status=Status.VERIFIED).count() == 1
    deliver_messages()
    assert len(mailoutbox) >= 2
    assert all(REQUEST not in mail.body for mail in mailoutbox)


@with_and_without_scripts
def test_suspending_works_at_once_and_its_appointments_are_cancelled_in_two_steps(
    new_context: Callable[..., BrowserContext],
    visitor: Page,
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor = free_doctor()
    case = case_in(Status.VERIFIED, doctor=doctor)
    booked = book(doctor, a_patient(given_name="Canary"), next_slot_start(at=time(14)))
    visitor.goto(doctor.page_url)
    time_link(visitor, next_slot_start()).click()
    expect(visitor.get_by_role("heading", name="Check and confirm")).to_be_visible()

    desk = sign_in(new_context(java_script_enabled=scripts), officer()).new_page()
    desk.goto(f"/admin/verification/{case.public_id}/")
    desk.get_by_label("Main reason").select_option("A concern has been raised")
    desk.get_by_label("What you found").fill("Referred to the medical director.")
    press(desk.get_by_role("button", name="Suspend now"))
    expect(desk.get_by_text("Suspended. The page is down and new bookings are closed.")).to_be_visible()

    # The form that stood open all the while books nothing any more.
    with visitor.expect_response(lambda answer: answer.request.method == "POST") as refused:
        visitor.get_by_role("button", name="Confirm booking").click()
    assert refused.value.status == 404
    assert Appointment.objects.count() == 1
    assert_hidden(visitor, doctor)

    expect(desk.get_by_label(f"reference {booked.reference}")).to_be_checked()
    expect(desk.get_by_text("Canary")).to_have_count(0)
    desk.get_by_role("button", name="Cancel the chosen appointments").click()
    expect(desk.get_by_text("You are about to cancel 1 appointment.")).to_be_visible()
    keep_picture(desk, f"verify-7-cancelling-{scripts}")
    assert Appointment.objects.get().status == AppointmentStatus.BOOKED
    desk.get_by_role("button", name="Yes, cancel it").click()
    expect(desk.get_by_text("1 appointment cancelled. The patients are being told.")).to_be_visible()
    assert Appointment.objects.get().status == AppointmentStatus.CANCELLED


@with_and_without_scripts
def test_rejecting_needs_a_reason_which_is_recorded_and_told(
    new_context: Callable[..., BrowserContext],
    visitor: Page,
    complaints: Complaints,
    mailoutbox: list[EmailMultiAlternatives],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    doctor, case = applicant()
    desk = sign_in(new_context(java_script_enabled=scripts), officer()).new_page()
    claim_from_the_queue(desk)
    press(desk.get_by_role("button", name="Reject"))
    expect(desk.get_by_text("Say what you found: the record keeps it.")).to_be_visible()
    keep_picture(desk, f"verify-8-no-reason-{scripts}")
    desk.get_by_label("Main reason").select_option("The name differs from the register")
    desk.get_by_label("What you found").fill("Registered as Nia Reece.")
    press(desk.get_by_role("button", name="Reject"))
    expect(desk.get_by_text("Rejected. The doctor is not shown to patients.")).to_be_visible()
    expect(desk.get_by_role("table", name="What happened")).to_contain_text("Registered as Nia Reece.")

    case.refresh_from_db()
    assert case.reason == "Registered as Nia Reece."
    assert_hidden(visitor, doctor)
    deliver_messages()
    assert any("The name differs from the register" in mail.body for mail in mailoutbox)
    assert all("Nia Reece" not in mail.body for mail in mailoutbox)


def test_officer_who_comes_second_is_told_so(
    new_context: Callable[..., BrowserContext], complaints: Complaints
) -> None:
    complaints.allow("status of 409")
    applicant()
    first, second = (sign_in(new_context(), officer()).new_page() for _ in range(2))
    for desk in (first, second):
        open_case(desk, "unassigned")
    press(first.get_by_role("button", name="Claim"))
    expect(first.get_by_text("The case is yours.")).to_be_visible()
    press(second.get_by_role("button", name="Claim"))
    expect(second.get_by_role("alert").filter(has_text="has taken this case already")).to_be_focused()


def test_what_is_typed_survives_the_answers_of_other_forms_and_a_session_that_has_ended(
    new_context: Callable[..., BrowserContext], complaints: Complaints
) -> None:
    complaints.allow("status of 422")
    complaints.allow("status of 403")
    applicant()
    one = officer()
    context = sign_in(new_context(), one)
    desk = context.new_page()
    claim_from_the_queue(desk)
    desk.get_by_label("What you found").fill("Half a sentence")
    card(desk, "Indemnity certificate").get_by_label("Note").fill("Look again")

    press(card(desk, "Identity document").get_by_role("button", name="Mark as checked"))
    expect(desk.get_by_role("alert").filter(has_text="Nothing was changed yet")).to_be_focused()
    check(desk, "Identity document", "Passport")
    expect(card(desk, "Identity document").get_by_role("status")).to_be_focused()
    expect(desk.get_by_label("What you found")).to_have_value("Half a sentence")
    expect(card(desk, "Indemnity certificate").get_by_label("Note")).to_have_value("Look again")

    context.clear_cookies(name="sessionid")
    context.clear_cookies(name="__Host-sessionid")
    press(card(desk, "Indemnity certificate").get_by_role("button", name="Mark as checked"))
    expect(desk.get_by_role("alert").filter(has_text="You may have been signed out")).to_be_focused()
    expect(card(desk, "Indemnity certificate").get_by_label("Note")).to_have_value("Look again")

    sign_in(context, one)
    press(card(desk, "Indemnity certificate").get_by_role("button", name="Mark as checked"))
    expect(desk.get_by_role("alert").filter(has_text="You have signed in again since")).to_be_visible()
    press(card(desk, "Indemnity certificate").get_by_role("button", name="Mark as checked"))
    expect(desk.get_by_role("alert").filter(has_text="Nothing was changed yet")).to_be_focused()
    expect(card(desk, "Indemnity certificate").get_by_label("Note")).to_have_value("Look again")


def test_keys_walk_from_case_to_case_but_not_while_typing(new_context: Callable[..., BrowserContext]) -> None:
    applicant()
    other = case_in(Status.PENDING)
    desk = sign_in(new_context(), officer()).new_page()
    desk.goto("/admin/verification/")
    search = desk.get_by_label("Find a doctor")
    for words in ("nobody", "neither"):
        search.fill(words)
        desk.wait_for_url(f"**q={words}&**")
    desk.go_back()
    expect(search).to_have_value("nobody")
    expect(desk.get_by_text("No case matches.")).to_be_visible()
    assert desk.evaluate("() => sessionStorage.getItem('htmx-history-cache')") is None, "no case is kept in the browser"
    open_case(desk, "waiting")
    desk.keyboard.press("n")
    expect(desk.get_by_role("heading", name=other.doctor.name).first).to_be_attached()
    expect(desk).to_have_url(re.compile(str(other.public_id)))
    desk.keyboard.press("p")
    expect(desk).not_to_have_url(re.compile(str(other.public_id)))
    press(desk.get_by_role("button", name="Claim"))
    desk.get_by_label("What you found").press_sequentially("not now")
    expect(desk.get_by_label("What you found")).to_have_value("not now")
    expect(desk).not_to_have_url(re.compile(str(other.public_id)))


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desk", "phone"])
def test_the_officers_pages_are_accessible(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    size: dict[str, object],
) -> None:
    _, case = applicant()
    suspended = case_in(Status.SUSPENDED)
    desk = sign_in(new_context(**size), officer()).new_page()
    for address in (
        "/admin/", "/admin/verification/", "/admin/verification/report/",
        f"/admin/verification/{case.public_id}/", f"/admin/verification/{suspended.public_id}/",
    ):  # fmt: skip
        desk.goto(address)
        assert_accessible(desk)
    desk.goto(f"/admin/verification/{case.public_id}/")
    press(desk.get_by_role("button", name="Claim"))
    expect(desk.get_by_role("button", name="Reject")).to_be_visible()
    assert_accessible(desk)
