"""Stripe's addresses: what may be asked there, and what answers. Idempotency is dealt with here, for all of them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus

import stripe
import stripe.checkout
from stripe import params
from stripe.params import checkout as checkout_params

from integrations.stripe.addresses import API_VERSION
from integrations.stripe.simulator import checkout, disputes, intents, lists, refunds
from integrations.stripe.simulator.problems import ApiProblem, Json, ParameterProblem, server_error
from integrations.stripe.simulator.validation import checked, decoded
from integrations.stripe.simulator.world import World

LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return json.dumps(self.body, indent=2).encode()


@dataclass(frozen=True)
class Question:
    """A request to the API, as HTTP brings it. `form` is the body of a POST, the query of a GET."""

    method: str
    path: str
    form: str
    headers: Mapping[str, str]

    @property
    def key(self) -> str:
        return self.headers.get("Idempotency-Key", "")


@dataclass(frozen=True)
class Route:
    method: str
    pattern: str
    params: type
    answers: type
    """The SDK's class of what is answered, or of what is listed."""
    handle: Callable[[World, str, Json], Json]

    def match(self, question: Question) -> re.Match[str] | None:
        found = re.fullmatch(self.pattern.replace("{id}", r"(?P<id>\w+)"), question.path)
        return found if question.method == self.method else None


def _retrieve(kind: str, parameter: str) -> Callable[[World, str, Json], Json]:
    return lambda world, identity, _asked: world.find(kind, identity, parameter)


def _list(kind: str, address: str) -> Callable[[World, str, Json], Json]:
    return lambda world, _identity, asked: lists.page(world, kind, address, asked)


def _reading(address: str, kind: str, answers: type, retrieve: type, listing: type) -> list[Route]:
    parameter = kind.rpartition("_")[2].rpartition(".")[2]
    return [
        Route("GET", f"{address}/{{id}}", retrieve, answers, _retrieve(kind, parameter)),
        Route("GET", address, listing, answers, _list(kind, address)),
    ]


SESSIONS, INTENTS, REFUNDS, DISPUTES = "/v1/checkout/sessions", "/v1/payment_intents", "/v1/refunds", "/v1/disputes"

ROUTES = [
    Route(
        "POST",
        SESSIONS,
        checkout_params.SessionCreateParams,
        stripe.checkout.Session,
        lambda world, _identity, asked: checkout.create(world, asked),
    ),
    Route(
        "POST",
        f"{SESSIONS}/{{id}}/expire",
        checkout_params.SessionExpireParams,
        stripe.checkout.Session,
        checkout.expire,
    ),
    Route("POST", f"{INTENTS}/{{id}}/cancel", params.PaymentIntentCancelParams, stripe.PaymentIntent, intents.cancel),
    Route(
        "POST",
        REFUNDS,
        params.RefundCreateParams,
        stripe.Refund,
        lambda world, _identity, asked: refunds.create(world, asked),
    ),
    Route("POST", f"{REFUNDS}/{{id}}/cancel", params.RefundCancelParams, stripe.Refund, refunds.cancel),
    Route("POST", f"{DISPUTES}/{{id}}", params.DisputeUpdateParams, stripe.Dispute, disputes.update),
    Route("POST", f"{DISPUTES}/{{id}}/close", params.DisputeCloseParams, stripe.Dispute, disputes.accept),
    *_reading(
        SESSIONS,
        "checkout.session",
        stripe.checkout.Session,
        checkout_params.SessionRetrieveParams,
        checkout_params.SessionListParams,
    ),
    *_reading(
        INTENTS,
        "payment_intent",
        stripe.PaymentIntent,
        params.PaymentIntentRetrieveParams,
        params.PaymentIntentListParams,
    ),
    *_reading("/v1/charges", "charge", stripe.Charge, params.ChargeRetrieveParams, params.ChargeListParams),
    *_reading(REFUNDS, "refund", stripe.Refund, params.RefundRetrieveParams, params.RefundListParams),
    *_reading(DISPUTES, "dispute", stripe.Dispute, params.DisputeRetrieveParams, params.DisputeListParams),
    *_reading("/v1/events", "event", stripe.Event, params.EventRetrieveParams, params.EventListParams),
    *_reading(
        "/v1/balance_transactions",
        "balance_transaction",
        stripe.BalanceTransaction,
        params.BalanceTransactionRetrieveParams,
        params.BalanceTransactionListParams,
    ),
]


def answer(world: World, question: Question, *, key: str, fails_afterwards: bool = False) -> Answer:
    """Answer a request that carries our `key`; with `fails_afterwards` do it all, and say 500.

    Used under `world.lock`.
    """
    request_id = world.new_id("request")
    try:
        return _answer(world, question, key, request_id, fails_afterwards=fails_afterwards)
    except ApiProblem as problem:
        return Answer(problem.http_status, problem.body, _headers(request_id, question))


def _answer(world: World, question: Question, key: str, request_id: str, *, fails_afterwards: bool) -> Answer:
    _check_key(question, key)
    route, identity = _route(question)
    asked = checked(decoded(question.form), route.params)
    if question.method != "POST" or not question.key:
        return Answer(HTTPStatus.OK, _done(world, route, identity, asked), _headers(request_id, question))
    print_of = sha256(f"{question.method} {question.path} {json.dumps(asked, sort_keys=True)}".encode()).hexdigest()
    stored = world.store.get("idempotency", question.key)
    if stored:
        return _replay(stored, print_of, question)
    world.request = {"id": request_id, "idempotency_key": question.key}
    try:
        status, body = HTTPStatus.OK, _done(world, route, identity, asked)
    except ParameterProblem:
        raise
    except ApiProblem as problem:
        # It had begun, so the refusal is remembered like any other answer.
        status, body = problem.http_status, problem.body
    finally:
        world.request = None
    if fails_afterwards:
        status, body = HTTPStatus.INTERNAL_SERVER_ERROR, server_error().body
    record = {"print": print_of, "status": int(status), "body": copy.deepcopy(body), "request": request_id}
    world.store.put("idempotency", question.key, record)
    return Answer(status, body, _headers(request_id, question, status))


def _check_key(question: Question, key: str) -> None:
    scheme, _, given = question.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not compare_digest(given.encode(), key.encode()):
        raise ApiProblem("Invalid API Key provided.", status=HTTPStatus.UNAUTHORIZED)
    if question.headers.get("Stripe-Version") != API_VERSION:
        raise ApiProblem(f"This simulator speaks the version {API_VERSION} alone.")
    if len(question.key) > LONGEST_KEY:
        raise ApiProblem("Idempotency keys may have 255 letters.", kind="idempotency_error")


def _route(question: Question) -> tuple[Route, str]:
    for route in ROUTES:
        found = route.match(question)
        if found:
            return route, found.groupdict().get("id", "")
    raise ApiProblem(f"Unrecognized request URL ({question.method}: {question.path}).", status=HTTPStatus.NOT_FOUND)


def _done(world: World, route: Route, identity: str, asked: Json) -> Json:
    expand = asked.pop("expand", None) or []
    return lists.expanded(world, route.handle(world, identity, asked), expand)


def _replay(stored: Json, print_of: str, question: Question) -> Answer:
    if stored["print"] != print_of:
        raise ApiProblem(
            "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            kind="idempotency_error",
        )
    headers = _headers(stored["request"], question, stored["status"])
    return Answer(stored["status"], stored["body"], {**headers, "Idempotent-Replayed": "true"})


def _headers(request_id: str, question: Question, status: int = HTTPStatus.OK) -> dict[str, str]:
    headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
    if question.key:
        headers["Idempotency-Key"] = question.key
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            # It would get the same answer again.
            headers["Stripe-Should-Retry"] = "false"
    return headers
