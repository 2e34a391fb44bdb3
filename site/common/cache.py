from __future__ import annotations

from django.core.cache.backends.redis import RedisCache


class SoftRedisCache(RedisCache):
    """Redis as a help, never a need: with the server away a read misses and a write is dropped."""
