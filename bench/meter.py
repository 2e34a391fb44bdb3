from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class Statements:
    """Counts SQL statements and the nanoseconds that they take, transaction control left out. For `execute_wrapper`."""

    def __init__(self) -> None:
        self.count = 0
        self.elapsed = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.count += 1
        started = time.perf_counter_ns()
        try:
            return execute(*args)
        finally:
            self.elapsed += time.perf_counter_ns() - started


class MeterMiddleware:
    """Says in the answer's headers what the request cost, in microseconds of this thread, and its SQL statements."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        statements = Statements()
        cpu, elapsed = time.thread_time_ns(), time.perf_counter_ns()
        with connection.execute_wrapper(statements):
            response = self.get_response(request)
        response["X-CPU"] = str((time.thread_time_ns() - cpu) // 1000)
        response["X-Elapsed"] = str((time.perf_counter_ns() - elapsed) // 1000)
        response["X-Statements"] = str(statements.count)
        response["X-Database"] = str(statements.elapsed // 1000)
        return response
