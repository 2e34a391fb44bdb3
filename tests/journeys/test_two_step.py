"""People set up a second step, sign in by it in each way that there is, and see where they are signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import AccountSession, User
from accounts.roles import Role
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.security.people import code_now, recovery_codes, with_app
from accounts.tests.security.people import sign_in as sign_in_elsewhere
from common import clock
from tests.journeys.scenes import NARROWEST, OVERFLOWS, WIDTHS, a_patient, account_of, free_doctor, keep_picture

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]


@pytest.fixture
def assert_sound(assert_accessible: Check) -> Callable[..., None]:
    """`assert_sound(page, name)`: accessible on a phone and on a desk, and whole at 320 px."""

    def check(page: Page, name: str) -> None:
        own = page.viewport_size
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
        page.set_viewport_size({"width": NARROWEST, "height": 640})
        assert page.evaluate(OVERFLOWS) == [], name
        keep_picture(page, f"two-step-{name}")
        if own:
            page.set_viewport_size(own)

    return check


def enter(page: Page, user: User, target: str = "/account/security/") -> None:
    """Through the first step of the sign-in page."""
    page.goto(f"/account/login/?next={target}")
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def leave(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url("**/")


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()


def expect_security(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign-in and security")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_app_is_set_up_and_its_codes_and_recovery_codes_let_in(
    new_context: Callable[..., BrowserContext],
    assert_sound: Callable[..., None],
    scripts: bool,  # noqa: FBT001
) -> None:
    user = account_of(a_patient())
    page = new_context(java_script_enabled=scripts).new_page()
    check = assert_sound if scripts else lambda *_: None
    enter(page, user)
    check(page, "1-security-without")
    page.get_by_role("link", name="Set up authenticator app").click()
    check(page, "2-set-up")
    page.get_by_label("Code that the app shows").fill("12")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    key = page.locator("[data-totp-key]").inner_text()
    page.get_by_label("Code that the app shows").fill(code_now(key))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("[data-recovery-codes] li")).to_have_count(10)
    spare = page.locator("[data-recovery-codes] li").first.inner_text()
    check(page, "3-recovery-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 left")).to_be_visible()

    leave(page)
    enter(page, user)
    check(page, "4-second-step")
    type_code(page, "000000")
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    type_code(page, code_now(key, steps=1))
    expect_security(page)

    leave(page)
    enter(page, user)
    type_code(page, spare)
    expect_security(page)
    expect(page.get_by_text("9 left")).to_be_visible()
    check(page, "5-security-with-app")


@pytest.fixture
def by_name(site_url: str, settings: Any) -> str:
    """The site at a name, where browsers offer passkeys; the live server is open at both."""
    named = re.sub(r"//[\d.]+:", "//localhost:", site_url)
    settings.CSRF_TRUSTED_ORIGINS = [named]
    return named


def virtual_authenticator(page: Page) -> None:
    """A device with a resident key and a finger that is always there, in Chromium's own test tool."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_lets_in_without_a_password_and_as_the_second_step(
    by_name: str, new_context: Callable[..., BrowserContext], assert_sound: Callable[..., None]
) -> None:
    user = account_of(a_patient())
    page = new_context(base_url=by_name).new_page()
    virtual_authenticator(page)
    enter(page, user)
    page.get_by_role("link", name="Add a passkey").click()
    assert_sound(page, "6-add-passkey")
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("link", name="Rename My phone")).to_be_visible()
    assert_sound(page, "7-security-with-passkey")

    leave(page)
    page.goto("/account/login/?next=/account/security/")
    assert_sound(page, "8-sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_security(page)

    leave(page)
    enter(page, user)
    page.get_by_role("button", name="Use a passkey instead").click()
    expect_security(page)

    page.get_by_role("link", name="Rename My phone").click()
    page.get_by_label("Name").fill("My new phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove My new phone").click()
    assert_sound(page, "9-remove-passkey")
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("My new phone")).to_have_count(0)
    assert not User.objects.get(pk=user.pk).has_two_step


def test_a_browser_without_a_passkey_says_so_beside_the_button(
    by_name: str, new_context: Callable[..., BrowserContext], assert_accessible: Check
) -> None:
    page = new_context(base_url=by_name).new_page()
    virtual_authenticator(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Your browser did not use a passkey")).to_be_visible()
    assert_accessible(page)


def test_another_session_is_listed_and_signed_out(
    new_context: Callable[..., BrowserContext], assert_sound: Callable[..., None]
) -> None:
    user = account_of(a_patient())
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"
    other = Client(headers={"User-Agent": agent})
    sign_in_elsewhere(other, user)
    sign_in_elsewhere(Client(headers={"User-Agent": agent}), user, "not the password")
    page = new_context().new_page()
    enter(page, user)
    assert_sound(page, "10-sessions")
    page.get_by_role("button", name="Sign out Safari on iPhone").click()
    expect(page.get_by_text("That device is signed out")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out Safari on iPhone")).to_be_hidden()
    assert other.get("/account/security/").status_code == 302
    assert AccountSession.objects.filter(user=user).count() == 1


def test_a_doctor_of_whom_it_is_demanded_sets_it_up_and_comes_back(
    new_context: Callable[..., BrowserContext], assert_sound: Callable[..., None], settings: Any
) -> None:
    settings.TWO_STEP_REQUIRED = True
    doctor = free_doctor()
    assert doctor.user
    page = new_context().new_page()
    enter(page, doctor.user, "/my-day/")
    expect(page.get_by_role("heading", name="Set up two-step sign-in first")).to_be_visible()
    assert_sound(page, "11-demanded")
    page.goto("/availability/")
    expect(page.get_by_role("heading", name="Set up two-step sign-in first")).to_be_visible()
    page.goto("/my-day/")
    page.get_by_role("link", name="Use an authenticator app").click()
    key = page.locator("[data-totp-key]").inner_text()
    page.get_by_label("Code that the app shows").fill(code_now(key))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/my-day/")


def test_before_a_sensitive_act_we_ask_again(
    new_context: Callable[..., BrowserContext], assert_sound: Callable[..., None]
) -> None:
    user = with_app(UserFactory.create(roles=[Role.PATIENT]))
    page = new_context().new_page()
    enter(page, user)
    type_code(page, recovery_codes(user)[0])
    expect_security(page)
    AccountSession.objects.update(started_at=clock.now() - timedelta(minutes=6))
    page.get_by_role("link", name="Show recovery codes").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    assert_sound(page, "12-confirm")
    page.get_by_role("link", name="Use a code").click()
    assert_sound(page, "13-confirm-by-code")
    page.get_by_label("Code").fill(code_now())
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-recovery-codes] li")).to_have_count(9)


def test_who_was_idle_reads_why_they_are_signed_out(
    new_context: Callable[..., BrowserContext], assert_sound: Callable[..., None]
) -> None:
    user = account_of(a_patient())
    page = new_context().new_page()
    enter(page, user)
    AccountSession.objects.update(last_used_at=clock.now() - timedelta(minutes=31))
    page.goto("/account/email/")
    expect(page.get_by_text("You were signed out because nothing happened for 30 minutes")).to_be_visible()
    assert_sound(page, "14-signed-out")
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Your email address")).to_be_visible()
