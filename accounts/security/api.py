"""Where somebody is signed in, as JSON; their API tokens stand in `accounts.api`."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.endpoints import Endpoint
from accounts.models import AccountSession
from accounts.policies import assert_proved_recently
from accounts.security import selectors
from accounts.security.current import session_id
from accounts.states import Area
from common.errors import NotFound


class SessionSerializer(serializers.ModelSerializer[AccountSession]):
    """`is_current` is the session that asks; a token is none."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = AccountSession
        fields = ["id", "device", "address", "started_at", "last_used_at", "second_step", "is_current"]
        read_only_fields = fields

    def get_is_current(self, session: AccountSession) -> bool:
        return str(session.public_id) == str(self.context["current"])


class SessionList(Endpoint):
    area = Area.ACCESS

    @extend_schema(operation_id="sessions_list", responses=SessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Where the caller is signed in on the website."""
        rows = selectors.sessions_of(self.caller)
        return Response(SessionSerializer(rows, many=True, context={"current": session_id(request)}).data)


class SessionsEnd(Endpoint):
    area = Area.ACCESS

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign out everywhere else, API tokens included. Only shortly after the caller has proved who they are."""
        assert_proved_recently(request)
        current = session_id(request)
        services.sessions_end(
            user_id=self.caller.public_id, actor=self.caller, except_session=str(current) if current else None
        )
        return Response(status=HTTPStatus.NO_CONTENT)


class SessionEnd(Endpoint):
    area = Area.ACCESS

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, public_id: UUID) -> Response:
        """Sign out one device. Only shortly after the caller has proved who they are."""
        assert_proved_recently(request)
        user = self.caller
        if not services.session_end(user_id=user.public_id, session_id=public_id, actor=user, reason="revoked"):
            raise NotFound("This session has ended already.")
        return Response(status=HTTPStatus.NO_CONTENT)


urlpatterns = [
    path("sessions/", SessionList.as_view(), name="api_sessions"),
    path("sessions/end-others/", SessionsEnd.as_view(), name="api_sessions_end"),
    path("sessions/<uuid:public_id>/end/", SessionEnd.as_view(), name="api_session_end"),
]
