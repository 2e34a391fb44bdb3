"""Which providers open the caller's account beside its password, as JSON. Connecting one is a browser's way."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.outside.selectors import Door, doors_of
from accounts.outside.steps import disconnected
from accounts.outside.ways import Provider
from accounts.policies import assert_proved_recently
from accounts.states import Area
from common.errors import NotFound
from integrations.nhs.levels import Level


class SignInProviderSerializer(serializers.Serializer[Any]):
    """`is_connected`: it opens the account. `level` is how surely it knew the person, where it has levels; since
    `ended_at` it does not say that it knows them."""

    provider = serializers.ChoiceField(choices=Provider.choices, source="way.provider")
    name = serializers.CharField(source="way.name")
    is_connected = serializers.SerializerMethodField()
    level = serializers.ChoiceField(choices=["", *Level], source="identity.level", default="")
    verified_at = serializers.DateTimeField(source="identity.verified_at", default=None, allow_null=True)
    ended_at = serializers.DateTimeField(source="identity.ended_at", default=None, allow_null=True)

    def get_is_connected(self, door: Door) -> bool:
        return door.identity is not None


class SignInProviders(Endpoint):
    area = Area.ACCESS

    @extend_schema(operation_id="sign_in_providers_list", responses=SignInProviderSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The providers by which the caller may sign in here, connected or not."""
        return Response(SignInProviderSerializer(doors_of(self.caller), many=True).data)


class SignInProviderDisconnect(Endpoint):
    area = Area.ACCESS

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, provider: str) -> Response:
        """It opens the account no more; the owner is told. Only shortly after the caller has proved who they are."""
        ways = [door.way for door in doors_of(self.caller) if door.way.provider.value == provider]
        if not ways:
            raise NotFound
        assert_proved_recently(request)
        disconnected(request._request, self.caller, ways[0])  # noqa: SLF001 - Django's, not DRF's
        return Response(status=HTTPStatus.NO_CONTENT)


urlpatterns = [
    path("sign-in-providers/", SignInProviders.as_view(), name="api_providers"),
    path(
        "sign-in-providers/<slug:provider>/disconnect/",
        SignInProviderDisconnect.as_view(),
        name="api_provider_disconnect",
    ),
]
