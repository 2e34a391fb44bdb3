"""What every door of booking's API says of itself, and who stands before it."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request

from accounts.models import User

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key and body give the first answer again."
)
REFUSALS = {
    409: OpenApiResponse(description="A problem: the state of things does not allow it, or somebody else was first."),
    422: OpenApiResponse(description="A problem: some of the input is wrong; `fields` says which."),
}


def caller_of(request: Request) -> User:
    return cast("User", request.user)
