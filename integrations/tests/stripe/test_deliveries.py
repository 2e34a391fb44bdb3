"""How the simulator tells of events, well and badly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from common import clock
from integrations.stripe.errors import SignatureInvalid
from integrations.stripe.gateway import Gateway
from integrations.stripe.simulator.deliveries import Kind, Rule
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.server import telling
from integrations.stripe.webhooks import event_from
from integrations.tests.stripe.asking import paid

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]
Hear = Callable[[], list[str]]


@pytest.fixture
def hear(stripe_simulator: Simulator) -> Hear:
    """Take what is due: the types in the order in which they came; "forged" where the signature is somebody else's."""

    def do() -> list[str]:
        heard = []

        def take(payload: bytes, header: str) -> int:
            try:
                heard.append(event_from(payload, header, now=clock.now()).type)
            except SignatureInvalid:
                heard.append("forged")
            return 200

        stripe_simulator.deliver(take)
        return heard

    return do


def rule(simulator: Simulator, kind: Kind, types: str = "", **more: Any) -> None:
    simulator.deliveries.rules.append(Rule(kind, types, **more))


def test_what_is_dropped_is_never_told_but_stands_in_the_list(
    stripe_simulator: Simulator, asked: Gateway, hear: Hear
) -> None:
    rule(stripe_simulator, Kind.DROP, "checkout.session.completed")
    paid(stripe_simulator, asked)
    assert hear() == PAID[:3]
    stripe_simulator.advance(timedelta(days=1).total_seconds())
    assert hear() == []
    assert [event.type for event in asked.events(clock.now() - timedelta(hours=1))] == PAID[::-1]


def test_every_fifth_can_be_dropped(stripe_simulator: Simulator, hear: Hear) -> None:
    rule(stripe_simulator, Kind.DROP, every=5, times=1000)
    for _ in range(5):
        stripe_simulator.stray_payment()
    assert len(stripe_simulator.all("event")) == 20
    assert len(hear()) == 16


def test_what_is_doubled_is_told_twice_and_is_one_event(stripe_simulator: Simulator, hear: Hear) -> None:
    rule(stripe_simulator, Kind.DUPLICATE, "charge.succeeded")
    stripe_simulator.stray_payment()
    assert sorted(hear()) == sorted([*PAID, "charge.succeeded"])
    assert len(stripe_simulator.all("event")) == 4


def test_what_is_late_comes_later(stripe_simulator: Simulator, hear: Hear) -> None:
    rule(stripe_simulator, Kind.DELAY, "payment_intent.succeeded", seconds=60)
    stripe_simulator.stray_payment()
    assert hear() == [PAID[0], PAID[1], PAID[3]]
    stripe_simulator.advance(59)
    assert hear() == []
    stripe_simulator.advance(1)
    assert hear() == [PAID[2]]


def test_what_somebody_else_signs_is_forged(stripe_simulator: Simulator, hear: Hear) -> None:
    rule(stripe_simulator, Kind.WRONG_SECRET, "charge.succeeded")
    stripe_simulator.stray_payment()
    assert hear() == [PAID[0], "forged", *PAID[2:]]


def test_what_is_held_comes_in_the_order_that_is_wanted(stripe_simulator: Simulator, hear: Hear) -> None:
    stripe_simulator.hold()
    stripe_simulator.stray_payment()
    assert hear() == []
    stripe_simulator.release(reverse=True)
    assert hear() == PAID[::-1]


def test_what_is_refused_comes_again_later_and_later_until_it_is_taken(stripe_simulator: Simulator, hear: Hear) -> None:
    stripe_simulator.stray_payment()
    for wait in (2, 4, 8):
        assert set(stripe_simulator.deliver(lambda _payload, _header: 503)) == {503}
        stripe_simulator.advance(wait - 1)
        assert hear() == []
        stripe_simulator.advance(1)
    assert hear() == PAID
    assert {event["pending_webhooks"] for event in stripe_simulator.all("event")} == {0}


def test_after_three_days_nothing_is_told_any_more(stripe_simulator: Simulator) -> None:
    stripe_simulator.stray_payment()
    stripe_simulator.advance(timedelta(days=3, seconds=1).total_seconds())
    stripe_simulator.deliver(lambda _payload, _header: 0)
    assert stripe_simulator.deliveries.waiting() == []


def test_a_delivery_is_of_this_moment_however_far_the_simulators_clock_is(
    stripe_simulator: Simulator, hear: Hear
) -> None:
    stripe_simulator.advance(timedelta(days=2).total_seconds())
    stripe_simulator.stray_payment()
    assert hear() == PAID


class _Site(BaseHTTPRequestHandler):
    """Refuses the first delivery, and takes the others."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((body, self.headers["Stripe-Signature"]))  # type: ignore[attr-defined]
        self.send_response(500 if len(self.server.heard) == 1 else 200)  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()
        if len(self.server.heard) == 5:  # type: ignore[attr-defined]
            self.server.all_heard.set()  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def site() -> Iterator[Any]:
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        server.heard, server.all_heard = [], threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_site_is_told_as_it_happens_and_again_where_it_did_not_take_it(stripe_simulator: Simulator) -> None:
    with site() as server, telling(stripe_simulator, f"http://127.0.0.1:{server.server_address[1]}/hook/"):
        stripe_simulator.stray_payment()
        # It comes again after two seconds by the simulator's clock.
        wait_for(lambda: len(server.heard) == 4)
        stripe_simulator.advance(2)
        stripe_simulator.release()
        assert server.all_heard.wait(10)
    heard = [event_from(body, header, now=clock.now()).type for body, header in server.heard]
    assert heard == [*PAID, PAID[0]]
    assert stripe_simulator.deliveries.waiting() == []


def wait_for(condition: Callable[[], bool]) -> None:
    ended = threading.Event()
    for _ in range(1000):
        if condition():
            return
        ended.wait(0.01)
    raise AssertionError("It did not happen.")
