"""A doctor opens a record in an emergency, the patient sees it, and somebody else says whether it was justified."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.tests.steps import user_of
from devtools.testing.browser import Complaints
from records.models import BreakGlass
from records.services import glass_break
from records.states import ReviewState
from records.tests.steps import signed, visit
from tests.journeys.scenes import OVERFLOWS, WIDTHS, a_patient, account_of, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_opened_seen_ended_and_reviewed(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    look: Callable[[Page, str], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    complaints.allow("status of 404")
    doctor, patient = free_doctor(), a_patient(given_name="Leila", family_name="Haddad")
    note = signed(visit(patient=patient), summary="Allergic to penicillin, says the patient.")
    page = sign_in(new_context(java_script_enabled=scripts), user_of(doctor)).new_page()

    page.goto("/emergency-access/")
    page.get_by_label("Reference of an appointment").fill(note.appointment.reference)
    for label, part in (("Day", "1"), ("Month", "1"), ("Year", "1990")):
        page.get_by_label(label, exact=True).fill(part)
    page.get_by_label("Why do you need it now?").fill("Unconscious at the desk, allergies unknown")
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_role("alert")).to_contain_text("No other patient has exactly this")
    look(page, "break-glass-errors")
    born = patient.birth_date
    for label, part in (("Day", str(born.day)), ("Month", str(born.month)), ("Year", str(born.year))):
        page.get_by_label(label, exact=True).fill(part)
    page.get_by_role("button", name="Open the record").click()
    banner = page.get_by_role("region", name="Emergency access")
    expect(banner).to_contain_text("The record of Leila Haddad is open to you until")
    look(page, "break-glass-open")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").click()
    expect(page.get_by_text("Allergic to penicillin")).to_be_visible()
    for path in ("/my-day/", "/doctors/"):
        page.goto(path)
        expect(banner).to_be_visible()

    own = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    own.goto("/health-record/access/")
    expect(own.get_by_role("region", name="In an emergency")).to_contain_text("can read your record now")
    look(own, "who-can-see-emergency")
    own.goto("/account/record-access/")
    expect(own.get_by_text("Opened the health record in an emergency.")).to_be_visible()

    page.get_by_role("button", name="End it now").click()
    expect(page.get_by_text("The record of Leila Haddad is closed to you again.")).to_be_visible()
    expect(banner).to_have_count(0)
    page.goto(f"/notes/{note.public_id}/")
    expect(page.get_by_text("Allergic to penicillin")).to_have_count(0)

    review(new_context, look)


def review(new_context: Callable[..., BrowserContext], look: Callable[[Page, str], None]) -> None:
    """By an administrator, in Wagtail's frame."""
    desk = sign_in(new_context(), UserFactory.create(roles=[Role.ADMINISTRATOR])).new_page()
    desk.goto("/admin/emergency-access/")
    look(desk, "glass-queue")
    desk.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    expect(desk.get_by_text("allergies unknown")).to_be_visible()
    look(desk, "glass-review")
    desk.get_by_label("Yes, it was justified").check()
    desk.get_by_label("What you found").fill("Spoke to the doctor and to the desk")
    desk.get_by_role("button", name="Save the review").click()
    expect(desk.get_by_text("Nothing waits for a review.")).to_be_visible()
    assert BreakGlass.objects.get().review == ReviewState.JUSTIFIED


def test_the_admin_says_so_on_each_of_its_pages(
    new_context: Callable[..., BrowserContext], assert_accessible: Callable[[Page], None]
) -> None:
    """Of somebody who works there; the banner's button ends it, and needs no script."""
    office, patient = (
        UserFactory.create(roles=[Role.ADMINISTRATOR]),
        a_patient(given_name="Leila", family_name="Haddad"),
    )
    email, born = account_of(patient).email, patient.birth_date
    glass_break(actor=office, who=email, birth_date=born, reason="Unconscious at the desk")
    page = sign_in(new_context(), office).new_page()
    banner = page.get_by_role("region", name="Emergency access", exact=True)
    for path, name in (("/admin/", "home"), ("/admin/emergency-access/", "ours"), ("/admin/pages/", "wagtails")):
        page.goto(path, wait_until="load")
        expect(banner).to_contain_text("The record of Leila Haddad is open to you until")
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
            assert page.evaluate(OVERFLOWS) == []
        keep_picture(page, f"page-admin-emergency-{name}")
    plain = sign_in(new_context(java_script_enabled=False), office).new_page()
    plain.goto("/admin/")
    plain.get_by_role("button", name="End it now").click()
    expect(plain.get_by_text("The record of Leila Haddad is closed to you again.")).to_be_visible()
    page.goto("/admin/", wait_until="load")
    expect(banner).to_have_count(0)
