"""The simulator against Stripe's own SDK: what it answers fits the resource classes, and what the SDK would not send it
does not take."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe

from integrations.stripe.addresses import API_VERSION
from integrations.stripe.gateway import Gateway
from integrations.stripe.simulator.api import ROUTES, Answer, Question
from integrations.stripe.simulator.cards import CARDS
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.types import fields
from integrations.tests.stripe.asking import new_session, paid
from integrations.tests.stripe.conformance import misfits

KINDS = {route.answers.OBJECT_NAME: route.answers for route in ROUTES}  # type: ignore[attr-defined]
Ask = Callable[..., Answer]


@pytest.fixture
def ask(stripe_simulator: Simulator) -> Ask:
    """`ask("POST", "/v1/refunds", {"amount": "1"})`: a request as HTTP would bring it."""

    def do(method: str, path: str, form: dict[str, str] | None = None, key: str = "") -> Answer:
        headers = {"Authorization": f"Bearer {stripe_simulator.key}", "Stripe-Version": API_VERSION}
        if key:
            headers["Idempotency-Key"] = key
        reply = stripe_simulator.ask(Question(method, path, urlencode(form or {}), headers))
        assert reply.answer is not None
        return reply.answer

    return do


@pytest.fixture
def everything(stripe_simulator: Simulator, asked: Gateway) -> Simulator:
    """A simulator in which everything has happened that can."""
    for number, card in enumerate(CARDS):
        session = new_session(asked, key=f"session-{number}")
        intent = stripe_simulator.pay(session.id, card)
        if card == "asks_bank":
            stripe_simulator.refuse_at_bank(session.id)
        if intent["status"] == "succeeded":
            asked.refund_create(key=f"refund-{number}", intent_id=intent["id"], amount_minor=1000, metadata={"a": "b"})
    new_session(asked, key="open")
    asked.session_expire(new_session(asked, key="expired").id)
    for number, won in enumerate((True, False, None)):
        intent_id = paid(stripe_simulator, asked, key=f"disputed-{number}").id
        dispute = stripe_simulator.open_dispute(intent_id, "general", inquiry=won is None)
        asked.dispute_submit(key=f"dispute-{number}", dispute_id=dispute["id"], evidence={"service_date": "2026-11-28"})
        stripe_simulator.close_dispute(dispute["id"], won=bool(won))
    stripe_simulator.advance(60)
    return stripe_simulator


def test_every_object_fits_the_sdks_class(everything: Simulator) -> None:
    for kind, cls in KINDS.items():
        found = everything.all(kind)
        assert found, kind
        assert [line for one in found for line in misfits(one, cls, kind)] == []


def test_everything_happened_that_billing_must_understand(everything: Simulator) -> None:
    """So that the walk above is over all of it."""
    assert {one["status"] for one in everything.all("refund")} == {"succeeded", "failed"}
    assert {one["status"] for one in everything.all("dispute")} == {"won", "lost", "warning_closed", "needs_response"}
    assert {one["status"] for one in everything.all("checkout.session")} == {"open", "complete", "expired"}
    assert {one["status"] for one in everything.all("payment_intent")} >= {"succeeded", "requires_payment_method"}
    assert {event["type"] for event in everything.all("event")} == {
        *(f"payment_intent.{what}" for what in ("created", "succeeded", "payment_failed", "requires_action")),
        *("charge.succeeded", "charge.failed", "charge.refunded", "charge.refund.updated"),
        *("refund.created", "refund.updated", "refund.failed"),
        *("checkout.session.completed", "checkout.session.expired"),
        *(f"charge.dispute.{what}" for what in ("created", "updated", "closed")),
        *(f"charge.dispute.{what}" for what in ("funds_withdrawn", "funds_reinstated")),
    }


def test_every_event_is_of_a_type_that_stripe_has(everything: Simulator) -> None:
    words = fields(stripe.Event)["type"]
    assert [line for event in everything.all("event") for line in misfits(event["type"], words)] == []


def test_the_walk_notices_what_does_not_fit(everything: Simulator) -> None:
    """The control: without it a walker that sees nothing would pass."""
    charge = everything.all("charge")[0]
    assert misfits({**charge, "paid": "yes"}, stripe.Charge) == [".paid: 'yes' is no bool"]
    assert misfits({**charge, "colour": 1}, stripe.Charge) == [".colour: Charge has no such field"]
    assert misfits({**charge, "status": "lost"}, stripe.Charge) == [".status: 'lost' is none of Stripe's words"]
    assert misfits({**charge, "amount": None}, stripe.Charge) != []
    assert misfits({name: value for name, value in charge.items() if name != "captured"}, stripe.Charge) == [
        ".captured: is missing"
    ]


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.pattern)
def test_every_answer_fits_the_sdks_class(everything: Simulator, ask: Ask, route: Any) -> None:
    kind = route.answers.OBJECT_NAME
    path = route.pattern.replace("{id}", everything.all(kind)[-1]["id"])
    answer = ask("GET", path)
    assert answer.status == 200
    if "{id}" in route.pattern:
        assert misfits(answer.body, route.answers) == []
    else:
        assert answer.body.keys() == {"object", "url", "has_more", "data"}
        assert (answer.body["object"], answer.body["url"]) == ("list", route.pattern)
        assert [line for one in answer.body["data"] for line in misfits(one, route.answers)] == []


def test_what_is_asked_for_is_written_out(everything: Simulator, ask: Ask) -> None:
    session = next(one for one in everything.all("checkout.session") if one["status"] == "complete")
    form = {"expand[0]": "payment_intent.latest_charge.balance_transaction", "expand[1]": "line_items"}
    body = ask("GET", f"/v1/checkout/sessions/{session['id']}", form).body
    assert body["payment_intent"]["latest_charge"]["balance_transaction"]["amount"] == 4500
    assert body["line_items"]["data"][0]["description"] == "Appointment MC-1234"
    assert misfits(body, stripe.checkout.Session) == []
    listed = ask("GET", "/v1/refunds", {"expand[]": "data.charge"}).body
    assert {one["charge"]["object"] for one in listed["data"]} == {"charge"}
    assert ask("GET", "/v1/refunds", {"expand[]": "data.amount"}).status == 400
    # What was written out was a copy.
    assert isinstance(everything.find("checkout.session", session["id"])["payment_intent"], str)


SESSION = {
    "mode": "payment",
    "success_url": "https://www.clinic.example/",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "gbp",
    "line_items[0][price_data][unit_amount]": "4500",
    "line_items[0][price_data][product_data][name]": "Appointment",
}
WITHOUT_NAME = {name: value for name, value in SESSION.items() if not name.endswith("[name]")}


@pytest.mark.parametrize(
    ("path", "form", "code", "parameter"),
    [
        ("/v1/checkout/sessions", {**SESSION, "colour": "red"}, "parameter_unknown", "colour"),
        # Stripe had it once; this version has it no more.
        ("/v1/checkout/sessions", {**SESSION, "payment_method_types[0]": "card"}, "parameter_unknown", None),
        ("/v1/checkout/sessions", {**SESSION, "api_key": "x"}, "parameter_unknown", "api_key"),
        ("/v1/checkout/sessions", {**SESSION, "payment_intent_data[colour]": "red"}, "parameter_unknown", None),
        ("/v1/checkout/sessions", {**SESSION, "expires_at": "soon"}, "parameter_invalid_integer", "expires_at"),
        ("/v1/checkout/sessions", {**SESSION, "expires_at": "9" * 30}, "parameter_invalid_integer", "expires_at"),
        ("/v1/checkout/sessions", {**SESSION, "mode": "gift"}, None, "mode"),
        ("/v1/checkout/sessions", {**SESSION, "line_items": "all"}, "parameter_invalid_array", None),
        ("/v1/checkout/sessions", {**SESSION, "line_items[first][quantity]": "1"}, "parameter_invalid_array", None),
        ("/v1/checkout/sessions", WITHOUT_NAME, "parameter_missing", None),
        ("/v1/checkout/sessions", {**SESSION, "success_url": ""}, "parameter_missing", "success_url"),
        ("/v1/checkout/sessions", {**SESSION, "line_items[0][price_data][unit_amount]": "5"}, "amount_too_small", None),
        ("/v1/checkout/sessions", {**SESSION, "metadata[a]": "x" * 501}, "parameter_invalid_string", "metadata"),
        ("/v1/checkout/sessions", {**SESSION, "allow_promotion_codes": "maybe"}, "parameter_invalid_boolean", None),
        ("/v1/refunds", {"payment_intent": "pi_1", "reason": "because"}, None, "reason"),
        ("/v1/refunds", {"amount": "1"}, None, None),
        ("/v1/disputes/dp_1", {"evidence[colour]": "red"}, "parameter_unknown", "evidence[colour]"),
        ("/v1/nothing", {}, None, None),
    ],
)
def test_what_the_sdk_would_not_send_is_refused(
    stripe_simulator: Simulator, ask: Ask, path: str, form: dict[str, str], code: str | None, parameter: str | None
) -> None:
    answer = ask("POST", path, form, key="k")
    assert answer.status in {400, 404}
    error = answer.body["error"]
    assert (error["type"], error.get("code")) == ("invalid_request_error", code)
    if parameter:
        assert error["param"] == parameter
    assert not stripe_simulator.all("checkout.session")
    # It had not begun, so the key is free.
    assert ask("POST", "/v1/checkout/sessions", SESSION, key="k").status == 200 or code == "amount_too_small"


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many"])
def test_a_page_has_one_to_a_hundred(ask: Ask, limit: str) -> None:
    assert ask("GET", "/v1/events", {"limit": limit}).status == 400


def test_pages_follow_each_other_either_way(everything: Simulator, ask: Ask) -> None:
    whole = [one["id"] for one in everything.all("charge")][::-1]
    first = ask("GET", "/v1/charges", {"limit": "3"}).body
    assert ([one["id"] for one in first["data"]], first["has_more"]) == (whole[:3], True)
    second = ask("GET", "/v1/charges", {"limit": "3", "starting_after": whole[2]}).body
    assert [one["id"] for one in second["data"]] == whole[3:6]
    back = ask("GET", "/v1/charges", {"limit": "3", "ending_before": whole[3]}).body
    assert ([one["id"] for one in back["data"]], back["has_more"]) == (whole[:3], False)
    last = ask("GET", "/v1/charges", {"starting_after": whole[-1]}).body
    assert (last["data"], last["has_more"]) == ([], False)
    assert ask("GET", "/v1/charges", {"starting_after": "ch_nothing"}).status == 404


def test_lists_are_filtered(everything: Simulator, ask: Ask) -> None:
    refund = everything.all("refund")[0]
    assert [one["id"] for one in ask("GET", "/v1/refunds", {"charge": refund["charge"]}).body["data"]] == [refund["id"]]
    at = str(refund["created"])
    assert ask("GET", "/v1/refunds", {"created[gt]": str(int(at) + 60)}).body["data"] == []
    assert len(ask("GET", "/v1/refunds", {"created[gte]": at, "created[lt]": str(int(at) + 60)}).body["data"]) > 0
    assert ask("GET", "/v1/refunds", {"created[lte]": str(int(at) - 60)}).body["data"] == []
    kinds = {"types[0]": "refund.failed", "types[1]": "refund.created", "limit": "100"}
    assert {one["type"] for one in ask("GET", "/v1/events", kinds).body["data"]} == {"refund.failed", "refund.created"}
    assert {one["type"] for one in ask("GET", "/v1/events", {"type": "refund.failed"}).body["data"]} == {
        "refund.failed"
    }


def test_a_key_remembers_what_it_was_used_for(stripe_simulator: Simulator, ask: Ask) -> None:
    intent = stripe_simulator.stray_payment(4500)
    form = {"payment_intent": intent["id"], "amount": "4000"}
    first = ask("POST", "/v1/refunds", form, key="k")
    again = ask("POST", "/v1/refunds", form, key="k")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert again.headers["Request-Id"] == first.headers["Request-Id"]
    other = ask("POST", "/v1/refunds", {**form, "amount": "500"}, key="k")
    assert (other.status, other.body["error"]["type"]) == (400, "idempotency_error")
    # A refusal that came of doing it is remembered too.
    refused = ask("POST", "/v1/refunds", form, key="k2")
    assert refused.status == 400
    assert ask("POST", "/v1/refunds", form, key="k2").headers["Idempotent-Replayed"] == "true"
    assert len(stripe_simulator.all("refund")) == 1


def test_another_version_of_the_api_is_not_played(stripe_simulator: Simulator) -> None:
    headers = {"Authorization": f"Bearer {stripe_simulator.key}", "Stripe-Version": "2020-08-27"}
    reply = stripe_simulator.ask(Question("GET", "/v1/events", "", headers))
    assert reply.answer is not None
    assert reply.answer.status == 400
    assert API_VERSION in json.dumps(reply.answer.body)


def test_the_balance_is_what_was_taken_less_what_went_back(stripe_simulator: Simulator, asked: Gateway) -> None:
    intent = paid(stripe_simulator, asked, "refund_fails")
    refund = asked.refund_create(key="r1", intent_id=intent.id, amount_minor=1000, metadata={})
    assert stripe_simulator.balance() == 3500
    stripe_simulator.fail_refund(refund.id)
    assert stripe_simulator.balance() == 4500
    dispute = stripe_simulator.open_dispute(intent.id)
    assert stripe_simulator.balance() == 0
    stripe_simulator.close_dispute(dispute["id"], won=True)
    assert stripe_simulator.balance() == 4500
