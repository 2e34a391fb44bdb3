from __future__ import annotations

from django.contrib.sessions.backends.cached_db import SessionStore

__all__ = ["SessionStore"]
