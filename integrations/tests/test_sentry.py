from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.tracing_utils import should_propagate_trace
from sentry_sdk.transport import Transport
from sentry_sdk.utils import event_from_exception

from common import request_context
from integrations import sentry

CANARY = "canary-jane.doe@example.org"
DSN = "https://key@sentry.example/1"


class Kept(Transport):
    """What would have left, as it would have left."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.left += [json.loads(item.get_bytes()) for item in envelope.items]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def client(kept: Kept) -> sentry_sdk.Client:
    """As `connect` makes it, but for the hooks into Django and Celery, which would stay in this process."""
    return sentry_sdk.Client(**sentry.options(DSN), transport=kept, default_integrations=False)


def everything_about(event: dict[str, Any]) -> dict[str, Any]:
    """What the SDK's integrations put beside an error, each with somebody's data in it."""
    return {
        **event,
        "request": {"url": f"https://x/?q={CANARY}", "data": {"reason": CANARY}, "cookies": {"a": CANARY}},
        "user": {"email": CANARY, "ip_address": CANARY},
        "breadcrumbs": {"values": [{"message": CANARY}]},
        "extra": {"facts": CANARY},
        "contexts": {"celery-job": {"args": [CANARY]}},
        "tags": {"patient": CANARY},
        "transaction": f"/patients/{CANARY}",
        "logentry": {"message": "%s", "params": [CANARY]},
        "server_name": CANARY,
    }


def test_an_error_is_told_by_its_class_and_place_alone(client: sentry_sdk.Client, kept: Kept) -> None:
    def fail(reason: str) -> None:
        raise ValueError(f"It does not fit: {reason}")

    with request_context.acting(request_id="r-1", route="booking:book"):
        try:
            fail(CANARY)
        except ValueError as error:
            event, hint = event_from_exception(error, client_options=client.options)
            client.capture_event(everything_about(dict(event)), hint)  # type: ignore[arg-type]
    [told] = kept.left
    assert CANARY not in json.dumps(told)
    [failure] = told["exception"]["values"]
    assert failure["type"] == "ValueError"
    assert [frame["function"] for frame in failure["stacktrace"]["frames"]][-1] == "fail"
    assert (told["tags"], told["transaction"]) == ({"request_id": "r-1"}, "booking:book")


@pytest.mark.parametrize(("name", "message"), [("booking.services", "Kept %s"), ("stripe", None)])
def test_a_line_of_ours_is_told_without_what_varies_in_it(
    client: sentry_sdk.Client, kept: Kept, name: str, message: str | None
) -> None:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, "Kept %s", (CANARY,), None)
    event = everything_about({"level": "error", "logger": name, "message": f"Kept {CANARY}"})
    client.capture_event(event, {"log_record": record})  # type: ignore[arg-type]
    [told] = kept.left
    assert CANARY not in json.dumps(told)
    assert told.get("message") == message


def test_what_is_not_to_be_told_is_not_gathered_either() -> None:
    given = sentry.options(DSN)
    for gathers in ("include_local_variables", "include_source_context", "auto_session_tracking"):
        assert given[gathers] is False
    assert given["before_send_transaction"]({}, {}) is None


@pytest.mark.parametrize("url", ["https://api.stripe.com/v1/refunds", "https://auth.login.nhs.uk/token"])
def test_nobody_who_is_called_learns_of_it(client: sentry_sdk.Client, url: str) -> None:
    assert not should_propagate_trace(client, url)
