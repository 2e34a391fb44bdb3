"""A doctor proposes what their page says, a moderator compares and approves, and patients read it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from devtools.testing.browser import Complaints
from doctors.models import Doctor
from home.models import HomePage
from tests.journeys.scenes import entitle, free_doctor, keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

Contexts = Callable[..., "BrowserContext"]


def of(doctor: Doctor, new_context: Contexts, **options: bool) -> Page:
    assert doctor.user
    return sign_in(new_context(**options), doctor.user).new_page()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_doctors_words_go_public_by_a_moderator(
    new_context: Contexts,
    page: Page,
    complaints: Complaints,
    scripts: bool,  # noqa: FBT001
) -> None:
    complaints.allow("status of 422")
    doctor = free_doctor()
    own = of(doctor, new_context, java_script_enabled=scripts)
    own.goto("/my-page/")
    interests = own.get_by_role("textbox", name="Special interests and conditions")
    own.get_by_label("About you").fill("Looks after hearts.\n\nSpeaks Welsh.")
    interests.fill("Palpitations")
    preview = own.get_by_role("region", name="Preview")
    if scripts:
        interests.press("End")
        interests.press_sequentially("!")
    else:
        own.get_by_role("button", name="Show the preview").last.click()
    expect(preview.get_by_text("Speaks Welsh.")).to_be_visible()
    interests.fill("Palpitations")
    own.get_by_role("button", name="Send to a moderator").click()
    expect(own.get_by_text("Your changes wait for a moderator")).to_be_visible()
    keep_picture(own, f"propose-1-{'sent' if scripts else 'sent-plain'}")
    page.goto(doctor.page_url)
    expect(page.get_by_text("Speaks Welsh.")).to_have_count(0)

    moderator = UserFactory.create(roles=[Role.CONTENT_MODERATOR])
    desk = sign_in(new_context(java_script_enabled=scripts), moderator).new_page()
    desk.goto("/admin/")
    if scripts:
        desk.get_by_role("link", name="1 change that a doctor proposes").click()
    else:
        desk.goto("/admin/proposals/")
    desk.get_by_role("link", name=doctor.name).click()
    expect(desk.get_by_role("region", name="About").get_by_role("insertion").first).to_contain_text("Speaks Welsh")
    expect(desk.get_by_text(f"GMC number {doctor.gmc_number}")).to_be_visible()
    keep_picture(desk, f"propose-2-{'compare' if scripts else 'compare-plain'}")
    desk.get_by_role("button", name="Ask for changes").click()
    expect(desk.get_by_text("Write to the doctor").first).to_be_visible()
    desk.get_by_role("button", name="Approve and publish").click()
    expect(desk.get_by_text("The changes are public")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Speaks Welsh.")).to_be_visible()
    own.reload()
    expect(own.get_by_text("are public")).to_be_visible()


def test_an_editors_page_goes_public_by_a_moderators_approval(
    new_context: Contexts, page: Page, complaints: Complaints
) -> None:
    """Wagtail's own workflow, which asks our moderators."""
    complaints.allow("status of 404")
    editor = sign_in(new_context(), UserFactory.create(roles=[Role.CONTENT_EDITOR])).new_page()
    editor.goto(f"/admin/pages/add/home/standardpage/{HomePage.objects.get().pk}/")
    entitle(editor, "Flu jabs")
    editor.get_by_role("textbox", name="Introduction").fill("From October on.")
    editor.get_by_role("button", name="More actions").click()
    editor.get_by_role("button", name="Submit to Moderators approval").click()
    expect(editor.get_by_text("submitted for moderation").first).to_be_visible()
    hidden = page.goto("/flu-jabs/")
    assert hidden
    assert hidden.status == 404

    desk = sign_in(new_context(), UserFactory.create(roles=[Role.CONTENT_MODERATOR])).new_page()
    desk.goto("/admin/")
    expect(desk.get_by_role("link", name="1 page sent for approval")).to_be_visible()
    desk.get_by_role("link", name="Flu jabs").first.click()
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Approve and Publish", exact=True).click()
    expect(desk.get_by_text("Page 'Flu jabs' has been")).to_be_visible()
    page.goto("/flu-jabs/")
    expect(page.get_by_text("From October on.")).to_be_visible()
