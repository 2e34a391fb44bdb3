from __future__ import annotations

import dataclasses
import re
from typing import Any

from allauth.core.internal.sessionkit import get_session_user
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts import services
from accounts.models import User
from accounts.security.current import OF_PROGRAM, open_session
from common import clock

# As Django makes them; the store is asked for nothing else.
_KEY = re.compile(r"[0-9a-z]{32}")


class SessionTokens(SessionTokenStrategy):
    """allauth's, whose session ends where a browser's would: idle, too old, or ended from elsewhere.

    The two are told apart: what a browser's cookie names is no such token.
    """

    def create_session_token(self, request: HttpRequest) -> str:
        request.session[OF_PROGRAM] = True
        token: str = super().create_session_token(request)
        return token

    def lookup_session(self, session_token: str) -> SessionBase | None:
        session: SessionBase | None = lookup_session(session_token) if _KEY.fullmatch(session_token) else None
        if session is None or not session.get(OF_PROGRAM):
            return None
        user = get_session_user(session)
        return session if user is None or _goes_on(request_of(session, user)) else None


def request_of(session: SessionBase, user: User) -> HttpRequest:
    """A request as the person of this session would send it, for what asks a request who that is."""
    request = HttpRequest()
    request.session, request.user = session, user
    return request


def _goes_on(request: HttpRequest) -> bool:
    found = open_session(request)
    if found is None or found.ended_because(clock.now()):
        request.session.flush()
        return False
    services.session_touch(session_id=found.id)
    return True


class Adapter(DefaultHeadlessAdapter):
    """Tells accounts by their public ids."""

    def get_user_dataclass(self) -> Any:
        names = ("id", "display", "email", "has_usable_password")
        return dataclasses.make_dataclass("Account", [(name, Any) for name in names])

    def user_as_dataclass(self, user: User) -> Any:
        return self.get_user_dataclass()(
            id=str(user.public_id),
            display=str(user),
            email=user.email,
            has_usable_password=user.has_usable_password(),
        )
