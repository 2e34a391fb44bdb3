"""The ear itself: a journey that passes because nobody listened would prove nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import BrowserContext, Page

from devtools.testing.browser import Complaints

PAGES = {
    "/quiet": "<title>Quiet</title><p>Nothing to hear</p>",
    "/inline": "<title>Inline</title><script>window.ran = true</script>",
    "/elsewhere": '<title>Elsewhere</title><img src="http://192.0.2.1/pixel.png" alt="">',
    "/missing": '<title>Missing</title><img src="/no-such-file.png" alt="">',
    "/throws": '<title>Throws</title><script src="/throws.js"></script>',
    "/throws.js": "throw new Error('thrown on purpose')",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'self'; img-src *")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], complaints: Complaints) -> Page:
    context = new_context()
    complaints.listen(context)
    return context.new_page()


def test_quiet_page_raises_no_complaint(page: Page, complaints: Complaints, address: str) -> None:
    page.goto(f"{address}/quiet", wait_until="networkidle")
    complaints.allow("favicon.ico")

    assert complaints.unexpected() == []


@pytest.mark.parametrize(
    ("path", "heard"),
    [
        ("/inline", "CSP violation: script-src"),
        ("/elsewhere", "Request to another host: http://192.0.2.1/pixel.png"),
        ("/missing", "status of 404"),
        ("/throws", "thrown on purpose"),
    ],
)
def test_complaint_is_heard_unless_it_is_allowed(
    page: Page, complaints: Complaints, address: str, path: str, heard: str
) -> None:
    page.goto(f"{address}{path}", wait_until="networkidle")

    assert [text for text in complaints.unexpected() if heard in text]
    complaints.allow(heard)
    assert not [text for text in complaints.unexpected() if heard in text]
