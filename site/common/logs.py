"""How a log's lines look: for a person at a terminal, or as JSON for a store that reads them.

Either says which request a line belongs to. JSON says besides who acted (a public id) and by which route, and leaves
out the text of exceptions: a database quotes the row in it, a parser what somebody has typed.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict

from common import request_context

FORMATS = ("json", "line")
# What is added to a line by name, and comes out under it: figures of alarms (home.operations), Django's status.
FIGURES = ("alarm", "age_seconds", "count", "difference_minor", "job", "status_code")
FRAMES = 30


def logging_config(level: str, form: str) -> dict[str, Any]:
    """For LOGGING and Gunicorn; `form` is one of FORMATS."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request": {"()": "common.logs.RequestFilter"},
            "secret_paths": {"()": "common.secret_paths.SecretPathsFilter"},
        },
        "formatters": {
            "json": {"()": "common.logs.json_formatter"},
            "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["request", "secret_paths"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        # Its lines quote Stripe's answers.
        "loggers": {"stripe": {"level": "ERROR"}},
    }


class RequestFilter(logging.Filter):
    """Puts the request's id on every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_context.current().request_id or "-"
        return True


def json_formatter() -> logging.Formatter:
    """One object a line: time (UTC), level, logger, event, request_id, actor_id, route, figures, exception."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            ExtraAdder(allow=FIGURES),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            _with_context,
            _without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _with_context(_: Any, __: str, event: EventDict) -> EventDict:
    context = request_context.current()
    told = {"request_id": context.request_id, "actor_id": context.actor_id, "route": context.route}
    return {**event, **{name: str(value) for name, value in told.items() if value}}


_traced = ExceptionDictTransformer(show_locals=False, max_frames=FRAMES)


def _without_values(_: Any, __: str, event: EventDict) -> EventDict:
    """The classes of an exception and of what it came from, with their frames; its text also goes from the line."""
    info = event.pop("exc_info", None)
    if not info:
        return event
    error = info[1]
    for text in filter(None, (repr(error), str(error))):
        event["event"] = event["event"].replace(text, type(error).__name__)
    event["exception"] = [
        {
            "class": part["exc_type"],
            "frames": [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in part["frames"]],
        }
        for part in _traced(info)
    ]
    return event
