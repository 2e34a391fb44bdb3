"""What a page says when the connection is lost: what was typed is kept, and a form is not sent into nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from devtools.testing.browser import Complaints

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)

OFFLINE = "You are offline."


def test_what_was_typed_is_kept_until_the_connection_is_back(page: Page, complaints: Complaints, site_url: str) -> None:
    complaints.allow("ERR_INTERNET_DISCONNECTED")
    complaints.allow("htmx:")
    complaints.allow("status of 422")
    page.goto("/account/password/reset/")
    email = page.get_by_role("main").get_by_label("Email address")
    email.fill("not an address")
    said = page.get_by_role("status").filter(has_text=OFFLINE)

    page.context.set_offline(True)
    expect(said).to_be_visible()
    # A part of the page that asks by itself meets the same, and adds no word.
    page.evaluate("() => htmx.ajax('GET', '/').catch(() => {})")
    expect(page.locator("#toasts").get_by_role("button", name="Dismiss")).to_have_count(1)
    page.get_by_role("button", name="Dismiss").click()
    expect(said).to_have_count(0)
    page.get_by_role("button", name="Send me a code").click()
    expect(said).to_be_visible()
    expect(email).to_have_value("not an address")

    page.context.set_offline(False)
    expect(said).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text("You are back online.")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(email).to_have_value("not an address")


def test_a_browser_that_is_wrong_about_it_is_not_believed(page: Page, site_url: str) -> None:
    """Where MedConsult runs on the machine itself, as in the demo, it is reached without a network."""
    page.goto("/account/password/reset/")
    page.evaluate("() => Object.defineProperty(navigator, 'onLine', { get: () => false })")
    with page.expect_request(lambda request: request.method == "HEAD"):
        page.evaluate("() => window.dispatchEvent(new Event('offline'))")

    page.get_by_role("main").get_by_label("Email address").fill("nobody@example.org")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    # Pressed twice before the first has found out.
    page.get_by_role("button", name="Send me a code").evaluate("button => { button.click(); button.click(); }")

    page.wait_for_url("**/account/password/reset/**")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Forgotten your password?")
    assert len(sent) == 1
