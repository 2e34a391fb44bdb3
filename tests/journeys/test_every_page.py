"""Every page of ours as each person meets it: valid, accessible on a phone and on a desk, and whole at 320 px."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.services import appointment_cancel, appointment_share
from booking.tests.factories import next_slot_start
from common import clock
from devtools.pages import APPLICANT, AT_THE_DOOR, DOCTOR, PATIENT, VISITOR, filled
from devtools.testing.browser import Complaints
from doctors.models import Doctor, PageProposal
from doctors.services import proposal_send
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorFactory
from home.blocks import LANDING_BLOCKS
from home.models import HomePage, LandingPage, StandardPage
from notifications.services import messages_deliver
from notifications.tests.factories import MessageFactory
from tests.journeys.scenes import (
    NARROWEST,
    OVERFLOWS,
    WIDTHS,
    a_patient,
    account_of,
    book,
    free_doctor,
    keep_picture,
    opened,
    sign_in,
)
from verification.models import VerificationCase
from verification.services import case_claim
from verification.tests.factories import officer
from verification.tests.own.scenes import applicant

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from booking.models import Appointment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("valid_html")]


def a_proposal() -> PageProposal:
    """What a doctor would like their page to say, which waits for a moderator."""
    doctor = free_doctor()
    assert doctor.user
    content = {"biography": "<p>As she would like it.</p>"}
    return proposal_send(actor=doctor.user, doctor_id=doctor.public_id, content=content, seen=0, now=clock.now())


# What needs no file of the library; the gallery of the kit shows the others.
LANDING = {"call_out", "steps", "questions", "cards", "map", "find_a_doctor", "doctor_cards", "opening_hours", "prices"}

LETTERS = "(size) => { document.documentElement.style.fontSize = size; }"

# What is printed is dark on white, also for whoever reads light on dark: `--color-ink` of static/css/tokens.css.
INK = "rgb(19, 32, 44)"

Check = Callable[["Page"], None]


@pytest.fixture
def assert_sound(assert_accessible: Check) -> Callable[..., None]:
    """`assert_sound(page, name)`: the page as it stands now, at all three widths; `name` is its picture's.

    At the least of them it is whole with letters of twice the size as well.
    """

    def check(page: Page, name: str) -> None:
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
        page.set_viewport_size({"width": NARROWEST, "height": 640})
        assert page.evaluate(OVERFLOWS) == [], name
        keep_picture(page, f"page-{name}")
        page.evaluate(LETTERS, "200%")
        assert page.evaluate(OVERFLOWS) == [], f"{name}, with letters of twice the size"
        page.evaluate(LETTERS, "")

    return check


@pytest.fixture
def assert_frame_accessible(assert_accessible: Check) -> Check:
    """`assert_frame_accessible(page)`: a page in Wagtail's frame as it stands now, on a desk and on a phone."""

    def check(page: Page) -> None:
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
        width, height = WIDTHS["desktop"]
        page.set_viewport_size({"width": width, "height": height})

    return check


@dataclass(frozen=True)
class Scene:
    doctor: Doctor
    patient: User
    booked: Appointment
    requested: Appointment


@pytest.fixture
def scene(site_url: str) -> Scene:
    """A doctor who answers requests: one of them is booked by now, one waits, and one visit is cancelled."""
    doctor = free_doctor(needs_approval=True, price_minor=4500)
    patient = a_patient(given_name="Leila", family_name="Haddad")
    own = account_of(patient)
    start = next_slot_start()
    doctor.visit_types.update(needs_approval=False)
    booked = book(doctor, patient, start, reason="Dizzy spells")
    gone = book(doctor, patient, start + timedelta(hours=1))
    appointment_cancel(actor=own, appointment_id=gone.public_id)
    doctor.visit_types.update(needs_approval=True)
    requested = book(doctor, patient, start + timedelta(hours=2))
    UserFactory.create(email="carer@example.org")
    appointment_share(actor=own, appointment_id=booked.public_id, email="carer@example.org")
    return Scene(doctor, own, booked, requested)


def test_public_pages(page: Page, scene: Scene, assert_sound: Callable[..., None]) -> None:
    page_of_ours = StandardPage(title="About us", slug="about-us", introduction="Who we are.")
    HomePage.objects.get().add_child(instance=page_of_ours)
    of_blocks = [(name, block.get_preview_value()) for name, block in LANDING_BLOCKS if name in LANDING]
    HomePage.objects.get().add_child(instance=LandingPage(title="First visit", slug="first-visit", body=of_blocks))
    for name, path in filled(VISITOR.pages, doctor=scene.doctor.slug).items():
        page.goto(path, wait_until="networkidle")
        assert_sound(page, name)
    page.goto("/doctors/")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("banner").get_by_text("MedConsult")).to_be_visible()
    expect(page.get_by_role("heading", name="Dr Nia Rees")).to_have_css("color", INK)
    for of_the_glass in (
        page.get_by_role("search"),
        page.get_by_role("navigation").first,
        page.get_by_text("Next times"),
    ):
        expect(of_the_glass).to_be_hidden()


def test_sign_in_pages(page: Page, scene: Scene, complaints: Complaints, assert_sound: Callable[..., None]) -> None:
    for name, path in filled(AT_THE_DOOR.pages, doctor=scene.doctor.slug).items():
        page.goto(path)
        assert_sound(page, name)
        if name in AT_THE_DOOR.refused:
            page.get_by_role("main").get_by_role("button").first.click()
            expect(page.get_by_role("alert")).to_be_focused()
            assert_sound(page, f"{name}-errors")


def test_error_pages(page: Page, complaints: Complaints, assert_sound: Callable[..., None], settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.journeys.failing_urls"
    complaints.allow("status of 4")
    complaints.allow("status of 500")
    too_many = "&".join(["q=x"] * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    for status, path in {
        400: f"/doctors/?{too_many}",
        404: "/no-such-page/",
        429: "/too-often/",
        500: "/breaks/",
    }.items():
        answer = page.goto(path)
        assert answer
        assert answer.status == status
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_sound(page, str(status))
    patient = sign_in(page.context, account_of(a_patient())).new_page()
    patient.goto("/my-day/")
    expect(patient.get_by_text("This is for doctors")).to_be_visible()
    assert_sound(patient, "403")


def test_the_development_mail_page(
    page: Page, assert_sound: Callable[..., None], settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "integrations.mail.development.FileMailbox"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    page.goto("/dev/mail/")
    assert_sound(page, "mail-none")
    MessageFactory.create()
    messages_deliver()
    page.goto("/dev/mail/")
    assert_sound(page, "mail-list")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("We look forward to seeing you")).to_be_visible()
    assert_sound(page, "mail")


def test_patients_pages(
    new_context: Callable[..., BrowserContext], scene: Scene, assert_sound: Callable[..., None]
) -> None:
    page = sign_in(new_context(), scene.patient).new_page()
    places = {"booked": scene.booked.public_id, "requested": scene.requested.public_id}
    for name, path in filled(PATIENT.pages, **places).items():
        page.goto(path)
        assert_sound(page, name)
    page.goto("/calendar/")
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_text("This is the address")).to_be_visible()
    assert_sound(page, "own-calendar-made")
    page.goto(f"/book/{scene.doctor.slug}/times/")
    page.get_by_role("main").get_by_role("link", name="3:00pm").first.click()
    assert_sound(page, "confirm-request")


def test_pages_without_anything_in_them(
    new_context: Callable[..., BrowserContext], assert_sound: Callable[..., None], site_url: str
) -> None:
    doctor = free_doctor(weekdays=[])
    newcomer = sign_in(new_context(), UserFactory.create(first_name="")).new_page()
    for name, path in {
        "empty-home": "/home/",
        "empty-appointments": "/appointments/",
        "empty-profile": "/account/profile/",
        "empty-times": f"/book/{doctor.slug}/times/",
    }.items():
        newcomer.goto(path)
        assert_sound(newcomer, name)
    assert doctor.user
    desk = sign_in(new_context(), doctor.user).new_page()
    for name, path in {
        "empty-doctors-home": "/home/",
        "empty-day": "/my-day/",
        "empty-availability": "/availability/",
    }.items():
        desk.goto(path)
        assert_sound(desk, name)


def test_doctors_pages(
    new_context: Callable[..., BrowserContext],
    scene: Scene,
    complaints: Complaints,
    assert_sound: Callable[..., None],
) -> None:
    complaints.allow("status of 422")
    assert scene.doctor.user
    page = sign_in(new_context(), scene.doctor.user).new_page()
    places = {
        "booked": scene.booked.public_id,
        "requested": scene.requested.public_id,
        "day": f"{scene.booked.start:%Y-%m-%d}",
        "patient": scene.booked.patient.public_id,
        "rule": scene.doctor.availability_rules.all()[0].public_id,
    }
    for name, path in filled(DOCTOR.pages, **places).items():
        page.goto(path)
        assert_sound(page, name)
    opened(page, "Add time off").get_by_role("button", name="Add time off").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Enter a day.")
    assert_sound(page, "availability-errors")


def test_pages_of_a_doctor_who_joins(
    new_context: Callable[..., BrowserContext], complaints: Complaints, assert_sound: Callable[..., None], site_url: str
) -> None:
    complaints.allow("status of 422")
    page = new_context().new_page()
    page.goto("/join/")
    assert_sound(page, "join")
    newcomer = sign_in(page.context, UserFactory.create()).new_page()
    newcomer.goto("/verification/start/")
    assert_sound(newcomer, "verification-start")
    newcomer.get_by_role("button", name="Save and continue").click()
    assert_sound(newcomer, "verification-start-errors")


def test_pages_of_a_verification(
    new_context: Callable[..., BrowserContext], complaints: Complaints, assert_sound: Callable[..., None], site_url: str
) -> None:
    complaints.allow("status of 422")
    own = sign_in(new_context(), applicant()).new_page()
    for name, path in APPLICANT.pages.items():
        own.goto(path)
        assert_sound(own, name)
    own.goto("/verification/indemnity/")
    own.get_by_role("button", name="Save").click()
    expect(own.get_by_role("alert", name="There is a problem")).to_be_focused()
    assert_sound(own, "verification-errors")


def test_officers_pages(new_context: Callable[..., BrowserContext], assert_frame_accessible: Check) -> None:
    """In Wagtail's frame."""
    doctor, desk = free_doctor(status=VerificationStatus.PENDING, checked=True), officer()
    case = VerificationCase.objects.get(doctor=doctor)
    case_claim(actor=desk, case_id=case.public_id)
    page = sign_in(new_context(), desk).new_page()
    for path in ("/admin/", "/admin/verification/", f"/admin/verification/{case.public_id}/"):
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert_frame_accessible(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved. The doctor’s page is public")).to_be_visible()
    assert_frame_accessible(page)


def test_editors_pages(new_context: Callable[..., BrowserContext], assert_frame_accessible: Check) -> None:
    DoctorFactory.create()
    moderator = sign_in(new_context(), UserFactory.create(roles=[Role.CONTENT_MODERATOR])).new_page()
    for path in (
        "/admin/",
        "/admin/proposals/",
        f"/admin/proposals/{a_proposal().public_id}/",
        "/admin/content/checks/",
        "/admin/help/groups/",
    ):
        moderator.goto(path)
        assert_frame_accessible(moderator)
    page = sign_in(new_context(), UserFactory.create(roles=[Role.CONTENT_EDITOR])).new_page()
    page.goto("/admin/doctors/")
    assert_frame_accessible(page)
    page.get_by_role("link", name="Create profile page").click()
    expect(page.get_by_role("button", name="Create profile page")).to_be_visible()
    assert_frame_accessible(page)
