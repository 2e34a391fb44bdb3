"""A patient sees what they agreed to, and takes it back by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.models import ConsentQuestion, ConsentRecord
from booking.tests.factories import next_slot_start
from booking.tests.steps import book
from tests.journeys.scenes import NARROWEST, OVERFLOWS, a_patient, account_of, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_what_was_agreed_to_is_seen_and_taken_back(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    scripts: bool,  # noqa: FBT001
) -> None:
    question = ConsentQuestion.objects.create(
        code="own-doctor", statement="The doctor may write to my own GP.", more="You can take this back at any time."
    )
    patient = a_patient(given_name="Leila", family_name="Haddad")
    book(free_doctor(), patient=patient, start=next_slot_start(), agreed=[question.agreement])
    page = sign_in(new_context(java_script_enabled=scripts), account_of(patient)).new_page()
    page.goto("/account/profile/")
    page.get_by_role("link", name="What you agreed to").click()
    take_back = page.get_by_role("button", name="Take back your agreement: The doctor may write to my own GP.")
    expect(take_back).to_be_visible()
    if scripts:
        _looks_sound(page, assert_accessible, "consents")
    take_back.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is taken back from now on.")).to_be_visible()
    expect(take_back).to_have_count(0)
    assert ConsentRecord.objects.get().status == ConsentRecord.Status.INACTIVE
    if scripts:
        _looks_sound(page, assert_accessible, "consents-taken-back")


def _looks_sound(page: Page, assert_accessible: Callable[[Page], None], name: str) -> None:
    for width, height in ((1280, 800), (390, 844), (NARROWEST, 640)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(OVERFLOWS) == [], (name, width)
        if width != NARROWEST:
            assert_accessible(page)
            keep_picture(page, f"{name}-{width}")
