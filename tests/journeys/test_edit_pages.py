"""A content editor's work in the Wagtail admin, as far as a browser sees more of it than a request does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.tests.factories import next_slot_start
from common import clock
from devtools.testing.browser import Complaints
from doctors.models import DoctorPage
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from home.models import HomePage, StandardPage
from home.tests.factories import section, under
from tests.journeys.scenes import a_patient, book, entitle, free_doctor, keep_picture, sign_in
from verification.models import VerificationCase
from verification.services import case_approve, case_claim
from verification.states import Status
from verification.tests.factories import case_in, officer

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(new_context: Callable[..., BrowserContext]) -> Page:
    """An editor in the Wagtail admin."""
    return sign_in(new_context(), UserFactory.create(roles=[Role.CONTENT_EDITOR])).new_page()


def publish(desk: Page) -> None:
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Publish", exact=True).click()


def test_editor_makes_a_doctors_page_which_goes_public_with_the_verification(
    desk: Page, page: Page, complaints: Complaints
) -> None:
    complaints.allow("status of 404")
    doctor = DoctorFactory.create(given_name="Nia", family_name="Rees", slug="nia-rees")
    case = case_in(Status.PENDING, doctor=doctor, ready=True)
    desk.goto("/admin/doctors/")
    keep_picture(desk, "edit-1-doctors")
    desk.get_by_role("link", name="Create profile page").click()
    desk.get_by_role("button", name="Create profile page").click()
    expect(desk.get_by_text("The page of Dr Nia Rees is a draft.")).to_be_visible()
    biography = desk.get_by_role("region", name="Biography").get_by_role("textbox")
    biography.click()
    biography.press_sequentially("Trained in Cardiff.")
    # The editor hands its text to the form a moment after the last key; what is sent before that lacks it.
    expect(desk.locator("[name=biography]")).to_have_value(re.compile("Trained in Cardiff"))
    keep_picture(desk, "edit-2-page")
    desk.get_by_role("button", name="Toggle preview").click()
    preview = desk.frame_locator("iframe[title=Preview]").last
    expect(preview.get_by_text("Trained in Cardiff.")).to_be_visible()
    expect(preview.get_by_text("Free times are shown here once the doctor can be booked.")).to_be_visible()
    publish(desk)
    expect(desk.get_by_text("is not verified (waiting for a decision), so the page stays a draft")).to_be_visible()
    keep_picture(desk, "edit-3-held-back")
    assert not DoctorPage.objects.get().live
    hidden = page.goto("/doctors/nia-rees/")
    assert hidden
    assert hidden.status == 404

    decider = officer()
    case_claim(actor=decider, case_id=case.public_id)
    case_approve(actor=decider, case_id=case.public_id)
    page.goto("/doctors/nia-rees/")
    expect(page.get_by_text("Trained in Cardiff.")).to_be_visible()


def test_editor_writes_publishes_changes_schedules_and_moves_pages(
    desk: Page, page: Page, complaints: Complaints
) -> None:
    desk.goto(f"/admin/pages/add/home/standardpage/{HomePage.objects.get().pk}/")
    entitle(desk, "How to find us")
    desk.get_by_role("textbox", name="Introduction").fill("By the harbour.")
    publish(desk)
    expect(desk.get_by_text("How to find us").first).to_be_visible()
    page.goto("/how-to-find-us/")
    expect(page.get_by_text("By the harbour.")).to_be_visible()

    own = StandardPage.objects.get()
    desk.goto(f"/admin/pages/{own.pk}/edit/")
    desk.get_by_role("textbox", name="Introduction").fill("By the old harbour.")
    next_year = clock.now() + timedelta(days=365)
    desk.get_by_role("button", name="Toggle status").click()
    desk.get_by_role("button", name="Set schedule").click()
    desk.get_by_role("textbox", name="Go live date/time").fill(f"{next_year:%Y-%m-%d} 09:00")
    # By keyboard: the calendar that the field has opened lies over the button.
    desk.get_by_role("button", name="Save schedule").press("Enter")
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Schedule to publish").click()
    expect(desk.get_by_text("has been scheduled for publishing")).to_be_visible()
    page.reload()
    expect(page.get_by_text("By the harbour.")).to_be_visible()
    desk.goto(f"/admin/pages/{own.pk}/history/")
    expect(desk.get_by_role("row", name="scheduled for publishing at").first).to_be_visible()
    expect(desk.get_by_role("row", name="Live version")).to_have_count(1)
    keep_picture(desk, "edit-4-history")
    assert own.revisions.count() > 1

    # A section moves with what lies in it, and whoever kept the old addresses is led on.
    services = section("Services")
    under(section("Care"), StandardPage(title="Wounds"))
    desk.goto(f"/admin/pages/{section('Care').pk}/move/")
    desk.get_by_role("button", name="Actions").click()
    desk.get_by_role("button", name="Choose another page").click()
    desk.get_by_role("dialog").get_by_role("link", name="Explore").first.click()
    desk.get_by_role("dialog").get_by_role("link", name=services.title).click()
    desk.get_by_role("button", name="Confirm").click()
    desk.get_by_role("button", name="Yes, move this page").click()
    expect(desk.get_by_text("Page 'Care' moved")).to_be_visible()
    for old in ("/care/", "/care/wounds/"):
        page.goto(old)
        expect(page).to_have_url(re.compile(f"/services{old}$"))


def test_editor_comes_to_no_patient_and_no_decision(desk: Page, complaints: Complaints) -> None:
    complaints.allow("status of 40")
    doctor = free_doctor()
    appointment = book(doctor, a_patient(given_name="Leila", family_name="Haddad"), next_slot_start())
    case_in(Status.PENDING)
    desk.goto("/admin/")
    expect(desk.get_by_role("button", name="Doctors")).to_be_visible()
    for name in ("Verification", "Users", "waiting for a decision"):
        expect(desk.get_by_role("link", name=name)).to_have_count(0)
    for path in ("/admin/verification/", "/admin/users/", "/django-admin/", "/my-day/"):
        desk.goto(path)
        for heading in ("Verification", "Users", "My day"):
            expect(desk.get_by_role("heading", name=re.compile(f"^{heading}"))).to_have_count(0)
        expect(desk.get_by_text("Leila Haddad")).to_have_count(0)
    for path in (f"/appointments/{appointment.public_id}/", f"/appointments/{appointment.public_id}/cancel/"):
        answer = desk.goto(path)
        assert answer
        assert answer.status == 404


def test_no_page_of_the_admin_breaks_its_content_policy(new_context: Callable[..., BrowserContext]) -> None:
    """What breaks it is heard by `complaints`; `common.csp` says what the admin may do."""
    free_doctor(status=VerificationStatus.PENDING)
    case, doctor_page, home = VerificationCase.objects.get(), DoctorPage.objects.get(), HomePage.objects.get()
    desk = sign_in(new_context(), UserFactory.create(is_superuser=True, is_staff=True, roles=[*Role])).new_page()
    for path in (
        "/admin/",
        "/admin/pages/",
        f"/admin/pages/{doctor_page.pk}/edit/",
        f"/admin/pages/{doctor_page.pk}/history/",
        f"/admin/pages/{home.pk}/edit/",
        f"/admin/pages/add/home/standardpage/{home.pk}/",
        "/admin/images/",
        "/admin/images/add/",
        "/admin/documents/",
        "/admin/doctors/",
        "/admin/doctors/specialties/new/",
        "/admin/doctors/locations/new/",
        "/admin/users/",
        "/admin/users/new/",
        "/admin/verification/",
        f"/admin/verification/{case.public_id}/",
        "/admin/settings/home/sitesettings/",
        "/admin/settings/booking/bookingsettings/",
        "/admin/reports/site-history/",
        "/admin/reports/locked/",
        "/admin/reports/messages/",
        "/django-admin/",
    ):
        answer = desk.goto(path)
        assert answer
        assert answer.ok, f"{path}: {answer.status}"


def test_rich_text_lists_and_the_image_chooser_work_under_the_policy(desk: Page) -> None:
    page = DoctorPageFactory.create(live=False)
    desk.goto(f"/admin/pages/{page.pk}/edit/")
    biography = desk.get_by_role("region", name="Biography").get_by_role("textbox")
    biography.click()
    biography.press_sequentially("* Hearts")
    biography.press("Enter")
    biography.press("Tab")
    biography.press_sequentially("Valves")
    desk.get_by_role("button", name="Choose an image").first.click()
    expect(desk.get_by_role("dialog").get_by_role("tab", name="Search")).to_be_visible()
