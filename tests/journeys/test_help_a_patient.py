"""A relative helps: asked by an address, says yes, books and sees, until it is taken back. With and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import PatientFactory, UserFactory
from booking.models import Appointment
from booking.tests.factories import next_slot_start
from booking.tests.views.pages import confirm_path
from common.templatetags.when import date_time
from devtools.testing.browser import Complaints
from doctors.models import Doctor
from doctors.services import staff_join
from tests.journeys.scenes import a_patient, account_of, book, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

HELPER = "helper@example.org"


Seen = Callable[["Page", str], None]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browsers of the journey run scripts."""
    return bool(request.param)


@pytest.fixture
def seen(scripts: bool, assert_accessible: Callable[[Page], None]) -> Seen:  # noqa: FBT001
    """`seen(page, name)`: the page is accessible as it is now, and kept as a picture."""

    def look(page: Page, name: str) -> None:
        if scripts:
            assert_accessible(page)
        keep_picture(page, name)

    return look


def ask_for_help(own: Page, seen: Seen) -> None:
    """From the profile to an invitation, with a form that was sent empty on the way."""
    own.goto("/account/profile/")
    seen(own, "help-profile")
    own.get_by_role("main").get_by_role("link", name="See who helps you").click()
    seen(own, "help-nobody-yet")
    own.get_by_role("link", name="Ask somebody").click()
    own.get_by_role("button", name="Ask them").click()
    expect(own.get_by_role("alert")).to_contain_text("There is a problem")
    seen(own, "help-invite-errors")
    own.get_by_label("Their email address").fill(HELPER)
    own.get_by_label("Who they are to you").select_option("child")
    own.get_by_label("Book appointments, and cancel them").check()
    own.get_by_role("button", name="Ask them").click()
    expect(own.get_by_role("main")).to_contain_text("Invited")
    seen(own, "help-invited")


def say_yes(helping: Page, seen: Seen) -> None:
    helping.goto("/appointments/")
    helping.get_by_role("link", name="See who, and answer").click()
    seen(helping, "help-asked")
    helping.get_by_role("button", name="Yes, I help Leila Haddad").click()
    expect(helping.get_by_text("You can help Leila Haddad from now on.")).to_be_visible()
    seen(helping, "help-accepted")


def book_for_her(helping: Page, seen: Seen, doctor: Doctor, start: datetime) -> Appointment:
    """The helper says for whom it is, and does not read again what they wrote as her reason."""
    helping.goto(confirm_path(doctor, start))
    seen(helping, "help-for-whom")
    helping.get_by_role("button", name="Confirm booking").click()
    expect(helping.get_by_role("alert")).to_contain_text("Choose who this visit is for.")
    helping.get_by_label("Leila Haddad", exact=True).check()
    helping.get_by_label("What would you like to talk about?").fill("Dizzy spells")
    helping.get_by_role("button", name="Confirm booking").click()
    expect(helping.get_by_text("Leila Haddad’s appointment is booked")).to_be_visible()
    expect(helping.get_by_text("Dizzy spells")).to_have_count(0)
    seen(helping, "help-booked")
    helping.goto("/appointments/")
    expect(helping.get_by_role("region", name="Of people whom you help")).to_contain_text("For Leila Haddad.")
    seen(helping, "help-my-appointments")
    return Appointment.objects.get()


def take_back(own: Page, seen: Seen, start: datetime) -> None:
    """She reads what was written for her, and ends it."""
    own.goto("/appointments/")
    own.get_by_role("link", name=date_time(start)).first.click()
    expect(own.get_by_text("Dizzy spells")).to_be_visible()
    own.goto("/account/carers/")
    seen(own, "help-carers")
    own.get_by_role("button", name=f"Take back from {HELPER}").click()
    expect(own.get_by_text(f"{HELPER} can no longer do anything for you.")).to_be_visible()


def test_asked_accepted_booked_and_taken_back(
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    seen: Seen,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 404")
    complaints.allow("status of 422")
    doctor, start = free_doctor(), next_slot_start()
    helped = a_patient(given_name="Leila", family_name="Haddad")
    account = UserFactory.create(email=HELPER)
    PatientFactory.create(user=account, given_name="Sam", family_name="Haddad")
    own = sign_in(new_context(java_script_enabled=scripts), account_of(helped)).new_page()
    helping = sign_in(new_context(java_script_enabled=scripts), account).new_page()

    ask_for_help(own, seen)
    say_yes(helping, seen)
    appointment = book_for_her(helping, seen, doctor, start)
    assert appointment.patient == helped
    take_back(own, seen, start)
    for address in (f"/appointments/{appointment.public_id}/", f"/appointments/{appointment.public_id}/cancel/"):
        answer = helping.goto(address)
        assert answer
        assert answer.status == 404
    helping.goto(confirm_path(doctor, start + timedelta(hours=1)))
    expect(helping.get_by_text("Who is this visit for?")).to_have_count(0)


def test_reception_sees_the_day_and_cancels_for_the_clinic(
    new_context: Callable[..., BrowserContext],
    seen: Seen,
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor, start = free_doctor(), next_slot_start()
    patient = a_patient(given_name="Leila", family_name="Haddad")
    book(doctor, patient, start, reason="Dizzy spells")
    user = UserFactory.create()
    staff_join(actor=None, location_id=doctor.locations.get().pk, user_id=user.public_id)
    page = sign_in(new_context(java_script_enabled=scripts), user).new_page()
    page.goto("/home/")
    expect(page.get_by_role("heading", name="Nobody comes on this day")).to_be_visible()
    keep_picture(page, "clinic-empty")
    page.get_by_role("navigation", name="Days").get_by_role("link").last.click()
    expect(page.get_by_role("link", name="Leila Haddad")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(doctor.name)
    seen(page, "clinic-day")
    page.get_by_role("link", name="Leila Haddad").click()
    expect(page.get_by_text("Dizzy spells")).to_have_count(0)
    seen(page, "clinic-appointment")
    page.get_by_role("link", name="Cancel appointment").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_text("It was cancelled by the clinic.")).to_be_visible()
