"""A visitor finds their way by the menus, by keyboard and on a phone, with JavaScript and without; and in Arabic."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from wagtail.models import Locale

from home.models import HomePage, StandardPage
from home.tests.factories import below_home
from home.tests.test_navigation import link, menu, settings
from home.tests.test_translations import published
from tests.journeys.scenes import NARROWEST, OVERFLOWS, WIDTHS, keep_picture

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.django_db(transaction=True)

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def about(site_url: str) -> StandardPage:
    about = below_home(StandardPage(title="About us", introduction="By the water."))
    fees = below_home(StandardPage(title="Fees"))
    settings(
        utility=[("link", link("Emergency help", None, "/emergency/"))],
        navigation=[
            menu("Who we are", {**link("All fees", fees), "text": "What it costs"}, page=about, text="Since 1987."),
            menu("Care", link("Our doctors", None, "/doctors/")),
        ],
    )
    return about


def test_menus_answer_the_keyboard_and_close_behind_whoever_goes_on(
    page: Page, about: StandardPage, assert_accessible: Callable[[Page], None]
) -> None:
    page.set_viewport_size(DESK)
    page.goto("/about-us/", wait_until="networkidle")
    bar = page.get_by_role("navigation", name="Main")
    ours, care = bar.locator("summary", has_text="Who we are"), bar.locator("summary", has_text="Care")
    ours.focus()
    page.keyboard.press("Enter")
    expect(bar.get_by_role("link", name="All fees What it costs")).to_be_visible()
    assert_accessible(page)
    keep_picture(page, "menu-on-a-desk")
    ours.focus()
    page.keyboard.press("Tab")
    expect(bar.get_by_role("link", name="Who we are")).to_be_focused()
    page.keyboard.press("Escape")
    expect(bar.get_by_role("link", name="All fees")).to_be_hidden()
    expect(ours).to_be_focused()

    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(care).to_be_focused()
    expect(bar.get_by_role("link", name="All fees")).to_be_hidden()

    care.click()
    ours.click()
    expect(bar.get_by_role("link", name="Our doctors")).to_be_hidden()
    bar.get_by_role("link", name="All fees").click()
    expect(page).to_have_url("/fees/")


def test_on_a_phone_the_menus_lie_in_the_menu_and_escape_closes_one_after_the_other(
    page: Page, about: StandardPage, assert_accessible: Callable[[Page], None]
) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/", wait_until="networkidle")
    outer, inner = page.locator("summary", has_text="Menu"), page.locator("summary", has_text="Who we are").last
    outer.click()
    expect(page.get_by_role("link", name="Emergency help")).to_be_visible()
    inner.click()
    expect(page.get_by_role("link", name="All fees")).to_be_visible()
    assert_accessible(page)
    keep_picture(page, "menu-on-a-phone")
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate(OVERFLOWS) == []
    inner.focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="All fees")).to_be_hidden()
    expect(inner).to_be_focused()
    page.keyboard.press("Escape")
    expect(inner).to_be_hidden()
    expect(outer).to_be_focused()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_without_scripts_the_menus_open_too(plain: Page, about: StandardPage, size: ViewportSize) -> None:
    plain.set_viewport_size(size)
    plain.goto("/")
    if size is PHONE:
        plain.locator("summary", has_text="Menu").click()
    plain.locator("summary:visible", has_text="Who we are").click()
    plain.locator("a:visible", has_text="All fees").click()
    expect(plain).to_have_url("/fees/")


def test_a_page_in_arabic_is_read_from_right_to_left_and_leads_back(
    page: Page, about: StandardPage, assert_accessible: Callable[[Page], None]
) -> None:
    arabic = Locale.objects.create(language_code="ar")
    body = [("text", "<h2>أين نحن</h2><ul><li>بريستول</li><li>لندن</li></ul>")]
    published(HomePage.objects.get(), arabic, title="الصفحة الرئيسية")
    published(about, arabic, title="من نحن", introduction="عيادة قرب الماء.", body=body)

    page.set_viewport_size(DESK)
    page.goto("/about-us/")
    page.get_by_role("link", name="العربيّة").click()
    expect(page).to_have_url("/ar/about-us/")
    heading = page.get_by_role("heading", name="من نحن")
    box = heading.bounding_box()
    assert box
    assert box["x"] + box["width"] > DESK["width"] / 2
    for width, height in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate(OVERFLOWS) == []
    keep_picture(page, "page-in-arabic")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url("/about-us/")
