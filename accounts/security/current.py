"""The session that a request belongs to, as the account's own rows know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from accounts.models import AccountSession, User
from common import clock

SESSION_KEY = "account_session"
# In a session whose token a program holds: as a cookie it opens nothing, and what a cookie names is no such token.
OF_PROGRAM = "of_program"


@dataclass(frozen=True)
class OpenSession:
    id: UUID
    started_at: datetime
    last_used_at: datetime
    second_step: bool

    def ended_because(self, now: datetime) -> str | None:
        """`idle` or `too_old` where its time is over, else None."""
        if now - self.started_at >= settings.SESSION_LONGEST:
            return "too_old"
        return "idle" if now - self.last_used_at >= settings.SESSION_IDLE else None


def session_id(request: HttpRequest) -> UUID | None:
    """The public id of the `AccountSession` of this request; None for visitors and for whoever comes by a token."""
    session = getattr(request, "session", None)
    value = session.get(SESSION_KEY) if session is not None else None
    return UUID(value) if value else None


def open_session(request: HttpRequest) -> OpenSession | None:
    """The row of this request's session, without a statement of its own; None where it was ended."""
    mine = session_id(request)
    user = request.user
    if mine is None or not isinstance(user, User):
        return None
    return next((one for one in _loaded(user) if one.id == mine), None)


def signed_in_recently(request: HttpRequest) -> bool:
    """Whether the person has come through the sign-in page so lately that we need not ask who they are again."""
    found = open_session(request)
    limit = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
    return found is not None and clock.now() - found.started_at < limit


def came_by_second_step(request: HttpRequest) -> bool:
    """Whether this very session has proved more than the password; what the account has says nothing of that."""
    found = open_session(request)
    return found is not None and found.second_step


def _loaded(user: User) -> list[OpenSession]:
    entries: list[dict[str, Any]] | None = getattr(user, "open_sessions", None)
    if entries is None:
        rows = AccountSession.objects.filter(user=user)
        return [OpenSession(row.public_id, row.started_at, row.last_used_at, row.second_step) for row in rows]
    return [_opened(one) for one in entries]


def _opened(entry: dict[str, Any]) -> OpenSession:
    return OpenSession(UUID(entry["id"]), _instant(entry["started"]), _instant(entry["used"]), entry["second_step"])


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
