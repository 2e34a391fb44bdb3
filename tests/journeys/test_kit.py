"""The kit in a browser: accessible in both themes, whole at 320 px, and kind to the reader's focus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SCREENS = ("/ui/screens/home/", "/ui/screens/doctor/", "/ui/screens/times/", "/ui/screens/my_day/")
FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")].filter((it) => {
    const box = it.getBoundingClientRect();
    const inText = it.closest("p, li, dd, .prose") && getComputedStyle(it).display === "inline";
    const unseen = !box.width || it.matches(".stretched") || it.closest(".sr-only, [aria-hidden]");
    return !inText && !unseen && (box.width < 24 || box.height < 24);
}).map((it) => it.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_gallery_is_accessible(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    scheme: Literal["light", "dark"],
) -> None:
    page = new_context(color_scheme=scheme).new_page()
    for path in ("/ui/", *SCREENS):
        page.goto(path)
        assert_accessible(page)


def test_everything_fits_a_narrow_phone(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    for path in ("/ui/", *SCREENS, "/account/login/"):
        page.goto(path)
        assert page.evaluate(FITS), path
        assert page.evaluate(SMALL_TARGETS) == [], path


def test_error_summary_takes_focus(page: Page) -> None:
    page.goto("/ui/forms_with_errors/")
    expect(page.get_by_role("alert")).to_be_focused()


def test_dialog_opens_over_its_link_and_gives_focus_back(page: Page) -> None:
    page.goto("/ui/modal/")
    opener = page.get_by_role("link", name="Cancel appointment")
    opener.click()
    dialog = page.get_by_role("dialog", name="Cancel this appointment?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_tabs_answer_the_arrow_keys(page: Page) -> None:
    page.goto("/ui/tabs/")
    page.get_by_role("tab", name="About").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Fees")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_contain_text("First consultation £95")


def test_menu_closes_on_escape(page: Page) -> None:
    page.goto("/ui/dropdown/")
    page.get_by_text("More", exact=True).click()
    expect(page.get_by_role("link", name="Move appointment")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Move appointment")).to_be_hidden()


def test_toast_goes_when_dismissed(page: Page) -> None:
    page.goto("/ui/toasts/")
    page.get_by_role("button", name="Dismiss").first.click()
    expect(page.get_by_text("Availability saved.")).to_have_count(0)


def test_without_scripts_menus_and_panels_still_open(plain: Page) -> None:
    plain.set_viewport_size({"width": 390, "height": 844})
    plain.goto("/ui/tabs/")
    expect(plain.get_by_text("First consultation £95")).to_be_visible()
    plain.get_by_text("Menu", exact=True).click()
    expect(plain.get_by_role("link", name="Find a doctor").first).to_be_visible()
