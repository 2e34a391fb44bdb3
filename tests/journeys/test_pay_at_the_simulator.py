"""The pages of Stripe's simulator: as sound as our own, since the demo's patients pass through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from integrations.stripe.gateway import gateway
from integrations.stripe.simulator.engine import Simulator
from integrations.tests.stripe.asking import new_session
from tests.journeys.scenes import NARROWEST, OVERFLOWS, WIDTHS, keep_picture

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_simulators_pages_are_plain_forms_that_lead_back(
    stripe_simulator: Simulator,
    site_url: str,
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
) -> None:
    session = new_session(
        gateway(), success_url=f"{site_url}/?paid={{CHECKOUT_SESSION_ID}}", cancel_url=f"{site_url}/?no"
    )
    page = new_context(java_script_enabled=False).new_page()
    seen = new_context().new_page()

    def assert_sound(address: str, name: str) -> None:
        """In a browser with JavaScript, which axe needs."""
        seen.goto(address)
        for width, height in WIDTHS.values():
            seen.set_viewport_size({"width": width, "height": height})
            assert_accessible(seen)
        keep_picture(seen, f"simulator-{name}")
        seen.set_viewport_size({"width": NARROWEST, "height": 640})
        assert seen.evaluate(OVERFLOWS) == [], name

    url = str(session.url)
    page.goto(url)
    page.get_by_role("button", name="Cancel").click()
    assert page.url == f"{site_url}/?no"
    page.goto(url)
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("alert")).to_contain_text("declined")
    assert_sound(url, "declined")
    page.get_by_label("Asks its bank first").check()
    page.get_by_role("button", name="Pay £45.00").click()
    assert_sound(url, "bank")
    page.get_by_role("button", name="Approve").click()
    assert page.url == f"{site_url}/?paid={session.id}"
    assert_sound(url, "paid")

    page.goto(f"{stripe_simulator.base}/")
    page.get_by_role("button", name="Dispute: ").first.click()
    expect(page.get_by_role("row", name="fraudulent")).to_contain_text("needs_response")
    expect(page.get_by_role("button", name="Dispute: ")).to_have_count(0)
    assert_sound(f"{stripe_simulator.base}/", "desk")
