"""A doctor writes a note, loses the session, resumes, signs and amends it; the patient reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import AccountSession, User
from booking.tests.steps import user_of
from common import clock
from devtools.testing.browser import Complaints
from records.models import VisitNote
from records.states import NoteStatus
from records.tests.steps import author, draft, visit
from tests.journeys.scenes import a_patient, account_of, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]
LATE = "Typed after the session had ended"
PLAN = "Two litres of water a day. Stand up slowly."


def write(page: Page, appointment_path: str, *, scripts: bool) -> None:
    page.goto(appointment_path)
    page.get_by_role("link", name="Visit note").click()
    page.get_by_role("button", name="Begin the note").click()
    page.get_by_label("Reason for the visit").fill("Dizzy on standing up")
    page.get_by_label("Plan").fill(PLAN)
    if scripts:
        expect(page.get_by_text("Draft saved")).to_be_visible()
        page.wait_for_function("() => document.querySelector('#draft-state [name=version]').value !== '0'")
    else:
        page.get_by_role("button", name="Save the draft").click()
        expect(page.get_by_text("Your draft is saved.")).to_be_visible()


def lose_the_session(page: Page, doctor: User, *, scripts: bool) -> None:
    """Typed into a window that is signed out: said at once, and saved from there after signing in elsewhere."""
    AccountSession.objects.filter(user=doctor).update(last_used_at=clock.now() - timedelta(minutes=31))
    if scripts:
        page.get_by_label("In plain words").fill("Drink more, and stand up slowly.")
        expect(page.get_by_role("alert")).to_contain_text("You are signed out")
        sign_in(page.context, doctor)
        page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
        page.get_by_role("button", name="I have signed in again").click()
        # With its old token it is refused once, and saved by the new one.
        expect(page.get_by_text("Draft saved")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
        page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
        page.get_by_label("Follow-up").fill(LATE)
        page.get_by_role("button", name="Save the draft").click()
        expect(page.get_by_text("Nothing has been sent yet")).to_be_visible()
        expect(page.get_by_label("Follow-up")).to_have_value(LATE)
        expect(page.get_by_text("Draft saved")).to_be_visible()
        return
    page.get_by_role("button", name="Save the draft").click()
    expect(page).to_have_url(re.compile("/account/login/"))
    sign_in(page.context, doctor)


def sign(page: Page, name: str) -> None:
    page.get_by_role("button", name="Save and go on to sign").click()
    expect(page.get_by_text(PLAN).first).to_be_visible()
    page.get_by_role("button", name=name).click()
    expect(page.get_by_text("Signed. From now on it can be amended")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_written_lost_resumed_signed_amended_and_read(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    look: Callable[[Page, str], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    complaints.allow("status of 403")
    doctor, patient = free_doctor(), a_patient(given_name="Leila", family_name="Haddad")
    appointment = visit(doctor, patient)
    page = sign_in(new_context(java_script_enabled=scripts), user_of(doctor)).new_page()

    write(page, f"/appointments/{appointment.public_id}/", scripts=scripts)
    look(page, "writing")
    lose_the_session(page, user_of(doctor), scripts=scripts)
    page.goto("/my-day/")
    page.get_by_role("link", name="to write and sign").click()
    look(page, "to-do")
    page.get_by_role("link", name="Leila Haddad").click()
    expect(page.get_by_label("Plan")).to_have_value(PLAN)
    page.get_by_label("In plain words").fill("Drink more, and stand up slowly.")
    page.get_by_role("button", name="Save and go on to sign").click()
    expect(page.get_by_role("button", name="Sign the note")).to_be_visible()
    look(page, "signing")
    page.go_back()
    sign(page, "Sign the note")
    note = VisitNote.objects.get()
    assert note.status == NoteStatus.FINAL

    page.get_by_role("link", name="Amend").click()
    page.get_by_label("Follow-up").fill("In four weeks")
    page.get_by_role("button", name="Save and go on to sign").click()
    page.get_by_label("Why is it amended?").fill("The follow-up was missing")
    look(page, "amending")
    page.get_by_role("button", name="Sign the amendment").click()
    expect(page.get_by_text("Amended because: The follow-up was missing")).to_be_visible()
    look(page, "signed")
    page.get_by_role("link", name="It was entered in error").click()
    look(page, "error")

    own = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    own.goto("/home/")
    own.get_by_role("navigation").get_by_role("link", name="Health record").first.click()
    look(own, "record")
    own.get_by_role("main").get_by_role("link", name="Visit note, ").click()
    expect(own.get_by_role("region", name="In plain words")).to_contain_text("Drink more, and stand up slowly.")
    expect(own.get_by_text("What was agreed").first).to_be_visible()
    look(own, "patients-note")


def test_a_draft_is_thrown_away_after_it_was_saved_by_itself(
    site_url: str, new_context: Callable[..., BrowserContext], complaints: Complaints
) -> None:
    complaints.allow("status of 422")
    complaints.allow("ERR_FAILED")
    complaints.allow("htmx:")
    note = draft(visit(free_doctor()))
    page = sign_in(new_context(), author(note)).new_page()
    page.goto(f"/notes/{note.public_id}/edit/")
    plan, told = page.get_by_label("Plan"), page.get_by_role("alert").filter(has_text="There is a problem")
    plan.evaluate("field => { field.removeAttribute('maxlength'); field.value = 'x'.repeat(10001); }")
    page.get_by_role("button", name="Save and go on to sign").click()
    expect(told).to_be_focused()
    # Without a connection each attempt fails, and is told once; with the next that succeeds nothing is wrong.
    page.route("**/edit/", lambda route: route.abort())
    lost = page.locator("#toasts").get_by_text("We could not reach MedConsult")
    for text in ("Nobody", "Nobody needs"):
        with page.expect_event("requestfailed"):
            plan.fill(text)
    expect(lost).to_have_count(1)
    page.unroute("**/edit/")
    plan.fill("Nobody needs this")
    page.wait_for_function(f"() => document.querySelector('#draft-state [name=version]').value > {note.draft_version}")
    for wrong in (lost, told, page.locator("[aria-invalid]")):
        expect(wrong).to_have_count(0)
    expect(page).to_have_title("Visit note – MedConsult")
    page.get_by_role("button", name="Throw the draft away").click()
    expect(page.get_by_text("The draft is thrown away.")).to_be_visible()
    note.refresh_from_db()
    assert (note.status, note.draft) == (NoteStatus.ENTERED_IN_ERROR, "")


def test_two_windows_at_once_keep_both_texts(
    site_url: str, new_context: Callable[..., BrowserContext], complaints: Complaints, assert_accessible: Check
) -> None:
    complaints.allow("status of 409")
    doctor = free_doctor()
    appointment = visit(doctor)
    context = sign_in(new_context(), user_of(doctor))
    one, other = context.new_page(), context.new_page()
    one.goto(f"/appointments/{appointment.public_id}/note/")
    one.get_by_role("button", name="Begin the note").click()
    other.goto(one.url)
    one.get_by_label("Plan").fill("From the first window")
    expect(one.get_by_text("Draft saved")).to_be_visible()
    one.wait_for_function("() => document.querySelector('#draft-state [name=version]').value === '1'")
    other.get_by_label("Plan").fill("From the second window")
    clash = other.get_by_role("alert")
    expect(clash).to_contain_text("changed in another window")
    expect(clash).to_contain_text("From the first window")
    expect(other.get_by_label("Plan")).to_have_value("From the second window")
    assert_accessible(other)
    keep_picture(other, "records-clash")
    other.get_by_role("button", name="Keep what is typed here").click()
    expect(other.get_by_text("Your draft is saved.")).to_be_visible()
    expect(other.get_by_label("Plan")).to_have_value("From the second window")
