from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.models import Session
from django.core.cache.backends.base import BaseCache

# How long a copy in Redis may outlive its row: a session that was ended while Redis was away ends by then.
COPY_SECONDS = 300


class SessionStore(cached_db.SessionStore):
    """Sessions that live in the database, with a copy in Redis for speed.

    With Redis away or flushed every session is read from its row. The alias drops what it cannot do
    (`common.cache`), so nothing here raises.
    """

    cache_key_prefix = "session:"
    _cache: BaseCache
    _session: dict[str, Any]
    _get_session_from_db: Callable[[], Session | None]

    def load(self) -> dict[str, Any]:
        data = self._cache.get(self.cache_key)
        if data is None:
            data = {}
            if row := self._get_session_from_db():
                data = self.decode(row.session_data)
                self._copy(data, self.get_expiry_age(expiry=row.expire_date))
        return data

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002
        super(cached_db.SessionStore, self).save(must_create)
        self._copy(self._session, self.get_expiry_age())

    def _copy(self, data: dict[str, Any], age: int) -> None:
        self._cache.set(self.cache_key, data, min(age, COPY_SECONDS))
