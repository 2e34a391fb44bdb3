from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class MeterMiddleware:
    """Says in the answer's headers what the request cost: CPU and elapsed microseconds, SQL statements."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        statements = 0

        def count(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(*args)

        cpu, elapsed = time.process_time_ns(), time.perf_counter_ns()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-CPU"] = str((time.process_time_ns() - cpu) // 1000)
        response["X-Elapsed"] = str((time.perf_counter_ns() - elapsed) // 1000)
        response["X-SQL"] = str(statements)
        return response
