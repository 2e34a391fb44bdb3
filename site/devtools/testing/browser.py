"""A real browser for tests, and an ear for everything that it complains about."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

# The shell draws the same pages for half of the work: it has no windows to think of.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Nothing is found but this machine. Intercepting requests would do as well, but then the browser caches nothing.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1",
]
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
    window.reportPolicyViolation(
        `${event.violatedDirective}: ${event.blockedURI || "inline"} on ${event.documentURI}`));
"""

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}

_HEIGHT = """() => Math.max(
    document.documentElement.scrollHeight, document.querySelector('main')?.scrollHeight ?? 0)"""
_TALLEST = 12_000


def find_browser() -> str | None:
    """The browser's program: `CHROMIUM` in the environment, else what the machine has."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


def launch_options(program: str) -> dict[str, object]:
    """How Playwright starts it: without its sandbox (which root has not got) and without talking to its maker."""
    return {"executable_path": program, "chromium_sandbox": False, "args": _ARGUMENTS}


def whole_picture(page: Page, file: Path, width: int, height: int) -> None:
    """A picture of the whole page as it is now, in a window of that size, or as tall as the page where that is more.

    What is fixed to the window's edge then stands at the end of the page, and the frame of the admin shows all.
    """
    page.set_viewport_size({"width": width, "height": height})
    content = page.evaluate(_HEIGHT)
    page.set_viewport_size({"width": width, "height": min(max(height, content), _TALLEST)})
    # What moves is where it will be: the dashboard's own menu gives way for a while when the window changes.
    page.screenshot(path=file, full_page=True, animations="disabled")


@dataclass
class Complaints:
    """What went wrong in the pages of one test without failing it: all of it must be empty at its end.

    CSP violations, errors in the console, exceptions in scripts, and requests to other hosts (which are refused).
    """

    heard: list[str] = field(default_factory=list)
    _allowed: list[str] = field(default_factory=list)

    def allow(self, text: str) -> None:
        """Do not count complaints that contain `text`, e.g. `"status of 409"` where the test provokes one."""
        self._allowed.append(text)

    def listen(self, context: BrowserContext) -> None:
        context.expose_binding("reportPolicyViolation", lambda _source, text: self._hear(f"CSP violation: {text}"))
        context.add_init_script(_REPORT_VIOLATIONS)
        context.on("console", self._hear_console)
        context.on("weberror", self._hear_exception)
        context.on("requestfailed", self._hear_failed_request)
        context.on("request", self._hear_request)

    def unexpected(self) -> list[str]:
        return [text for text in self.heard if not any(allowed in text for allowed in self._allowed)]

    def _hear(self, text: str) -> None:
        self.heard.append(text)

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._hear(f"Console: {message.text} ({message.location.get('url', '')})")

    def _hear_exception(self, error: WebError) -> None:
        self._hear(f"Exception in a script: {error.error}")

    def _hear_failed_request(self, request: Request) -> None:
        # A navigation that another one overtakes is aborted, and so is a download: neither is a failure.
        if request.failure != "net::ERR_ABORTED":
            self._hear(f"Request failed: {request.method} {request.url}: {request.failure}")

    def _hear_request(self, request: Request) -> None:
        if _is_elsewhere(request.url):
            self._hear(f"Request to another host: {request.url}")


def _is_elsewhere(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in _LOCAL_HOSTS
