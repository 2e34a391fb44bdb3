from __future__ import annotations

import json
import logging
import sys
import uuid
from typing import Any

from common.logs import RequestFilter, json_formatter
from common.request_context import acting

CANARY = "canary-93-jane.doe@example.org"


def told(record: logging.LogRecord) -> dict[str, Any]:
    line = json_formatter().format(record)
    assert "\n" not in line
    said: dict[str, Any] = json.loads(line)
    return said


def record_of(message: str, *args: object, **extra: Any) -> logging.LogRecord:
    return logging.getLogger("home").makeRecord(
        "home", logging.ERROR, __file__, 1, message, args, extra.pop("exc_info", None), extra=extra
    )


def fail_of(value: str) -> None:
    try:
        uuid.UUID(value)
    except ValueError as error:
        raise LookupError(f"Key (email)=({value}) is not there") from error


def test_every_log_line_carries_the_id() -> None:
    record = logging.makeLogRecord({})
    with acting(request_id="r1"):
        assert RequestFilter().filter(record)
    assert vars(record)["request_id"] == "r1"


def test_a_line_says_when_where_for_which_request_and_by_whom() -> None:
    actor = uuid.uuid4()
    with acting(request_id="r1", actor_id=actor, route="booking:book"):
        line = told(record_of("It is %s", "so"))
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "error",
        "logger": "home",
        "event": "It is so",
        "request_id": "r1",
        "actor_id": str(actor),
        "route": "booking:book",
    }


def test_an_alarms_figures_come_by_name_and_nothing_else_does() -> None:
    line = told(record_of("alarm=job_late", alarm="job_late", age_seconds=412, job="watch", request=CANARY))
    assert (line["alarm"], line["age_seconds"], line["job"]) == ("job_late", 412, "watch")
    assert CANARY not in json.dumps(line)


def test_an_exception_is_told_by_its_class_and_place_and_never_by_its_text() -> None:
    try:
        fail_of(CANARY)
    except LookupError as error:
        error.add_note(CANARY)
        # As Celery writes it of a task that failed: with the exception's text in the line itself.
        line = told(record_of("Task failed: %r, %s", error, error, exc_info=sys.exc_info()))
    assert line["event"] == "Task failed: LookupError, LookupError"
    assert [part["class"] for part in line["exception"]] == ["LookupError", "ValueError"]
    assert "test_logs.py" in line["exception"][0]["frames"][0]
    assert CANARY not in json.dumps(line)
