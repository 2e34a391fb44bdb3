"""Who helps a patient, and whom somebody helps, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.endpoints import Endpoint, PatientEndpoint
from accounts.models import Carer
from accounts.policies import assert_proved_recently
from accounts.states import Area, InvitationState, Scope
from common import clock
from common.drf.fields import DayField
from common.forms import EMAIL_LENGTH


class CarerSerializer(serializers.ModelSerializer[Carer]):
    """`expires_at` ends it by itself; null is until it is taken back."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    scopes = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=InvitationState.choices, read_only=True)

    class Meta:
        model = Carer
        fields = ["id", "email", "relation", "state", "scopes", "invited_at", "expires_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices)))
    def get_scopes(self, carer: Carer) -> list[str]:
        return [scope.value for scope in Scope if getattr(carer, scope.value)]


class HelpedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class CaringSerializer(CarerSerializer):
    """The same from the other side, with whom it is about."""

    patient = HelpedSerializer(read_only=True)

    class Meta(CarerSerializer.Meta):
        fields = ["id", "patient", "relation", "state", "scopes", "expires_at"]
        read_only_fields = fields


class CaringsSerializer(serializers.Serializer[Any]):
    """`asked` wait for the caller's answer."""

    asked = CaringSerializer(many=True)
    helped = CaringSerializer(many=True)


class TermsSerializer(serializers.Serializer[Any]):
    """What a carer may do, and until when. Whoever reads the record has a last day, at most a year from now."""

    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False, max_length=20
    )
    until = DayField(required=False, default=None, allow_null=True, help_text="The last day, by the clinic's clock.")


class InviteSerializer(TermsSerializer):
    email = serializers.EmailField(max_length=EMAIL_LENGTH)
    relation = serializers.ChoiceField(choices=Carer.Relation.choices)


def _terms(asked: dict[str, Any]) -> services.Terms:
    last = asked["until"]
    end = clock.end_of_day(last, clock.clinic_zone()) if last else None
    return services.Terms(scopes=frozenset(map(Scope, asked["scopes"])), expires_at=end)


class CarerList(PatientEndpoint):
    area = Area.PROFILE

    @extend_schema(operation_id="carers_list", responses=CarerSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Who helps the caller, and who is asked to."""
        return Response(CarerSerializer(selectors.carers_of(self.patient), many=True).data)

    @extend_schema(request=InviteSerializer, responses={201: CarerSerializer})
    def post(self, request: Request) -> Response:
        """Ask somebody to help; a repeat changes nothing. Only shortly after the caller has proved who they are."""
        assert_proved_recently(request)
        asked = self.sent(InviteSerializer)
        carer = services.carer_invite(
            actor=self.caller, email=asked["email"], relation=asked["relation"], terms=_terms(asked)
        )
        return Response(CarerSerializer(carer).data, status=HTTPStatus.CREATED)


class CarerChange(PatientEndpoint):
    area = Area.PROFILE

    @extend_schema(request=TermsSerializer, responses=CarerSerializer)
    def post(self, request: Request, carer_id: UUID) -> Response:
        """What they may do, and until when. Only shortly after the caller has proved who they are."""
        selectors.carer_of(self.caller, carer_id)
        assert_proved_recently(request)
        terms = _terms(self.sent(TermsSerializer))
        carer = services.carer_change(actor=self.caller, carer_id=carer_id, terms=terms)
        return Response(CarerSerializer(carer).data)


class CarerRevoke(PatientEndpoint):
    area = Area.PROFILE

    @extend_schema(request=None, responses=CarerSerializer)
    def post(self, request: Request, carer_id: UUID) -> Response:
        """They can do nothing for the caller any more."""
        return Response(CarerSerializer(services.carer_revoke(actor=self.caller, carer_id=carer_id)).data)


class CaringList(Endpoint):
    area = Area.PROFILE

    @extend_schema(responses=CaringsSerializer)
    def get(self, request: Request) -> Response:
        """Whom the caller helps, and who asks them to."""
        shown = {"asked": selectors.invitations_to(self.caller), "helped": selectors.caring_of(self.caller)}
        return Response(CaringsSerializer(shown).data)


class _CaringAnswer(Endpoint):
    area = Area.PROFILE
    service: ClassVar[Callable[..., Carer]]

    @extend_schema(request=None, responses=CaringSerializer)
    def post(self, request: Request, carer_id: UUID) -> Response:
        return Response(CaringSerializer(type(self).service(actor=self.caller, carer_id=carer_id)).data)


class CaringAccept(_CaringAnswer):
    """Yes: the caller can help."""

    service = services.carer_accept


class CaringDecline(_CaringAnswer):
    """No."""

    service = services.carer_decline


class CaringLeave(_CaringAnswer):
    """The caller helps no longer."""

    service = services.carer_leave


urlpatterns = [
    path("carers/", CarerList.as_view(), name="api_carers"),
    path("carers/<uuid:carer_id>/change/", CarerChange.as_view(), name="api_carer_change"),
    path("carers/<uuid:carer_id>/revoke/", CarerRevoke.as_view(), name="api_carer_revoke"),
    path("caring/", CaringList.as_view(), name="api_caring"),
    path("caring/<uuid:carer_id>/accept/", CaringAccept.as_view(), name="api_caring_accept"),
    path("caring/<uuid:carer_id>/decline/", CaringDecline.as_view(), name="api_caring_decline"),
    path("caring/<uuid:carer_id>/leave/", CaringLeave.as_view(), name="api_caring_leave"),
]
