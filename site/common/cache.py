from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

CONNECT_SECONDS = 0.25
ANSWER_SECONDS = 1
# While it is away only one request in so many seconds waits to find out whether it is back.
PAUSE_SECONDS = 2

logger = logging.getLogger(__name__)
T = TypeVar("T")


class SoftRedisCache(RedisCache):
    """Redis as a help, never a need: with the server away a read misses and a write is dropped.

    Nothing may rely on what it holds: what must not be lost belongs in the database or its cache. `add` answers True
    while the server is away, so a caller that wants to be the only one must not use it as a lock.
    """

    # Django makes a cache object for each thread; the server is away for all of them.
    _away_until: float = 0
    _options: dict[str, Any]

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._options = {
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "retry": None,
            **self._options,
        }

    def _softly(self, work: Callable[[], T], otherwise: T) -> T:
        cls = type(self)
        if time.monotonic() < cls._away_until:
            return otherwise
        try:
            answer = work()
        except (RedisError, OSError) as error:
            # Once an outage, and without the key: keys may name people.
            if not cls._away_until:
                logger.warning("The Redis cache is away (%s); going on without it", type(error).__name__)
            cls._away_until = time.monotonic() + PAUSE_SECONDS
            return otherwise
        if cls._away_until:
            logger.warning("The Redis cache is back")
            cls._away_until = 0
        return answer

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._softly(lambda: super(SoftRedisCache, self).add(key, value, timeout, version), otherwise=True)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._softly(lambda: super(SoftRedisCache, self).get(key, default, version), default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._softly(lambda: super(SoftRedisCache, self).set(key, value, timeout, version), None)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._softly(lambda: super(SoftRedisCache, self).touch(key, timeout, version), otherwise=False)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._softly(lambda: super(SoftRedisCache, self).delete(key, version), otherwise=False)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return self._softly(lambda: super(SoftRedisCache, self).get_many(keys, version), {})

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._softly(lambda: super(SoftRedisCache, self).has_key(key, version), otherwise=False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """As Django's; with the server away the count starts again at `delta`."""
        return self._softly(lambda: super(SoftRedisCache, self).incr(key, delta, version), delta)

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        failed: list[str] = list(data)
        return self._softly(lambda: super(SoftRedisCache, self).set_many(data, timeout, version), failed)

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._softly(lambda: super(SoftRedisCache, self).delete_many(keys, version), None)

    def clear(self) -> None:
        self._softly(lambda: super(SoftRedisCache, self).clear(), None)
