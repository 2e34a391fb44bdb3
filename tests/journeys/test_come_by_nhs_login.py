"""Somebody new comes by NHS login, books with the least proof, and proves more before a record opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from accounts.models import OutsideIdentity
from booking.models import Appointment
from booking.tests.factories import next_slot_start
from devtools.testing.browser import Complaints
from integrations.nhs import login
from integrations.tests.oidc.foreign import CLIENT, Foreign, running
from tests.journeys.scenes import free_doctor, keep_picture, next_time_link

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]


def go_to_nhs_login(page: Page) -> None:
    page.get_by_role("link", name="Continue to NHS login").click()
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()


def sign_in_there(page: Page) -> None:
    go_to_nhs_login(page)
    page.get_by_placeholder("sub").fill("ines")
    page.get_by_role("button", name="Authorize").click()


def fill_in_profile(page: Page) -> None:
    page.get_by_label("First name").fill("Ines")
    page.get_by_label("Last name").fill("Moreau")
    for label, value in (("Day", "27"), ("Month", "3"), ("Year", "1986")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Phone number").fill("07700 900123")
    page.get_by_role("button", name="Save").click()


def test_somebody_new_books_is_asked_for_more_before_a_record_and_may_refuse(
    new_context: Callable[..., BrowserContext], assert_accessible: Check, complaints: Complaints, settings: Any
) -> None:
    # The provider's own page is not ours: it wants a style sheet from elsewhere.
    complaints.allow("jsdelivr.net")
    complaints.allow("ERR_NAME_NOT_RESOLVED")
    free_doctor()
    with running() as foreign:
        settings.NHS_LOGIN = login.Configuration(issuer=foreign.issuer, client_id=CLIENT, private_key=foreign.key)
        foreign.knows("ines", level="P0", email="ines@example.org")
        page = new_context().new_page()
        _book(page, assert_accessible)
        _open_the_record(page, foreign, assert_accessible)
        _refuse_to_share(new_context().new_page(), assert_accessible)
    assert foreign.refusals == []


def _book(page: Page, check: Check) -> None:
    page.goto("/doctors/")
    next_time_link(page, next_slot_start()).click()
    check(page)
    keep_picture(page, "nhs-login-1-way-in")
    sign_in_there(page)
    expect(page.get_by_role("heading", name="Create an account with your NHS login")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Create an account").click()
    fill_in_profile(page)
    page.get_by_label("What would you like to talk about?").fill("My heart races when I climb stairs.")
    page.get_by_role("button", name="Confirm booking").click()
    expect(page.get_by_text("Your appointment is booked")).to_be_visible()
    assert Appointment.objects.get().patient.user == OutsideIdentity.objects.get(level="P0").user


def _open_the_record(page: Page, foreign: Foreign, check: Check) -> None:
    page.goto("/health-record/")
    expect(page.get_by_role("heading", name="Your health record is behind NHS login")).to_be_visible()
    check(page)
    keep_picture(page, "nhs-login-2-more")
    foreign.knows("ines", level="P9")
    sign_in_there(page)
    page.wait_for_url("**/health-record/")
    expect(page.get_by_role("heading", name="Medicines now")).to_be_visible()


def _refuse_to_share(page: Page, check: Check) -> None:
    page.goto("/account/login/")
    go_to_nhs_login(page)
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", name="Choose how you want to continue")).to_be_visible()
    check(page)
    keep_picture(page, "nhs-login-3-not-shared")
    page.get_by_role("link", name="Go back and agree to share information").click()
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()
