"""Views that refuse, for the tests of the two mappers."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from common.fields import DecryptionError

INSIDE = "postgres://owner:hunter2@db/medconsult"

ERRORS: dict[str, Exception] = {
    "domain": DomainError("odd", "That is odd."),
    "not-found": NotFound(),
    "forbidden": Forbidden("not_yours", "You may not do that."),
    "conflict": Conflict("slot_taken", "That time has just been taken.", alternatives=["2027-03-03T10:20:00Z"]),
    "invalid": Invalid("too_long", "That is too long.", fields={"reason": ["Use fewer words."]}),
    "shadowing": Conflict("taken", "Taken.", status="forged", title="forged", type="forged"),
    "http404": Http404(INSIDE),
    "drf-not-found": exceptions.NotFound(INSIDE),
    "denied": PermissionDenied(INSIDE),
    "parse": exceptions.ParseError(),
    "database": OperationalError(INSIDE),
    "unreadable": DecryptionError(INSIDE),
    "bug": RuntimeError(INSIDE),
}


class Guest(serializers.Serializer[Any]):
    name = serializers.CharField()


class Body(serializers.Serializer[Any]):
    count = serializers.IntegerField(min_value=1)
    guests = Guest(many=True, required=False, max_length=3)  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["count"] == 13:
            raise serializers.ValidationError("Not thirteen.")
        return attrs


class Open(APIView):
    permission_classes: list[Any] = []

    def get(self, request: Request, name: str) -> Response:
        raise ERRORS[name]

    def post(self, request: Request, name: str) -> Response:
        body = Body(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(body.data)


class Closed(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


class Never(BaseThrottle):
    def allow_request(self, request: Request, view: Any) -> bool:
        return False

    def wait(self) -> float:
        return 29.5


class Busy(Open):
    throttle_classes = [Never]


def page(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


urlpatterns = [
    path("page/<str:name>/", page),
    path("api/errors/<str:name>/", Open.as_view()),
    path("api/closed/", Closed.as_view()),
    path("api/busy/<str:name>/", Busy.as_view()),
    *import_module("medconsult.urls").urlpatterns,
]
