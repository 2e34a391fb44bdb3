"""From "Join as a doctor" to a page that is public and bookable, with what is asked once more on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from booking.services import listing_refresh
from booking.tests.factories import RuleFactory, next_slot_start
from common import clock
from devtools.testing.browser import PHONE, Complaints
from doctors.models import Doctor
from doctors.tests.factories import LocationFactory, SpecialtyFactory, VisitTypeFactory, doctor_index_page
from integrations import antivirus
from tests.journeys.scenes import (
    a_patient,
    account_of,
    code_in,
    keep_picture,
    sign_in,
    time_link,
)
from verification.models import Evidence, VerificationCase
from verification.selectors import today
from verification.services import case_approve, case_claim, evidence_check, item_ask, item_check
from verification.states import EXPIRING, REQUIRED, ItemKind, Status
from verification.tests.factories import officer, two_persons_approve
from verification.tests.own.scenes import applicant, pdf, png, virus

if TYPE_CHECKING:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.core.mail import EmailMultiAlternatives
    from playwright.sync_api import BrowserContext, Page

    from accounts.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("virus_scanner")]

# What is told to screen readers, one after the other.
ALL_SAID = """() => {
  const announcer = document.getElementById("announcer");
  announcer.dataset.said = "";
  new MutationObserver(() => { announcer.dataset.said += announcer.textContent; })
    .observe(announcer, { childList: true, characterData: true, subtree: true });
}"""
DROPPED = """(bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
    return data;
}"""
Check = Callable[["Page"], None]
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)


def sent(file: SimpleUploadedFile) -> dict[str, object]:
    """As Playwright chooses it in a file field."""
    return {"name": file.name, "mimeType": file.content_type, "buffer": file.read()}


def check_viruses() -> None:
    """What the worker does when it is woken."""
    for file in Evidence.objects.filter(checked_at=None):
        evidence_check(evidence_id=file.public_id, scan=antivirus.scan)


def choose(page: Page, *files: SimpleUploadedFile, scripts: bool) -> None:
    """Give files on the page of an item: at once with scripts, with the form without."""
    if scripts:
        # What is chosen before the script is there waits for the form.
        expect(page.get_by_text("Each file is sent as soon as you choose it")).to_be_visible()
    page.get_by_label("File").set_input_files([sent(file) for file in files])  # type: ignore[arg-type]
    if not scripts:
        page.get_by_role("button", name="Save").click()
    for file in files:
        expect(page.locator("#files").get_by_text(str(file.name), exact=True).first).to_be_visible()


def expect_file(page: Page, status: str, *, scripts: bool) -> None:
    """After the check: the list says so by itself, or when looked at again."""
    if not scripts:
        page.get_by_role("link", name="Look again").click()
    expect(page.locator("#files").get_by_text(status)).to_be_visible()


def give_day(page: Page) -> None:
    last = today() + timedelta(days=300)
    for part in ("day", "month", "year"):
        page.get_by_label(part.capitalize(), exact=True).fill(str(getattr(last, part)))


def open_item(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def sign_up(page: Page, mailoutbox: list[EmailMultiAlternatives], assert_accessible: Check | None) -> None:
    page.goto("/join/")
    keep_picture(page, "join-1-join")
    if assert_accessible:
        assert_accessible(page)
    page.get_by_role("link", name="Create an account and start").click()
    page.get_by_label("Email address").fill("nia.rees@example.org")
    page.get_by_label("Password").fill("orchard lantern seagull")
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Code").fill(code_in(str(mailoutbox[-1].body)))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Start your verification")).to_be_visible()


def start(page: Page) -> None:
    page.get_by_label("First name").fill("Nia")
    page.get_by_label("Last name").fill("Rees")
    page.get_by_label("GMC number").fill("7654321")
    keep_picture(page, "join-2-start")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Your verification")).to_be_visible()


def give_everything(page: Page, *, scripts: bool) -> None:
    open_item(page, "Identity document")
    choose(page, png(), scripts=scripts)
    keep_picture(page, f"join-4-waiting-{scripts}")
    check_viruses()
    expect_file(page, "Ready", scripts=scripts)
    page.get_by_role("link", name="Your verification").click()

    open_item(page, "Indemnity certificate")
    choose(page, pdf(), scripts=scripts)
    if not scripts:
        expect(page.get_by_role("alert", name="There is a problem")).to_contain_text(
            "Enter the last day on which it is valid."
        )
    check_viruses()
    give_day(page)
    page.get_by_role("button", name="Save").click()

    open_item(page, "Statement")
    page.get_by_label("Your statement").fill("I look after hearts.")
    page.get_by_role("button", name="Save").click()


def officer_asks_for_the_certificate(case: VerificationCase) -> User:
    person = officer()
    case_claim(actor=person, case_id=case.public_id)
    item = case.items.get(kind=ItemKind.INDEMNITY)
    item_ask(actor=person, item_id=item.public_id, request="Please send the page that shows the dates.")
    return person


def officers_approve(case: VerificationCase, first: User) -> None:
    two_persons_approve()
    for item in case.items.filter(kind__in=sorted(REQUIRED)):
        last = today() + timedelta(days=300) if item.kind in EXPIRING else None
        item_check(
            actor=first,
            item_id=item.public_id,
            seen_at=item.provided_at,
            source="The document",
            checked_on=today(),
            expires_on=last,
        )
    case_approve(actor=first, case_id=case.public_id)
    case_approve(actor=officer(), case_id=case.public_id)


def clinic_prepares(doctor: Doctor) -> None:
    """What the clinic adds while the doctor is being checked: what they treat, where, and when they see patients."""
    place = LocationFactory.create()
    doctor.specialties.set([SpecialtyFactory.create(name="Cardiology", slug="cardiology")])
    doctor.locations.set([place])
    VisitTypeFactory.create(doctor=doctor, price_minor=0, minutes=60)
    weekday = next_slot_start().astimezone(clock.clinic_zone()).weekday()
    RuleFactory.create(doctor=doctor, location=place, weekday=weekday)
    listing_refresh(doctor_id=doctor.pk, now=clock.now())


def assert_can_be_booked(visitor: Page, doctor: Doctor) -> None:
    doctor.refresh_from_db()
    visitor.goto(doctor.page_url)
    expect(visitor.get_by_role("heading", name="Dr Nia Rees")).to_be_visible()
    time_link(visitor, next_slot_start()).click()
    visitor.get_by_role("button", name="Confirm booking").click()
    expect(visitor.get_by_text("Dr Nia Rees").first).to_be_visible()
    assert doctor.appointments.count() == 1


@with_and_without_scripts
def test_doctor_joins_answers_what_is_asked_and_can_be_booked(
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    mailoutbox: list[EmailMultiAlternatives],
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    complaints.allow("status of 404")
    doctor_index_page()
    page = new_context(java_script_enabled=scripts).new_page()
    sign_up(page, mailoutbox, assert_accessible if scripts else None)
    start(page)
    keep_picture(page, "join-3-tasks")
    give_everything(page, scripts=scripts)
    page.get_by_role("link", name="Check and submit").click()
    keep_picture(page, f"join-5-check-{scripts}")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Your verification is submitted.")).to_be_visible()
    keep_picture(page, f"join-6-submitted-{scripts}")
    case = VerificationCase.objects.get()
    assert case.status == Status.PENDING

    doctor = Doctor.objects.get()
    clinic_prepares(doctor)
    visitor = sign_in(new_context(), account_of(a_patient())).new_page()
    answer = visitor.goto(f"/book/{doctor.slug}/times/")
    assert answer
    assert answer.status == 404

    person = officer_asks_for_the_certificate(case)
    page.goto("/my-day/")
    expect(page.get_by_text("We need something from you: indemnity certificate.")).to_be_visible()
    keep_picture(page, "join-7-day")
    page.get_by_role("link", name="See what we ask").click()
    expect(page.get_by_text("Please send the page that shows the dates.").first).to_be_visible()
    keep_picture(page, "join-8-asked")
    open_item(page, "Indemnity certificate")
    choose(page, pdf("with-dates.pdf"), scripts=scripts)
    check_viruses()
    page.goto("/verification/")
    expect(page.get_by_text("We need something from you")).to_have_count(0)

    officers_approve(case, person)
    page.goto("/verification/")
    expect(page.get_by_text("You are verified. Patients find your page and can book you.")).to_be_visible()
    keep_picture(page, "join-9-verified")
    assert_can_be_booked(visitor, doctor)


@with_and_without_scripts
def test_virus_is_refused_with_its_words(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    user = applicant()
    page = sign_in(new_context(java_script_enabled=scripts), user).new_page()
    page.goto("/verification/identity/")
    choose(page, virus("passport.pdf"), scripts=scripts)
    check_viruses()
    expect_file(page, "Refused: a virus was found", scripts=scripts)
    if scripts:
        expect(page.locator("#announcer")).to_have_text("passport.pdf: Refused: a virus was found.")
        assert_accessible(page)
    keep_picture(page, f"join-virus-{scripts}")
    page.get_by_role("button", name="Remove passport.pdf").click()
    expect(page.locator("#files").get_by_text("None yet.")).to_be_visible()


def test_several_files_at_once_and_one_that_we_cannot_take(
    new_context: Callable[..., BrowserContext], complaints: Complaints, assert_accessible: Check
) -> None:
    complaints.allow("status of 422")
    page = sign_in(new_context(**PHONE), applicant()).new_page()
    page.goto("/verification/qualifications/")
    page.get_by_label("Your qualifications").fill("MB BCh, Cardiff, 2009")
    files = [pdf("degree.pdf"), pdf("letter.docx"), png("training.png")]
    page.get_by_label("File").set_input_files([sent(file) for file in files])  # type: ignore[arg-type]
    expect(page.get_by_role("alert")).to_contain_text("letter.docx: The name of this file ends in")
    expect(page.locator("#files").get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_label("Your qualifications")).to_have_value("MB BCh, Cardiff, 2009")
    assert_accessible(page)
    keep_picture(page, "join-several")
    page.evaluate(ALL_SAID)
    check_viruses()
    # At once or one after the other, as the page happens to ask.
    both = re.compile(r"degree\.pdf: Ready\.[^:]*training\.png: Ready\.")
    expect(page.locator("#announcer")).to_have_attribute("data-said", both)
    expect(page.locator("#files")).not_to_have_attribute("hx-trigger", "every 2s")
    expect(page.locator("#item-status")).to_have_text("Ready to submit")
    with page.expect_download() as download:
        page.get_by_role("link", name="degree.pdf").click()
    assert download.value.suggested_filename == "degree.pdf"
    page.get_by_role("button", name="Take back degree.pdf").click()
    expect(page.locator("#files").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("heading", name="Your files")).to_be_focused()


def test_files_may_also_be_dropped(new_context: Callable[..., BrowserContext]) -> None:
    page = sign_in(new_context(), applicant()).new_page()
    page.goto("/verification/identity/")
    dropped = page.evaluate_handle(DROPPED, list(png().read()))
    page.locator("[data-upload]").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.locator("#files").get_by_text("dropped.png", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    assert Evidence.objects.get().name == "dropped.png"
