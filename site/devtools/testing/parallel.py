"""Clients that act at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What one client got: a value, or the exception that was raised."""

    value: T | None = None
    error: Exception | None = None


def at_once(actions: Sequence[Callable[[], T]]) -> list[Outcome[T]]:
    """Run every action in a thread and on a database connection of its own, all let go together.

    Returns the outcomes in the order of the actions. The test that calls it needs `transactional_db`.
    """
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], T]) -> Outcome[T]:
        from django.db import connections

        try:
            connections["default"].ensure_connection()
            start.wait(timeout=30)
            return Outcome(value=action())
        except Exception as error:  # noqa: BLE001 — whatever it is, it is this client's outcome
            return Outcome(error=error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        return list(pool.map(run, actions))
