"""Errors told to a Sentry, where an installation names one: what went wrong and where in the code, and nobody's data.

Events are made anew from the few things that may be told. What a person typed, looked at or is called stands in an
exception's text, in local variables, in addresses and in what the SDK gathers around them: all of that stays here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sentry_sdk
from sentry_sdk.types import Event, Hint

from common import request_context

# As the SDK names them; of a frame neither its variables nor its lines of source.
_KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment")
_OF_A_FRAME = ("filename", "function", "module", "lineno", "in_app")
# Whose log lines are constant texts with what varies as arguments: the lint sees to it. Others' may quote anything.
OURS = (
    "accounts",
    "audit",
    "billing",
    "booking",
    "common",
    "doctors",
    "home",
    "integrations",
    "medconsult",
    "notifications",
    "records",
    "verification",
)


def options(dsn: str) -> dict[str, Any]:
    """For `sentry_sdk.init`. Most of it would be left out of events anyway: so it is not even gathered."""
    return {
        "dsn": dsn,
        "before_send": what_may_be_told,
        "before_send_transaction": lambda _event, _hint: None,
        "before_breadcrumb": lambda _crumb, _hint: None,
        "max_breadcrumbs": 0,
        "include_local_variables": False,
        "include_source_context": False,
        "max_request_body_size": "never",
        "auto_session_tracking": False,
        # Else each call to Stripe, NHS login or a bucket tells them of our Sentry, and which calls were of one request.
        "trace_propagation_targets": [],
        "server_name": "",
    }


def connect(dsn: str) -> None:
    sentry_sdk.init(**options(dsn))


def what_may_be_told(event: Event, hint: Hint) -> Event | None:
    """The event with nothing in it but what is named here: class and place of an error, the request's and the actor's
    public ids, and the route's name."""
    given: dict[str, Any] = dict(event)
    context = request_context.current()
    told: dict[str, Any] = {name: given[name] for name in _KEPT if name in given}
    ids = {"request_id": context.request_id, "actor_id": context.actor_id}
    told["tags"] = {name: str(value) for name, value in ids.items() if value}
    told["transaction"] = context.route
    if errors := list(_errors(given)):
        told["exception"] = {"values": errors}
    record = hint.get("log_record")
    if record is not None and record.name.partition(".")[0] in OURS:
        told["message"] = str(record.msg)
    return told  # type: ignore[return-value]


def _errors(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for error in (event.get("exception") or {}).get("values") or []:
        frames = (error.get("stacktrace") or {}).get("frames") or []
        places = [{name: frame[name] for name in _OF_A_FRAME if name in frame} for frame in frames]
        yield {"type": error.get("type"), "module": error.get("module"), "stacktrace": {"frames": places}}
