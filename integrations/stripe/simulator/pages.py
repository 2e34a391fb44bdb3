"""The simulator's pages: where people pay, and a desk to play banks and dashboards from. Plain forms, no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

from integrations.stripe.simulator import checkout
from integrations.stripe.simulator.api import Question
from integrations.stripe.simulator.cards import CARDS
from integrations.stripe.simulator.disputes import OVER
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.problems import ApiProblem, Json

ASSETS = Path(__file__).with_name("assets")
SYMBOLS = {"gbp": "£", "eur": "€", "usd": "$"}
SHOWN = 25


@dataclass(frozen=True)
class Page:
    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(simulator: Simulator, question: Question) -> Page:
    found = re.fullmatch(r"/c/pay/(\w+)", question.path)
    if found:
        return _checkout(simulator, found[1], question)
    if question.method == "GET" and question.path == "/assets/page.css":
        return Page(HTTPStatus.OK, (ASSETS / "page.css").read_bytes(), {"Content-Type": "text/css; charset=utf-8"})
    if question.method == "GET" and question.path == "/":
        return _desk(simulator)
    return _over("Nothing here", "This address leads nowhere.", "/", status=HTTPStatus.NOT_FOUND)


def redirect(address: str) -> Page:
    return Page(HTTPStatus.SEE_OTHER, b"", {"Location": address})


def _checkout(simulator: Simulator, session_id: str, question: Question) -> Page:
    try:
        simulator.tick()
        session = simulator.find("checkout.session", session_id)
    except ApiProblem:
        return _over("Nothing to pay here", "This address leads nowhere.", "/", status=HTTPStatus.NOT_FOUND)
    if session["status"] == "complete":
        return _over("This is paid", "Thank you.", checkout.return_address(session))
    if session["status"] == "expired":
        return _over("This has expired", "It can no longer be paid here.", session["cancel_url"] or "/")
    if question.method == "POST":
        return _done(simulator, session, parse_qs(question.form))
    return _pay(simulator, session)


def _done(simulator: Simulator, session: Json, form: dict[str, list[str]]) -> Page:
    what = form.get("do", ["pay"])[0]
    if what == "cancel":
        return redirect(session["cancel_url"] or "/")
    if what == "refuse":
        intent = simulator.refuse_at_bank(session["id"])
    else:
        chosen = form.get("card", ["pays"])[0]
        card = {"decline": "declined", "approve": "asks_bank"}.get(what, chosen if chosen in CARDS else "pays")
        intent = simulator.pay(session["id"], card)
    if intent["status"] == "succeeded":
        return redirect(checkout.return_address(session))
    return redirect(f"/c/pay/{session['id']}")


def _pay(simulator: Simulator, session: Json) -> Page:
    intent = simulator.find("payment_intent", session["payment_intent"]) if session["payment_intent"] else {}
    words = {
        "amount": money(session["amount_total"], session["currency"]),
        "description": checkout.line_items(simulator.world, session["id"])[0]["description"],
    }
    # Where the answer to the form may lead: a browser asks the policy about redirects too.
    allowed = [_origin(session["success_url"]), _origin(session["cancel_url"] or "")]
    if intent.get("status") == "requires_action":
        return _framed("Your bank asks", _filled("bank", **words), form_action=allowed)
    error = intent.get("last_payment_error")
    return _framed(
        "Pay",
        _filled("pay", **words, raw={"cards": _cards(), "problem": _problem(error)}),
        form_action=allowed,
    )


def _cards() -> str:
    return "".join(
        _filled(
            "choice",
            name=card.name,
            about=card.about,
            last4=card.last4,
            raw={"checked": " checked" if card.name == "pays" else ""},
        )
        for card in CARDS.values()
        if card.name != "declined"
    )


def _problem(error: Json | None) -> str:
    if not error:
        return ""
    why = str(error["decline_code"]).replace("_", " ")
    return f'<p class="problem" role="alert">The card was declined ({escape(why)}). Try another.</p>'


def _desk(simulator: Simulator) -> Page:
    with simulator.world.lock:
        tables = {name: _table(simulator.all(kind), kind) for name, kind in _DESK.items()}
        balance = money(simulator.balance(), "gbp")
    return _framed("Desk", _filled("desk", balance=balance, raw=tables), size="wide", form_action=[])


_DESK = {"payments": "charge", "disputes": "dispute", "refunds": "refund"}
_Action = tuple[str, dict[str, str], str, Callable[[Json], bool]]
_ACTIONS: dict[str, list[_Action]] = {
    "charge": [
        ("dispute", {}, "Dispute", lambda one: one["paid"] and not one["disputed"]),
        ("dispute", {"inquiry": "true"}, "Ask first", lambda one: one["paid"] and not one["disputed"]),
        ("refund", {}, "Refund", lambda one: one["paid"] and not one["disputed"] and not one["refunded"]),
    ],
    "dispute": [
        ("close", {"won": "true"}, "Clinic wins", lambda one: one["status"] not in OVER),
        ("close", {"won": "false"}, "Clinic loses", lambda one: one["status"] not in OVER),
    ],
    "refund": [
        ("fail", {}, "Fail", lambda one: one["status"] in {"pending", "succeeded"}),
        ("settle", {}, "Arrive", lambda one: one["status"] == "pending"),
    ],
}


def _table(objects: list[Json], kind: str) -> str:
    if not objects:
        return '<p class="soft">None yet.</p>'
    rows = "".join(_row(one, kind) for one in reversed(objects[-SHOWN:]))
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("What", "Amount", "State", "Play"))
    return f'<div class="table"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(one: Json, kind: str) -> str:
    about = escape(one.get("description") or one.get("reason") or "")
    amount = money(one["amount"], one["currency"])
    buttons = "".join(
        _button(what, {**more, "id": one["id"]}, label, about=one["id"])
        for what, more, label, fits in _ACTIONS[kind]
        if fits(one)
    )
    cells = f"<td>{about}<br><code>{one['id']}</code></td><td>{amount}</td><td>{one['status']}</td><td>{buttons}</td>"
    return f"<tr>{cells}</tr>"


def _button(what: str, more: dict[str, str], label: str, *, about: str) -> str:
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in more.items())
    button = f'<button aria-label="{label}: {about}">{label}</button>'
    return f'<form method="post" action="/_simulator/{what}">{hidden}{button}</form>'


def _over(title: str, words: str, address: str, *, status: HTTPStatus = HTTPStatus.OK) -> Page:
    return _framed(title, _filled("over", title=title, words=words, address=address), status=status, form_action=[])


def _framed(
    title: str, content: str, *, form_action: list[str], size: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Page:
    policy: dict[str, list[str]] = {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *filter(None, form_action)],
        "frame-ancestors": ["'none'"],
    }
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "; ".join(f"{name} {' '.join(values)}" for name, values in policy.items()),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Page(status, _filled("frame", title=title, size=size, raw={"content": content}).encode(), headers)


@cache
def _template(name: str) -> Template:
    return Template((ASSETS / f"{name}.html").read_text(encoding="utf-8"))


def _filled(template: str, *, raw: Mapping[str, str] | None = None, **words: str) -> str:
    """A template with `words`, which may say anything, and `raw`, which is HTML of ours."""
    return _template(template).substitute({key: escape(word) for key, word in words.items()} | dict(raw or {}))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def money(minor: int, currency: str) -> str:
    symbol = SYMBOLS.get(currency, f"{currency.upper()} ")
    sign = "-" if minor < 0 else ""
    return f"{sign}{symbol}{abs(minor) // 100}.{abs(minor) % 100:02}"
