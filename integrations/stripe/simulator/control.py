"""What a test or a person makes happen: `POST /_simulator/{what}` with a form, answered in JSON or by going back.

`GET /_simulator/state` says what there is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from integrations.stripe.simulator import deliveries, faults
from integrations.stripe.simulator.api import Question
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.pages import Page, redirect
from integrations.stripe.simulator.problems import ApiProblem, Json

Form = dict[str, str]


def answer(simulator: Simulator, question: Question) -> Page:
    what = question.path.removeprefix("/_simulator/")
    if question.method == "GET" and what == "state":
        return _json(_state(simulator))
    if question.method != "POST" or what not in _COMMANDS:
        return _json({"error": f"There is no {question.method} {question.path}."}, HTTPStatus.NOT_FOUND)
    try:
        done = _COMMANDS[what](simulator, dict(parse_qsl(question.form)))
    except ApiProblem as problem:
        done, status = problem.body, problem.http_status
    except (KeyError, ValueError) as error:
        done, status = {"error": f"{type(error).__name__}: {error}"}, HTTPStatus.BAD_REQUEST
    else:
        status = HTTPStatus.OK
    if "text/html" in question.headers.get("Accept", "") and status == HTTPStatus.OK:
        return redirect("/")
    return _json(done, status)


def _json(body: Json, status: HTTPStatus = HTTPStatus.OK) -> Page:
    return Page(status, json.dumps(body, indent=2).encode(), {"Content-Type": "application/json"})


def _state(simulator: Simulator) -> Json:
    kinds = ("checkout.session", "payment_intent", "charge", "refund", "dispute", "event")
    counts = {kind: len(simulator.all(kind)) for kind in kinds}
    return {**counts, "balance": simulator.balance(), "untold": len(simulator.deliveries.waiting())}


def _yes(form: Form, name: str) -> bool:
    return form.get(name) == "true"


def _fault(simulator: Simulator, form: Form) -> Json:
    simulator.faults.add(
        faults.Fault(
            faults.Kind(form["kind"]),
            path=form.get("path", "/v1/"),
            method=form.get("method", "POST"),
            times=int(form.get("times", "1")),
        )
    )
    return {}


def _rule(simulator: Simulator, form: Form) -> Json:
    simulator.deliveries.rules.append(
        deliveries.Rule(
            deliveries.Kind(form["kind"]),
            types=form.get("types", ""),
            times=int(form.get("times", "1")),
            seconds=float(form.get("seconds", "0")),
            every=int(form.get("every", "1")),
        )
    )
    return {}


def _clear(simulator: Simulator, _form: Form) -> Json:
    simulator.faults.clear()
    simulator.deliveries.rules.clear()
    return {}


def _hold(simulator: Simulator, _form: Form) -> Json:
    simulator.hold()
    return {}


def _release(simulator: Simulator, form: Form) -> Json:
    simulator.release(reverse=_yes(form, "reverse"))
    return {}


def _advance(simulator: Simulator, form: Form) -> Json:
    simulator.advance(float(form["seconds"]))
    return {}


def _dispute(simulator: Simulator, form: Form) -> Json:
    amount = int(form["amount"]) if "amount" in form else None
    reason = form.get("reason", "fraudulent")
    return simulator.open_dispute(form["id"], reason, inquiry=_yes(form, "inquiry"), amount=amount)


def _refund(simulator: Simulator, form: Form) -> Json:
    return simulator.refund_in_dashboard(form["id"], int(form["amount"]) if "amount" in form else None)


def _stray(simulator: Simulator, form: Form) -> Json:
    return simulator.stray_payment(int(form.get("amount", "4500")), form.get("currency", "gbp"))


_COMMANDS: dict[str, Callable[[Simulator, Form], Json]] = {
    "fault": _fault,
    "rule": _rule,
    "clear": _clear,
    "hold": _hold,
    "release": _release,
    "advance": _advance,
    "pay": lambda simulator, form: simulator.pay(form["id"], form.get("card", "pays")),
    "expire": lambda simulator, form: simulator.expire(form["id"]),
    "dispute": _dispute,
    "close": lambda simulator, form: simulator.close_dispute(form["id"], won=_yes(form, "won")),
    "refund": _refund,
    "settle": lambda simulator, form: simulator.settle_refund(form["id"]),
    "fail": lambda simulator, form: simulator.fail_refund(form["id"]),
    "stray": _stray,
}
