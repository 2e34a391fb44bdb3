"""The simulator over HTTP, on this machine alone."""

from __future__ import annotations

import http.client
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from integrations.stripe.simulator import control, pages
from integrations.stripe.simulator.api import Question
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.pages import Page

MOST_BYTES = 256 * 1024
LONGEST_HOLD = 60
POLL_SECONDS = 0.01
TELL_SECONDS = 20.0
REST_SECONDS = 1.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, simulator: Simulator) -> None:
        self.simulator = simulator
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """One request a connection: nothing is left open when a test ends."""

    server: _Server
    server_version = "StripeSimulator"

    def do_GET(self) -> None:
        self._deal_with(urlsplit(self.path).query)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self._deal_with(self.rfile.read(length).decode(errors="replace"))

    def _deal_with(self, form: str) -> None:
        question = Question(self.command, urlsplit(self.path).path, form, dict(self.headers.items()))
        if question.path.startswith("/v1/"):
            self._answer_api(question)
        elif question.path.startswith("/_simulator/"):
            self._send(control.answer(self.server.simulator, question))
        else:
            self._send(pages.answer(self.server.simulator, question))

    def _answer_api(self, question: Question) -> None:
        reply = self.server.simulator.ask(question)
        if reply.held:
            self._wait_until_they_are_gone()
        elif reply.answer:
            content = reply.answer.content
            headers = {**reply.answer.headers, "Content-Type": "application/json"}
            self._send(Page(reply.answer.status, content, headers))

    def _wait_until_they_are_gone(self) -> None:
        for _ in range(int(LONGEST_HOLD / POLL_SECONDS)):
            gone, _, _ = select.select([self.connection], [], [], POLL_SECONDS)
            if gone or self.server.stopping.is_set():
                return

    def _send(self, page: Page) -> None:
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.content)))
        self.end_headers()
        self.wfile.write(page.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: what was asked stands in the events."""


class Teller(threading.Thread):
    """Tells our site of events at `url`, one after another."""

    def __init__(self, simulator: Simulator, url: str) -> None:
        super().__init__(name="stripe-simulator-teller", daemon=True)
        self._simulator, self._url = simulator, urlsplit(url)
        self._wake, self._ended = threading.Event(), False
        simulator.listen(self._wake.set)

    def run(self) -> None:
        while not self._ended:
            self._wake.wait(REST_SECONDS)
            self._wake.clear()
            self._simulator.deliver(self._send)

    def _send(self, payload: bytes, signature: str) -> int:
        if self._ended:
            return 0
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=TELL_SECONDS)
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        try:
            connection.request("POST", self._url.path, payload, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def end(self) -> None:
        self._ended = True
        self._wake.set()
        self.join(TELL_SECONDS)


@contextmanager
def telling(simulator: Simulator, url: str) -> Iterator[None]:
    """Tell our site of events as they happen, at `url`, for the length of the block."""
    teller = Teller(simulator, url)
    teller.start()
    try:
        yield
    finally:
        teller.end()


@contextmanager
def serve(simulator: Simulator, *, port: int = 0, webhook_url: str | None = None) -> Iterator[str]:
    """Answer on a port of loopback for the length of the block; the address, which is the simulator's `base` too.

    With `webhook_url` events are told there as they happen; without, they wait for `Simulator.deliver`.
    """
    server = _Server(port, simulator)
    simulator.stands_at(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        with telling(simulator, webhook_url) if webhook_url else nullcontext():
            yield simulator.base
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
