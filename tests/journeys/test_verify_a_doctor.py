"""A verification officer decides in the Wagtail dashboard, and what the public sees follows at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from booking.models import Appointment
from booking.tests.factories import next_slot_start
from devtools.testing.browser import Complaints
from doctors.models import Doctor
from doctors.states import VerificationStatus
from notifications.tasks import deliver_messages
from tests.journeys.scenes import a_patient, account_of, free_doctor, keep_picture, sign_in, time_link
from verification.models import VerificationCase
from verification.tests.factories import officer

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)


@pytest.fixture
def visitor(new_context: Callable[..., BrowserContext], complaints: Complaints) -> Page:
    """A patient who is signed in and looks at what the public sees."""
    complaints.allow("status of 404")
    return sign_in(new_context(), account_of(a_patient())).new_page()


def open_case(desk: Page, name: str = "Dr Nia Rees") -> None:
    """From the dashboard by its counts to the case that waits."""
    desk.goto("/admin/")
    keep_picture(desk, "verify-1-dashboard")
    desk.get_by_role("link", name="1 waiting for a decision").click()
    keep_picture(desk, "verify-2-queue")
    desk.get_by_role("link", name=name).click()
    expect(desk.get_by_role("heading", name=name).first).to_be_visible()


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


@with_and_without_scripts
def test_approving_opens_page_search_and_booking_at_once_and_suspending_takes_them_back(
    new_context: Callable[..., BrowserContext],
    visitor: Page,
    scripts: bool,  # noqa: FBT001
) -> None:
    doctor = free_doctor(status=VerificationStatus.PENDING)
    assert_hidden(visitor, doctor)
    desk = sign_in(new_context(java_script_enabled=scripts), officer()).new_page()
    open_case(desk)
    keep_picture(desk, f"verify-3-case-{scripts}")
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("Approved. The doctor's page is public and can be booked.")).to_be_visible()
    keep_picture(desk, f"verify-4-approved-{scripts}")

    assert_public(visitor, doctor)
    visitor.goto(doctor.page_url)
    time_link(visitor, next_slot_start()).click()
    expect(visitor.get_by_role("heading", name="Check and confirm")).to_be_visible()

    desk.get_by_label("Main reason").select_option("A concern has been raised")
    desk.get_by_label("What you found").fill("Referred to the medical director.")
    desk.get_by_role("button", name="Suspend").click()
    expect(desk.get_by_text("Referred to the medical director.").first).to_be_visible()

    # The form that stood open all the while books nothing any more.
    with visitor.expect_response(lambda answer: answer.request.method == "POST") as refused:
        visitor.get_by_role("button", name="Confirm booking").click()
    assert refused.value.status == 404
    assert not Appointment.objects.exists()
    keep_picture(visitor, "suspended-while-booking")
    assert_hidden(visitor, doctor)


@with_and_without_scripts
def test_rejecting_needs_a_reason_which_is_recorded_and_told(
    new_context: Callable[..., BrowserContext],
    visitor: Page,
    complaints: Complaints,
    mailoutbox: list[EmailMultiAlternatives],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    doctor = free_doctor(status=VerificationStatus.PENDING)
    desk = sign_in(new_context(java_script_enabled=scripts), officer()).new_page()
    open_case(desk)
    desk.get_by_role("button", name="Reject").click()
    expect(desk.get_by_text("Say what you found: the record keeps it.")).to_be_visible()
    keep_picture(desk, f"verify-5-no-reason-{scripts}")
    desk.get_by_label("Main reason").select_option("The name differs from the register")
    desk.get_by_label("What you found").fill("Registered as Nia Reece.")
    desk.get_by_role("button", name="Reject").click()
    expect(desk.get_by_text("Rejected. The doctor is not shown to patients.")).to_be_visible()
    expect(desk.get_by_role("table")).to_contain_text("Registered as Nia Reece.")

    assert VerificationCase.objects.get().reason == "Registered as Nia Reece."
    assert_hidden(visitor, doctor)
    deliver_messages()
    [mail] = mailoutbox
    assert "The name differs from the register" in mail.body
    assert "Nia Reece" not in mail.body


def test_officer_who_comes_second_is_told_so(
    new_context: Callable[..., BrowserContext], complaints: Complaints
) -> None:
    complaints.allow("status of 409")
    free_doctor(status=VerificationStatus.PENDING)
    first, second = (sign_in(new_context(), officer()).new_page() for _ in range(2))
    for desk in (first, second):
        open_case(desk)
    first.get_by_role("button", name="Approve").click()
    expect(first.get_by_text("Approved. The doctor's page is public")).to_be_visible()
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_role("alert")).to_contain_text("Somebody else may have decided first")
