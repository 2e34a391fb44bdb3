"""From the profile to a paid visit and its money back: with and without scripts, declined, changed one's mind, late."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from accounts.models import Patient
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from billing.models import Payment, Receipt
from billing.states import PaymentStatus
from billing.tests.steps import work
from booking.models import Appointment
from booking.states import Status
from booking.tests.factories import next_slot_start
from booking.tests.steps import decide
from devtools.testing.browser import Complaints
from integrations.stripe.simulator.engine import Simulator
from tests.journeys.scenes import (
    Presses,
    a_patient,
    account_of,
    free_doctor,
    keep_picture,
    next_time_link,
    sign_in,
    time_link,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from playwright.sync_api import BrowserContext, Page, Route

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]


@pytest.fixture
def patient(site_url: str, stripe_tells: Simulator) -> Patient:
    """Of a clinic that takes £45 online; Stripe tells the site of what happens."""
    decide(pay_at_clinic=False, free_cancellation_hours=1)
    free_doctor(price_minor=4500)
    return a_patient()


def as_far_as_stripe(page: Page, press: Presses, *, scripts: bool = True) -> None:
    """Signed in, from the profile to the page to pay on. Scripts put the weeks in place of the next times."""
    page.goto("/doctors/nia-rees/")
    press((time_link if scripts else next_time_link)(page, next_slot_start()))
    press(page.get_by_role("button", name="Continue to payment"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def work_until_paid(page: Page) -> None:
    """The workers go on until Stripe has told of the payment."""
    work_until(page, Payment.objects.filter(status=PaymentStatus.SUCCEEDED))


def work_until(page: Page, awaited: QuerySet[Any]) -> None:
    for _ in range(100):
        work()
        if awaited.exists():
            return
        page.wait_for_timeout(50)
    pytest.fail("Stripe has told of nothing of the kind.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_patient_pays_is_booked_cancels_and_has_it_back(
    new_context: Callable[..., BrowserContext],
    patient: Patient,
    stripe_tells: Simulator,
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    context = new_context(java_script_enabled=scripts)
    sign_in(context, account_of(patient))
    page, press = context.new_page(), Presses()
    as_far_as_stripe(page, press, scripts=scripts)
    keep_picture(page, f"pay-1-hold-{scripts}")
    if scripts:
        press(page.get_by_role("button", name="Pay £45 by card"))
    else:
        press(page.get_by_role("link", name="Pay £45"))
        page.get_by_role("button", name="Pay £45 by card").click()
    press(page.get_by_role("button", name="Pay £45.00"))
    assert press.count == 4
    expect(page.get_by_text("You do not need to pay again.")).to_be_visible()
    keep_picture(page, f"pay-2-confirming-{scripts}")
    work_until_paid(page)
    if not scripts:
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("We have received your payment of £45")).to_be_visible()
    if scripts:
        assert_accessible(page)
    keep_picture(page, f"pay-3-paid-{scripts}")
    with page.expect_download() as download:
        page.get_by_role("link", name=Receipt.objects.get().number).click()
    assert download.value.suggested_filename.startswith("R-")

    page.get_by_role("link", name="See the appointment").click()
    page.get_by_role("link", name="Cancel appointment").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    work()
    page.goto("/payments/")
    expect(page.get_by_text("has gone back to you")).to_be_visible()
    keep_picture(page, f"pay-4-refunded-{scripts}")
    assert stripe_tells.balance() == 0


def test_who_waits_in_vain_for_the_form_has_a_link_to_pay(
    new_context: Callable[..., BrowserContext], patient: Patient, complaints: Complaints
) -> None:
    # What the test breaks.
    complaints.allow("/pay/")
    complaints.allow("htmx")

    def fail_with(fail: Callable[[Route], None]) -> Callable[[Route], None]:
        return lambda route: fail(route) if "hx-request" in route.request.headers else route.continue_()

    context = new_context()
    sign_in(context, account_of(patient))
    page = context.new_page()
    as_far_as_stripe(page, Presses())
    hold = page.url
    form, link = page.get_by_role("button", name="Pay £45 by card"), page.get_by_role("link", name="Pay £45")
    expect(form).to_be_visible()
    expect(link).to_have_count(0)
    for address, lost in {
        "**/pay/": fail_with(lambda route: route.abort()),
        "**/*/pay/": fail_with(lambda route: route.fulfill(status=500)),
        "**/htmx*.js": lambda route: route.abort(),
    }.items():
        page.route(address, lost)
        page.goto(hold, wait_until="networkidle")
        expect(form).to_have_count(0)
        link.click()
        expect(page.get_by_role("heading", name="Pay for your appointment")).to_be_visible()
        expect(form).to_be_visible()
        page.unroute_all()


def test_declined_then_cancelled_then_paid(
    new_context: Callable[..., BrowserContext], patient: Patient, stripe_tells: Simulator, assert_accessible: Check
) -> None:
    context = new_context()
    sign_in(context, account_of(patient))
    page, press = context.new_page(), Presses()
    as_far_as_stripe(page, press)
    page.get_by_role("button", name="Pay £45 by card").click()
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Pay for your appointment")).to_be_visible()
    assert_accessible(page)
    keep_picture(page, "pay-5-again")
    page.get_by_role("button", name="Pay £45 by card").click()
    page.get_by_role("button", name="Pay £45.00").click()
    expect(page.get_by_text("We are confirming your payment")).to_be_visible()
    work_until_paid(page)
    expect(page.get_by_text("We have received your payment of £45")).to_be_visible()
    assert Appointment.objects.get().status == Status.BOOKED
    assert Payment.objects.count() == 1


def test_an_officer_sees_it_all_on_one_timeline(
    new_context: Callable[..., BrowserContext], patient: Patient, stripe_tells: Simulator, assert_accessible: Check
) -> None:
    context = new_context()
    sign_in(context, account_of(patient))
    page = context.new_page()
    as_far_as_stripe(page, Presses())
    page.get_by_role("button", name="Pay £45 by card").click()
    page.get_by_role("button", name="Pay £45.00").click()
    expect(page.get_by_text("We are confirming your payment")).to_be_visible()
    work_until_paid(page)
    desk = new_context()
    sign_in(desk, UserFactory.create(roles=[Role.BILLING_OFFICER]))
    office = desk.new_page()
    office.goto("/admin/billing/")
    expect(office.get_by_role("heading", level=1, name="Money")).to_be_visible()
    assert_accessible(office)
    keep_picture(office, "pay-6-desk")
    office.goto("/admin/payments/")
    office.get_by_role("table").get_by_role("link").first.click()
    expect(office.get_by_text("checkout.session.completed")).to_be_visible()
    office.get_by_label("Amount in pounds").fill("10.00")
    office.get_by_label("Why").fill("The visit began late.")
    office.get_by_role("button", name="Give back").click()
    expect(office.get_by_text("The refund is promised.")).to_be_visible()
    work()
    office.reload()
    expect(office.get_by_text("Refund of £10: refunded")).to_be_visible()
    assert_accessible(office)
    keep_picture(office, "pay-7-payment")
    assert stripe_tells.balance() == 3500
