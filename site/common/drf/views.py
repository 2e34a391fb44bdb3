"""What every view of the API says of itself."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import views
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from common.areas import PUBLIC
from common.errors import NotFound


class ApiView(views.APIView):
    """A view for people who are signed in.

    `area` is what the scopes of a token and the limits speak of: a token opens no view that names none. `is_keyed` says
    that its POST takes an `Idempotency-Key` (`common.drf.once`), `is_versioned` that whatever changes it demands
    an `If-Match` (`version_asked`); both are for the description.

    Nobody is told a view's methods by OPTIONS, but by its description; what a page elsewhere asks before it calls,
    django-cors-headers answers in front of us.
    """

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    permission_classes = [IsAuthenticated]
    area: ClassVar[str] = ""
    is_keyed: ClassVar[bool] = False
    is_versioned: ClassVar[bool] = False


class PublicView(ApiView):
    """A view for everybody, with or without an account."""

    permission_classes = [AllowAny]
    area = PUBLIC


class Nothing(PublicView):
    """Whatever address the API does not have: a problem like any other."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound

    post = put = patch = delete = get
