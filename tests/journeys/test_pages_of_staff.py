"""The pages of the people who keep the place running, in Wagtail's frame and out of it: accessible and whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.states import Status as AppointmentStatus
from booking.tests.factories import AppointmentFactory, next_slot_start
from devtools.testing.browser import PHONE, Complaints
from doctors.models import Doctor
from doctors.services import staff_join
from doctors.states import BankHolidays, VerificationStatus
from doctors.tests.factories import LocationFactory
from notifications.states import MessageStatus
from notifications.tests.factories import MessageFactory
from tests.journeys.scenes import (
    CUT_OFF,
    OVERFLOWS,
    WIDTHS,
    free_doctor,
    keep_picture,
    sign_in,
)
from verification.models import VerificationCase
from verification.services import item_ask
from verification.states import ItemKind, Status
from verification.tests.factories import case_in, officer

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page", str], None]


@pytest.fixture
def assert_sound(assert_accessible: Callable[[Page], None]) -> Check:
    """`assert_sound(page, name)`: the page as it stands now, on a phone and on a desk; `name` is its picture's."""

    def check(page: Page, name: str) -> None:
        for width, height in (WIDTHS["desktop"], WIDTHS["phone"]):
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
        assert page.evaluate(OVERFLOWS) == [], name
        assert page.evaluate(CUT_OFF) == [], name
        keep_picture(page, f"page-{name}")
        width, height = WIDTHS["desktop"]
        page.set_viewport_size({"width": width, "height": height})

    return check


def test_the_task_list_of_a_doctor_in_each_state(
    new_context: Callable[..., BrowserContext], assert_sound: Check
) -> None:
    context, desk = new_context(), officer()
    page = context.new_page()
    for status in (Status.PENDING, Status.VERIFIED, Status.EXPIRED, Status.SUSPENDED, Status.REJECTED):
        case = case_in(status, ready=True, claimed_by=desk if status == Status.PENDING else None)
        own = UserFactory.create(roles=[Role.DOCTOR])
        Doctor.objects.filter(pk=case.doctor_id).update(user=own)
        sign_in(context, own)
        page.goto("/verification/")
        expect(page.get_by_role("heading", name="Where it stands")).to_be_visible()
        assert_sound(page, f"verification-{status}")
    case = case_in(Status.PENDING, claimed_by=desk)
    own = UserFactory.create(roles=[Role.DOCTOR])
    Doctor.objects.filter(pk=case.doctor_id).update(user=own)
    indemnity = case.items.get(kind=ItemKind.INDEMNITY)
    item_ask(actor=desk, item_id=indemnity.public_id, request="The certificate’s first page, please.")
    sign_in(context, own)
    page.goto("/verification/")
    expect(page.get_by_role("heading", name="We need something from you")).to_be_visible()
    assert_sound(page, "verification-asked")


def test_the_pages_of_somebody_who_works_at_several_places(
    new_context: Callable[..., BrowserContext], assert_sound: Check, site_url: str
) -> None:
    places = [LocationFactory.create(name=name) for name in ("Harbour Street", "The surgery beside the old weighhouse")]
    clerk = UserFactory.create()
    for place in places:
        staff_join(actor=None, location_id=place.pk, user_id=clerk.public_id)
    page = sign_in(new_context(), clerk).new_page()
    page.goto("/clinic/")
    assert_sound(page, "clinics")
    page.get_by_role("main").get_by_role("link", name=places[1].name).click()
    expect(page).to_have_url(f"{site_url}/clinic/{places[1].slug}/")
    assert_sound(page, "clinic-day")


def test_an_administrators_pages_with_what_was_done_and_what_was_refused(
    new_context: Callable[..., BrowserContext], complaints: Complaints, assert_sound: Check
) -> None:
    complaints.allow("status of 422")
    place = LocationFactory.create()
    clerk = UserFactory.create(email="somebody.with-a-long-name@surgery.example.org", roles=[Role.AUDITOR])
    staff_join(actor=None, location_id=place.pk, user_id=clerk.public_id)
    page = sign_in(new_context(), UserFactory.create(roles=[Role.ADMINISTRATOR])).new_page()
    page.goto(f"/admin/users/{clerk.pk}/access/", wait_until="load")
    page.get_by_role("button", name="Take away").click()
    expect(page.get_by_text("no longer belongs to")).to_be_visible()
    # Wagtail fades its messages in.
    expect(page.locator(".messages > ul")).to_have_css("opacity", "1")
    assert_sound(page, "admin-access")
    page.goto(f"/admin/doctors/locations/{place.pk}/staff/", wait_until="load")
    page.get_by_label("Email address").fill("nobody@example.org")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("There is no account with this confirmed address.", exact=True)).to_be_visible()
    assert_sound(page, "admin-staff")
    place.bank_holidays = BankHolidays.ENGLAND
    place.save()
    page.goto(f"/admin/closures/{place.pk}/", wait_until="load")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("Enter a day.", exact=True)).to_be_visible()
    assert_sound(page, "admin-closed-days")
    MessageFactory(status=MessageStatus.FAILED, last_error="SMTPServerDisconnected")
    page.goto("/admin/operations/", wait_until="load")
    expect(page.get_by_text("One message was given up.")).to_be_visible()
    assert_sound(page, "admin-operations")


def test_the_register_of_appointments(new_context: Callable[..., BrowserContext], assert_sound: Check) -> None:
    missed = AppointmentFactory.create(status=AppointmentStatus.NOSHOW)
    AppointmentFactory.create(cancelled=True, start=missed.end)
    page = sign_in(new_context(), UserFactory.create(roles=[Role.ADMINISTRATOR])).new_page()
    page.goto("/admin/appointments/", wait_until="load")
    assert_sound(page, "admin-appointments")
    page.get_by_label("Status").select_option("Did not attend")
    page.get_by_role("main").get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("1 appointment found")).to_be_visible()
    expect(page.get_by_role("cell", name=missed.reference)).to_be_visible()


def test_the_report_of_appointments(new_context: Callable[..., BrowserContext], assert_sound: Check) -> None:
    seen = AppointmentFactory.create(status=AppointmentStatus.FULFILLED, start=next_slot_start(-1))
    AppointmentFactory.create(status=AppointmentStatus.NOSHOW, start=seen.end)
    AppointmentFactory.create(cancelled=True, start=next_slot_start(-2))
    page = sign_in(new_context(), UserFactory.create(roles=[Role.ADMINISTRATOR])).new_page()
    page.goto("/admin/reports/appointments/", wait_until="load")
    expect(page.get_by_text("1 booked or seen, 1 did not attend, 1 cancelled")).to_be_visible()
    assert_sound(page, "admin-report")
    page.get_by_label("Status").select_option("Did not attend")
    page.get_by_role("main").get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("0 booked or seen, 1 did not attend, 0 cancelled")).to_be_visible()


def test_the_queue_and_a_case_on_a_phone_without_scripts(
    new_context: Callable[..., BrowserContext], site_url: str
) -> None:
    """Wagtail draws its menu by script: without it an empty column would lie over half of the page."""
    doctor = free_doctor(status=VerificationStatus.PENDING)
    case = VerificationCase.objects.get(doctor=doctor)
    page = sign_in(new_context(java_script_enabled=False, **PHONE), officer()).new_page()
    page.goto("/admin/verification/", wait_until="load")
    expect(page.get_by_text("JavaScript is required")).to_be_hidden()
    expect(page.locator("#wagtail-sidebar")).to_be_hidden()
    assert page.evaluate(CUT_OFF) == []
    keep_picture(page, "plain-queue")
    # A press goes to the middle of a button, and is refused where something else lies over it.
    page.get_by_role("button", name=f"Claim {doctor.name}").click()
    page.wait_for_load_state("load")
    keep_picture(page, "plain-claimed")
    page.goto(f"{site_url}/admin/verification/{case.public_id}/", wait_until="load")
    assert page.evaluate(CUT_OFF) == []
    keep_picture(page, "plain-case")
    page.get_by_role("button", name="Release").click()
    page.wait_for_load_state("load")
    expect(page.get_by_role("button", name="Release")).to_have_count(0)
