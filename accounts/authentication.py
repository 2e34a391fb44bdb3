from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.request import Request

from accounts.errors import TwoStepNeeded
from accounts.policies import two_step_missing


class TokenAuthentication(KnoxTokenAuthentication):
    """knox's, which opens nothing either to somebody of whom two-step sign-in is demanded and who has none."""

    def authenticate(self, request: Request) -> Any:
        """Raises `TwoStepNeeded`."""
        found = super().authenticate(request)
        if found and two_step_missing(found[0]):
            raise TwoStepNeeded
        return found


class TokenScheme(KnoxTokenScheme):
    """How the API's description speaks of it."""

    target_class = "accounts.authentication.TokenAuthentication"
