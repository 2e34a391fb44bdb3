from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from integrations.oidc.errors import ProviderAway

T = TypeVar("T")
# Seconds.
FRESH_FOR = 60 * 60
ASKED_AT_MOST_EVERY = 60


class Remembered(Generic[T]):
    """What a provider has published, asked once an hour and kept while it is away.

    For one process: each worker asks for itself, so that nothing between them can put another key in.
    """

    def __init__(self, fetch: Callable[[], T], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = Lock()
        self._value: T | None = None
        self._asked_at: float | None = None

    def get(self) -> T:
        """Raises `ProviderAway` where it was never had."""
        with self._lock:
            if self._value is None or self._asked_longer_ago_than(FRESH_FOR):
                self._ask()
            assert self._value is not None
            return self._value

    def get_anew(self) -> T:
        """As `get`, and asks again, but for once a minute: a caller who makes up names of keys must not make us ask."""
        with self._lock:
            if self._value is None or self._asked_longer_ago_than(ASKED_AT_MOST_EVERY):
                self._ask()
            assert self._value is not None
            return self._value

    def _asked_longer_ago_than(self, seconds: float) -> bool:
        return self._asked_at is None or self._clock() - self._asked_at >= seconds

    def _ask(self) -> None:
        try:
            self._value = self._fetch()
        except ProviderAway:
            if self._value is None:
                raise
        self._asked_at = self._clock()
