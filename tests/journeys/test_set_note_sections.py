"""An administrator says which sections the notes of a specialty have, and a doctor writes under them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.tests.steps import user_of
from devtools.testing.browser import Complaints
from records.tests.steps import draft, visit
from tests.journeys.scenes import OVERFLOWS, WIDTHS, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[["Page"], None]


def assert_sound(page: Page, name: str, assert_accessible: Check) -> None:
    for width, height in (WIDTHS["desktop"], WIDTHS["phone"]):
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
        assert page.evaluate(OVERFLOWS) == [], name
    keep_picture(page, f"page-{name}")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_set_refused_corrected_and_written_under(
    site_url: str,
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    assert_accessible: Check,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    doctor = free_doctor()
    specialty = doctor.specialties.all()[0]
    note = draft(visit(doctor), history="An old burn")
    desk = sign_in(new_context(java_script_enabled=scripts), UserFactory.create(roles=[Role.ADMINISTRATOR])).new_page()
    desk.goto("/admin/note-sections/", wait_until="load")
    if scripts:
        assert_sound(desk, "note-sections", assert_accessible)
    desk.get_by_role("main").get_by_role("link", name=specialty.name).click()
    desk.get_by_role("group", name="History").get_by_label("Notes have this section").uncheck()
    new = desk.get_by_role("group", name="Another section").first
    new.get_by_label("What doctors read above it").fill("Plan")
    new.get_by_label("Hint for the doctor").fill("Where, how many, how large")
    new.get_by_label("Place in the note").fill("2")
    desk.get_by_role("button", name="Save the sections").click()
    expect(desk.get_by_text("Another section is called that already.").first).to_be_visible()
    if scripts:
        assert_sound(desk, "note-sections-refused", assert_accessible)
    named = desk.locator("input[name='form-6-label']")
    expect(named).to_have_value("Plan")
    named.fill("Skin")
    desk.get_by_role("button", name="Save the sections").click()
    expect(desk.get_by_text(f"New notes in {specialty.name} have these sections.")).to_be_visible()
    if scripts:
        expect(desk.locator(".messages > ul")).to_have_css("opacity", "1")
        assert_sound(desk, "note-sections-edit", assert_accessible)

    page = sign_in(new_context(java_script_enabled=scripts), user_of(doctor)).new_page()
    page.goto(f"/notes/{note.public_id}/edit/")
    fields = page.get_by_role("main").locator("textarea")
    names = ["reason", "own_skin", "examination", "assessment", "plan", "follow_up", "history", "summary"]
    assert [field.get_attribute("name") for field in fields.all()] == names
    expect(page.get_by_text("Where, how many, how large")).to_be_visible()
    page.get_by_label("Skin").fill("Two on the arm")
    if scripts:
        assert_sound(page, "note-with-own-sections", assert_accessible)
    page.get_by_role("button", name="Save and go on to sign").click()
    expect(page.get_by_role("term").filter(has_text="Skin")).to_be_visible()
    expect(page.get_by_text("An old burn")).to_be_visible()
