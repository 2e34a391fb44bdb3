"""The simulator over HTTP: its pages, its levers, and what it remembers."""

from __future__ import annotations

import http.client
import json
import re
import sys
import time
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from devtools.process import Child, Command, our_environment
from integrations.stripe.gateway import Gateway
from integrations.stripe.objects import CheckoutSession
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.server import serve
from integrations.tests.stripe.asking import new_session, paid


class Browser:
    """As much of one as plain forms need."""

    def __init__(self, base: str) -> None:
        self._host = urlsplit(base).netloc

    def ask(self, method: str, address: str, form: dict[str, str] | None = None, accept: str = "text/html") -> str:
        """The body; of an answer that leads elsewhere, the address."""
        connection = http.client.HTTPConnection(self._host, timeout=10)
        connection.request(method, urlsplit(address).path, urlencode(form or {}), {"Accept": accept})
        answer = connection.getresponse()
        self.status, self.headers, body = answer.status, answer.headers, answer.read().decode()
        connection.close()
        return self.headers["Location"] or unescape(re.sub(r"\s+", " ", body))


@pytest.fixture
def browser(stripe_simulator: Simulator) -> Browser:
    return Browser(stripe_simulator.base)


@pytest.fixture
def session(asked: Gateway) -> CheckoutSession:
    return new_session(asked)


def press(browser: Browser, session: CheckoutSession, what: str, card: str = "pays") -> str:
    return browser.ask("POST", str(session.url), {"do": what, "card": card})


def test_page_says_what_it_is_and_asks_nobody_else(browser: Browser, session: CheckoutSession) -> None:
    page = browser.ask("GET", str(session.url))
    assert "This is a simulator of Stripe; no money moves." in page
    assert "Appointment MC-1234" in page
    assert "Pay £45.00" in page
    assert browser.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none';"
        " form-action 'self' https://www.clinic.example https://www.clinic.example; frame-ancestors 'none'"
    )
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!/assets/|data:)', page)
    assert "font-family" not in page
    assert browser.ask("GET", "/assets/page.css").startswith(":root")


def test_pay_leads_back_with_the_sessions_id(browser: Browser, session: CheckoutSession, asked: Gateway) -> None:
    assert press(browser, session, "pay") == f"https://www.clinic.example/paid/?session={session.id}"
    assert asked.session_retrieve(session.id).payment_status == "paid"
    assert "This is paid" in browser.ask("GET", str(session.url))
    press(browser, session, "pay")
    assert len(list(asked.intents(session.created_at))) == 1


def test_decline_says_so_and_another_card_may_be_tried(
    browser: Browser, session: CheckoutSession, asked: Gateway
) -> None:
    assert press(browser, session, "decline") == f"/c/pay/{session.id}"
    assert "The card was declined (generic decline)" in browser.ask("GET", str(session.url))
    press(browser, session, "pay", "no_money")
    assert "insufficient funds" in browser.ask("GET", str(session.url))
    assert "/paid/" in press(browser, session, "pay")


def test_cancel_leads_back_and_leaves_the_session_open(
    browser: Browser, session: CheckoutSession, asked: Gateway
) -> None:
    assert press(browser, session, "cancel") == "https://www.clinic.example/not-paid/"
    assert asked.session_retrieve(session.id) == session


@pytest.mark.parametrize(("what", "leads_to"), [("approve", "/paid/"), ("refuse", "/c/pay/")])
def test_bank_may_ask_first(
    browser: Browser, session: CheckoutSession, asked: Gateway, what: str, leads_to: str
) -> None:
    press(browser, session, "pay", "asks_bank")
    assert "Your bank asks" in browser.ask("GET", str(session.url))
    assert asked.intent_retrieve(str(asked.session_retrieve(session.id).intent_id)).status == "requires_action"
    assert leads_to in press(browser, session, what)


def test_session_that_is_over_cannot_be_paid(
    browser: Browser, session: CheckoutSession, stripe_simulator: Simulator, asked: Gateway
) -> None:
    stripe_simulator.advance(31 * 60)
    assert "This has expired" in press(browser, session, "pay")
    assert asked.session_retrieve(session.id).payment_status == "unpaid"


def test_whatever_a_site_calls_it_is_shown_as_text(browser: Browser, asked: Gateway) -> None:
    session = new_session(asked, key="other", description='<b title="x">£5</b> & more')
    page = browser.ask("GET", str(session.url))
    assert '<b title="x">£5</b> & more' in page
    connection = http.client.HTTPConnection(urlsplit(str(session.url)).netloc)
    connection.request("GET", urlsplit(str(session.url)).path)
    assert b"<b title" not in connection.getresponse().read()
    connection.close()


@pytest.mark.parametrize(
    "address", ["/nothing", "/c/pay/cs_test_nothing", "/assets/frame.html", "/assets/../engine.py"]
)
def test_address_that_leads_nowhere(browser: Browser, address: str) -> None:
    browser.ask("GET", address)
    assert browser.status == 404


def test_desk_plays_banks(browser: Browser, stripe_simulator: Simulator, asked: Gateway) -> None:
    intent = paid(stripe_simulator, asked)
    page = browser.ask("GET", "/")
    assert "Balance: <strong>£45.00</strong>" in page
    assert str(intent.charge_id) in page
    assert browser.ask("POST", "/_simulator/dispute", {"id": str(intent.charge_id)}) == "/"
    dispute = asked.disputes_of(intent.id)[0]
    assert dispute.id in browser.ask("GET", "/")
    browser.ask("POST", "/_simulator/close", {"id": dispute.id, "won": "true"})
    assert asked.dispute_retrieve(dispute.id).status == "won"
    browser.ask("POST", "/_simulator/refund", {"id": intent.id, "amount": "1000"})
    refund = asked.refunds_of(intent.id)[0]
    assert (refund.amount_minor, refund.metadata) == (1000, {})
    browser.ask("POST", "/_simulator/fail", {"id": refund.id})
    assert asked.refund_retrieve(refund.id).failure_reason == "lost_or_stolen_card"
    assert "£35.00" not in browser.ask("GET", "/")


def pull(browser: Browser, what: str, **form: str) -> dict[str, object]:
    return dict(json.loads(browser.ask("POST", f"/_simulator/{what}", form, accept="application/json")))


def test_levers_of_another_process(browser: Browser, stripe_simulator: Simulator, asked: Gateway) -> None:
    pull(browser, "fault", kind="error_before", times="2")
    pull(browser, "rule", kind="drop", types="charge.", times="9")
    assert [fault.times for fault in stripe_simulator.faults.waiting] == [2]
    pull(browser, "clear")
    assert stripe_simulator.faults.waiting == []
    session = new_session(asked)
    pull(browser, "hold")
    assert stripe_simulator.deliveries.held
    assert pull(browser, "pay", id=session.id)["status"] == "succeeded"
    pull(browser, "release", reverse="true")
    pull(browser, "stray", amount="700")
    pull(browser, "advance", seconds="5")
    state = json.loads(browser.ask("GET", "/_simulator/state"))
    assert (state["charge"], state["balance"], state["untold"]) == (2, 5200, 8)
    other = new_session(asked, key="other")
    assert pull(browser, "expire", id=other.id)["status"] == "expired"


@pytest.mark.parametrize(
    ("what", "form", "status"),
    [
        ("nothing", {}, 404),
        ("fault", {"kind": "flood"}, 400),
        ("fault", {}, 400),
        ("dispute", {"id": "ch_nothing"}, 404),
        ("advance", {"seconds": "long"}, 400),
    ],
)
def test_lever_that_is_not_there(browser: Browser, what: str, form: dict[str, str], status: int) -> None:
    assert "error" in pull(browser, what, **form)
    assert browser.status == status


def test_file_remembers_over_a_restart_at_another_address(tmp_path: Path) -> None:
    data = tmp_path / "objects.sqlite3"
    first = Simulator(data=data)
    with serve(first) as base:
        asked = Gateway(first.key, base)
        session = new_session(asked)
        intent = paid(first, asked, "refund_pending", key="other")
        refund = asked.refund_create(key="r1", intent_id=intent.id, amount_minor=100, metadata={})
        asked.close()
    untold = len(first.deliveries.waiting())
    first.close()

    second = Simulator(key=first.key, secret=first.secret, data=data)
    with serve(second) as base:
        asked = Gateway(first.key, base)
        assert asked.intent_retrieve(intent.id) == intent
        assert asked.refund_create(key="r1", intent_id=intent.id, amount_minor=100, metadata={}) == refund
        assert asked.session_retrieve(session.id).url == f"{base}/c/pay/{session.id}"
        assert len(second.deliveries.waiting()) == untold
        second.advance(60)
        assert asked.refund_retrieve(refund.id).status == "succeeded"
        assert [one["id"] for one in second.all("checkout.session")] == [
            one["id"] for one in first.all("checkout.session")
        ]
        asked.close()
    second.close()


def test_process_answers_and_ends(tmp_path: Path) -> None:
    simulator = Simulator()
    environment = {"STRIPE_SECRET_KEY": simulator.key, "STRIPE_WEBHOOK_SECRETS": f"{simulator.secret},whsec_another"}
    argv = [sys.executable, "-m", "integrations.stripe.simulator", "--port", "0", "--data", str(tmp_path / "data")]
    log = tmp_path / "simulator.log"
    child = Child(Command(name="simulator", argv=argv, log=log, env=our_environment(**environment)))
    try:
        deadline = time.monotonic() + 60
        while "is at" not in log.read_text() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        base = log.read_text().rpartition(" ")[2].strip()
        asked = Gateway(simulator.key, base)
        assert new_session(asked).url.startswith(base)  # type: ignore[union-attr]
        asked.close()
    finally:
        child.stop()
    assert child.poll() == 0
    assert simulator.key not in log.read_text()


def test_process_takes_no_key_of_stripes(tmp_path: Path) -> None:
    environment = our_environment(STRIPE_SECRET_KEY="sk_test_0123456789", STRIPE_WEBHOOK_SECRETS="whsec_0123456789")
    argv = [sys.executable, "-m", "integrations.stripe.simulator"]
    child = Child(Command(name="simulator", argv=argv, log=tmp_path / "log", env=environment))
    assert child.wait(60) == 2
    child.stop()
    assert "must be a key of the simulator's" in child.tail()
