"""What follows a payment: a complaint and its answer, a dispute and its evidence, another kind of visit, the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from billing.models import Dispute, Payment, Refund
from billing.states import RefundStatus
from billing.tests.factories import ComplaintFactory, DisputeFactory, PaymentFactory, ReceiptFactory, RefundFactory
from billing.tests.services.test_change import kind
from billing.tests.steps import begin, hold, work
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import at_the_desk_of
from common import clock
from devtools.testing.browser import Complaints
from integrations.stripe.simulator.engine import Simulator
from tests.journeys.scenes import CUT_OFF, NARROWEST, OVERFLOWS, WIDTHS, account_of, keep_picture, sign_in
from tests.journeys.test_pay_for_a_visit import work_until, work_until_paid

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]
Contexts = Callable[..., "BrowserContext"]
WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])


@pytest.fixture
def paid(site_url: str, stripe_tells: Simulator) -> Payment:
    """£45, taken online for a visit tomorrow."""
    payment = begin(hold())
    stripe_tells.pay(payment.session_id or "")
    return payment


def an_officer() -> User:
    user: User = UserFactory.create(roles=[Role.BILLING_OFFICER])
    return user


def opened(new_context: Contexts, user: User, *, scripts: bool = True) -> Page:
    return sign_in(new_context(java_script_enabled=scripts), user).new_page()


@WITH_AND_WITHOUT
def test_a_complaint_is_told_decided_and_answered(
    new_context: Contexts,
    paid: Payment,
    complaints: Complaints,
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    complaints.allow("status of 409")
    page = opened(new_context, account_of(paid.appointment.patient), scripts=scripts)
    work_until_paid(page)
    page.goto(f"/appointments/{paid.appointment.public_id}/paid/")
    page.get_by_role("link", name="Something is wrong with this payment").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("main").get_by_text("Choose what is wrong.").first).to_be_visible()
    page.get_by_label("The visit was much later or shorter than booked").check()
    page.get_by_label("Tell us more").fill("Ten minutes instead of thirty.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("A person looks at it and writes to you.")).to_be_visible()

    office = opened(new_context, an_officer(), scripts=scripts)
    office.goto("/admin/billing/")
    office.get_by_role("region", name="Complaints").get_by_role("link").click()
    expect(office.get_by_text("Ten minutes instead of thirty.")).to_be_visible()
    office.get_by_label("The patient is right", exact=True).check()
    office.get_by_label("How much, in pounds").fill("4500")
    office.get_by_label("Your answer").fill("We are sorry. Half of it goes back.")
    office.get_by_role("button", name="Decide").click()
    expect(office.get_by_text("Only £45 of this payment can still be given back.").first).to_be_visible()
    if scripts:
        assert_accessible(office)
    keep_picture(office, f"complaint-refused-{scripts}")
    office.get_by_label("How much, in pounds").fill("22.50")
    office.get_by_role("button", name="Decide").click()
    expect(office.get_by_text("The complaint is decided, and the patient is told.")).to_be_visible()
    work()
    page.reload()
    expect(page.get_by_text("We are sorry. Half of it goes back.")).to_be_visible()
    assert Refund.objects.get().amount_minor == 2250


@WITH_AND_WITHOUT
def test_evidence_goes_to_the_bank_while_refunds_wait(
    new_context: Contexts,
    paid: Payment,
    stripe_tells: Simulator,
    complaints: Complaints,
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    office = opened(new_context, an_officer(), scripts=scripts)
    work_until_paid(office)
    paid.refresh_from_db()
    dispute = stripe_tells.open_dispute(paid.charge_id, amount=1500)
    work_until(office, Dispute.objects.all())
    office.goto("/admin/billing/")
    office.get_by_role("region", name="Disputes").get_by_role("link").click()
    office.get_by_label("Amount in pounds").fill("5")
    office.get_by_label("Why").fill("The visit began late.")
    office.get_by_role("button", name="Give back").click()
    expect(office.get_by_text("Waits for the dispute’s end")).to_be_visible()
    # Wagtail fades its messages in.
    expect(office.locator(".messages > ul")).to_have_css("opacity", "1")
    if scripts:
        assert_accessible(office)
    keep_picture(office, f"dispute-{scripts}")
    expect(office.get_by_label("What was booked")).to_have_value(
        re.compile(f"An appointment at {paid.appointment.location.name} on ")
    )
    office.get_by_label("What else the bank should know").fill("The appointment was kept.")
    office.get_by_role("button", name="Send this to the bank").click()
    expect(office.get_by_text("it can be sent only once").first).to_be_visible()
    office.get_by_label("I have read all of this").check()
    office.get_by_role("button", name="Send this to the bank").click()
    expect(office.get_by_text("The evidence is sent to the bank.")).to_be_visible()
    assert Refund.objects.get().status == RefundStatus.PENDING
    assert stripe_tells.all("dispute")[0]["evidence"]["uncategorized_text"] == "The appointment was kept."
    # The bank keeps a part all the same, so the card takes nothing of the rest.
    stripe_tells.close_dispute(dispute["id"], won=False)
    work_until(office, Refund.objects.filter(by_hand=True))
    office.reload()
    keep_picture(office, f"by-hand-{scripts}")
    office.get_by_label("Bank’s reference").fill("FP 20261129")
    office.get_by_role("button", name="Given back").click()
    expect(office.get_by_text("By bank transfer, FP 20261129")).to_be_visible()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED


@WITH_AND_WITHOUT
def test_a_visit_becomes_a_dearer_one_and_the_difference_is_paid(
    new_context: Contexts,
    paid: Payment,
    stripe_tells: Simulator,
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    kind(paid.appointment, 6000, name="Long consultation")
    page = opened(new_context, account_of(paid.appointment.patient), scripts=scripts)
    work_until_paid(page)
    page.goto(f"/appointments/{paid.appointment.public_id}/")
    page.get_by_role("link", name="Change the kind of visit").click()
    page.get_by_role("link", name="Long consultation").click()
    expect(page.get_by_text("£60 instead of £45")).to_be_visible()
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="Change it, then pay £15").click()
    expect(page.get_by_role("button", name="Pay £15 by card")).to_be_visible()
    page.goto(f"/appointments/{paid.appointment.public_id}/")
    if not scripts:
        page.get_by_role("link", name="Payment and receipts").click()
        page.get_by_role("link", name="Pay now").click()
    page.get_by_role("button", name="Pay £15 by card").click()
    page.get_by_role("button", name="Pay £15.00").click()
    expect(page.get_by_text("you do not need to pay again")).to_be_visible()
    for _ in range(100):
        work()
        if not Payment.objects.exclude(status="succeeded").exists():
            break
        page.wait_for_timeout(50)
    page.goto(f"/appointments/{paid.appointment.public_id}/paid/")
    expect(page.get_by_text("We have received your payment of £15")).to_be_visible()
    assert stripe_tells.balance() == 6000


@WITH_AND_WITHOUT
def test_the_desk_takes_back_what_it_wrote_down_by_mistake(
    new_context: Contexts,
    site_url: str,
    complaints: Complaints,
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    appointment = AppointmentFactory.create(price_minor=4500)
    page = opened(new_context, at_the_desk_of(appointment.location), scripts=scripts)
    page.goto(f"/appointments/{appointment.public_id}/take-payment/")
    page.get_by_label("Cash").check()
    page.get_by_role("button", name="Record it").click()
    page.goto(f"/appointments/{appointment.public_id}/take-payment/")
    keep_picture(page, f"desk-paid-{scripts}")
    page.get_by_role("link", name="This was a mistake").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("main").get_by_text("Say what was wrong.").first).to_be_visible()
    if scripts:
        assert_accessible(page)
    keep_picture(page, f"desk-mistake-{scripts}")
    page.get_by_label("What was wrong?").fill("Paid by card")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("£45 of £45 is left to pay")).to_be_visible()
    expect(page.get_by_text("taken back as a mistake")).to_be_visible()
    keep_picture(page, f"desk-taken-back-{scripts}")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("£45 is written down as paid.")).to_be_visible()
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["entered-in-error", "succeeded"]


@WITH_AND_WITHOUT
def test_a_card_number_is_refused_with_the_reason_beside_it_and_not_written_back(
    new_context: Contexts,
    site_url: str,
    complaints: Complaints,
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    payment = PaymentFactory.create(paid=True)
    RefundFactory.create(payment=payment, by_hand=True)
    page = opened(new_context, an_officer(), scripts=scripts)
    page.goto(f"/admin/billing/payments/{payment.public_id}/")
    field, given = page.get_by_label("Bank’s reference"), page.get_by_role("button", name="Given back")
    field.fill("4242 4242 4242 4242")
    given.click()
    expect(field).to_have_value("")
    expect(field).to_have_accessible_description(re.compile("looks like a card number"))
    if scripts:
        assert_whole(page, assert_accessible, is_admin=True)
        keep_picture(page, "refused-reference")
    page.get_by_role("link", name="looks like a card number").click()
    expect(field).to_be_focused()
    field.fill("FP 20261129")
    given.click()
    expect(page.get_by_text("By bank transfer, FP 20261129")).to_be_visible()


def test_coming_back_without_paying_says_so(new_context: Contexts, site_url: str, stripe_tells: Simulator) -> None:
    appointment = hold()
    page = opened(new_context, account_of(appointment.patient), scripts=False)
    page.goto(f"/appointments/{appointment.public_id}/pay/")
    page.get_by_role("button", name="Pay £45 by card").click()
    page.goto(f"/appointments/{appointment.public_id}/paid/")
    expect(page.get_by_text("You do not need to pay again.")).to_be_visible()
    Payment.objects.update(checked_at=clock.now())
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("This is not paid yet")).to_be_visible()
    page.get_by_role("link", name="Pay now").click()
    expect(page.get_by_role("button", name="Pay £45 by card")).to_be_visible()


def test_every_page_of_money_is_accessible_and_whole(
    new_context: Contexts, site_url: str, assert_accessible: Check
) -> None:
    payment = PaymentFactory.create(paid=True)
    appointment = payment.appointment
    ReceiptFactory.create(payment=payment)
    DisputeFactory.create(payment=payment)
    RefundFactory.create(payment=payment)
    RefundFactory.create(payment=payment, status=RefundStatus.FAILED, failure="lost_or_stolen_card")
    back = RefundFactory.create(
        payment=PaymentFactory.create(desk=True, appointment=AppointmentFactory.create(cancelled=True))
    )
    owed = back.payment.appointment
    PaymentFactory.create(desk=True, appointment=appointment, amount_minor=1000)
    kind(appointment, 2000)
    complaint = ComplaintFactory.create(appointment=appointment)
    own, unpaid = account_of(appointment.patient), AppointmentFactory.create(price_minor=4500)
    here = f"/appointments/{appointment.public_id}"
    for user, is_admin, paths in (
        (own, False, [f"{here}/paid/", f"{here}/payment-problem/", f"{here}/change-visit/", "/payments/"]),
        (at_the_desk_of(unpaid.location), False, [f"/appointments/{unpaid.public_id}/take-payment/"]),
        (
            at_the_desk_of(owed.location),
            False,
            [
                f"/appointments/{owed.public_id}/take-payment/",
                f"/appointments/{owed.public_id}/take-payment/{back.payment.public_id}/mistake/",
            ],
        ),
        (
            an_officer(),
            True,
            [
                "/admin/",
                "/admin/billing/",
                "/admin/payments/",
                "/admin/billing/comparisons/",
                f"/admin/billing/payments/{payment.public_id}/",
                f"/admin/billing/payments/{back.payment.public_id}/",
                f"/admin/billing/complaints/{complaint.public_id}/",
            ],
        ),
    ):
        page = opened(new_context, user)
        for path in paths:
            page.goto(path, wait_until="load")
            assert_whole(page, assert_accessible, is_admin=is_admin)
        page.context.close()


def assert_whole(page: Page, assert_accessible: Check, *, is_admin: bool) -> None:
    for width, height in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
    assert page.evaluate(CUT_OFF) == [] or not is_admin, page.url
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate(OVERFLOWS) == [], page.url
