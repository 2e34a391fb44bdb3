"""Journeys in a real browser against a live server: see `devtools.testing.browser` for what fails them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from devtools.testing.axe import Judge
from devtools.testing.browser import DESKTOP, PHONE, Complaints
from devtools.testing.markup import listening
from tests.journeys.scenes import OVERFLOWS, WIDTHS, keep_picture

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

# Milliseconds that a step may take on a busy machine before its journey is given up.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def site_url(live_server: LiveServer, settings: Any) -> str:
    """The address of the running site, without a slash at the end; mails point there too."""
    settings.BASE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    return live_server.url


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What the browser complains about; anything that was not allowed fails the test."""
    heard = Complaints()
    yield heard
    assert heard.unexpected() == []


@pytest.fixture
def valid_html() -> Iterator[None]:
    """Every page that the test asks for is valid HTML, and every part of one."""
    with listening() as answers:
        yield
    assert [problem for answer in answers for problem in answer.problems()] == []


@pytest.fixture
def new_context(
    site_url: str, complaints: Complaints, new_context: Callable[..., BrowserContext]
) -> Callable[..., BrowserContext]:
    """`new_context(**options)`: a person of their own, with their own cookies, e.g. `java_script_enabled=False`."""

    def make(**options: Any) -> BrowserContext:
        context = new_context(**({"base_url": site_url, "locale": "en-GB"} | DESKTOP | options))
        context.set_default_timeout(PATIENCE)
        complaints.listen(context)
        return context

    return make


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a phone."""
    return new_context(**PHONE).new_page()


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in a browser without JavaScript."""
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """`assert_accessible(page)`: axe finds nothing on the page as it is now."""
    return Judge()


@pytest.fixture
def look(assert_accessible: Callable[[Page], None], scripts: bool) -> Callable[[Page, str], None]:  # noqa: FBT001
    """`look(page, name)`: axe finds nothing at 390 and 1280 px and nothing is wider; with a picture."""

    def check(page: Page, name: str) -> None:
        if not scripts:
            return
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
            assert page.evaluate(OVERFLOWS) == [], name
        keep_picture(page, f"records-{name}")

    return check
