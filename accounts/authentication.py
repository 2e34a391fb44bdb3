from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.errors import LevelNeeded, ScopeNeeded, TwoStepNeeded
from accounts.models import ApiToken, User
from accounts.outside import levels
from accounts.policies import two_step_missing
from common.areas import scope_of


class TokenAuthentication(KnoxTokenAuthentication):
    """knox's, which opens what the token's scopes name alone, and nothing at all to somebody of whom two-step sign-in
    is demanded and who has none."""

    def authenticate(self, request: Request) -> Any:
        """Raises `TwoStepNeeded`, `LevelNeeded` and `ScopeNeeded`; the last also for a view that names no area."""
        found = super().authenticate(request)
        if not found:
            return None
        user, token = found
        if two_step_missing(user):
            raise TwoStepNeeded
        _assert_opens(token, request)
        _assert_sure(user, request)
        return found

    def authenticate_credentials(self, token: bytes) -> Any:
        """As knox's, which reads bytes that are no token of anybody's as if they were text."""
        if not token.isascii():
            raise AuthenticationFailed
        return super().authenticate_credentials(token)


def _assert_opens(token: ApiToken, request: Request) -> None:
    scope = scope_of(request.parser_context["view"], request.method)
    if scope and scope not in token.scopes:
        raise ScopeNeeded(scope)


def _assert_sure(user: User, request: Request) -> None:
    """What `OutsideLevelMiddleware` asks of sessions; it has been before anybody knew whose token this is."""
    capability = levels.wanted_for(request._request, request.parser_context["view"])  # noqa: SLF001 - Django's own
    if capability is not None and levels.is_missing_of_token(user, capability):
        raise LevelNeeded


class TokenScheme(KnoxTokenScheme):
    """How the API's description speaks of it."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"
