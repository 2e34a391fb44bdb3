"""One's own profile, what one agreed to, and who did what with one's record, as JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.access_needs import INTERPRETER_LENGTH, OTHER_LENGTH, AccessNeeds
from accounts.endpoints import Endpoint, PatientEndpoint
from accounts.models import ConsentRecord, Gender
from accounts.record_access import PAGE_LENGTH, VIEWS, entries_of, events_shown
from accounts.selectors import patient_of
from accounts.states import Area
from common.errors import NotFound
from common.fields import opened


class NeedsSerializer(serializers.Serializer[AccessNeeds]):
    """What the patient needs in order to come."""

    step_free = serializers.BooleanField(default=False)
    hearing_loop = serializers.BooleanField(default=False)
    interpreter = serializers.CharField(default="", allow_blank=True, max_length=INTERPRETER_LENGTH)
    other = serializers.CharField(default="", allow_blank=True, max_length=OTHER_LENGTH)


class OwnProfileSerializer(serializers.Serializer[Any]):
    """`address` is null where it cannot be read any more."""

    given_name = serializers.CharField(max_length=80)
    family_name = serializers.CharField(max_length=80)
    birth_date = serializers.DateField()
    phone = serializers.CharField(max_length=30)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False, default=Gender.UNKNOWN)
    nhs_number = serializers.CharField(required=False, default=None, allow_blank=True, allow_null=True, max_length=20)
    address = serializers.CharField(required=False, default=None, allow_blank=True, allow_null=True, max_length=300)
    access_needs = NeedsSerializer(required=False, default=None, allow_null=True)


class ConsentedSerializer(serializers.ModelSerializer[ConsentRecord]):
    """In the words of then."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    code = serializers.CharField(source="question.code", read_only=True)

    class Meta:
        model = ConsentRecord
        fields = ["id", "code", "version", "statement", "more", "status", "given_at", "ended_at"]
        read_only_fields = fields


class AccessEntrySerializer(serializers.Serializer[Any]):
    """One thing that was done with the record: by whom, as what, and what it was."""

    at = serializers.DateTimeField(source="told.event.occurred_at")
    who = serializers.CharField()
    role = serializers.CharField()
    what = serializers.CharField(source="told.what")
    about = serializers.CharField(source="told.about")
    detail = serializers.CharField(source="told.detail")
    is_for_you = serializers.BooleanField()


class AccessQuery(serializers.Serializer[Any]):
    show = serializers.ChoiceField(choices=list(VIEWS), default="others")
    before = serializers.IntegerField(required=False, default=None, min_value=1, max_value=2**63 - 1)


class AccessSerializer(serializers.Serializer[Any]):
    """`older` is the `before` of the next page, null on the last one."""

    entries = AccessEntrySerializer(many=True)
    older = serializers.IntegerField(allow_null=True)


class Profile(Endpoint):
    area = Area.PROFILE

    @extend_schema(responses=OwnProfileSerializer)
    def get(self, request: Request) -> Response:
        """One's own patient profile; 404 before it is there."""
        return self.answer()

    @extend_schema(request=OwnProfileSerializer, responses=OwnProfileSerializer)
    def put(self, request: Request) -> Response:
        """Write one's own patient profile; whoever books has one. Null leaves number, address and needs as they are."""
        asked = self.sent(OwnProfileSerializer)
        needs = asked.pop("access_needs")
        given = AccessNeeds(**needs) if needs else None
        patient = services.profile_complete(actor=self.caller, access_needs=given, **asked)
        services.nhs_number_trace(actor=self.caller, patient_id=patient.public_id)
        self.caller.refresh_from_db()
        return self.answer()

    def answer(self) -> Response:
        patient = patient_of(self.caller)
        if patient is None:
            raise NotFound("You have no patient profile yet.")
        shown = {
            **{name: getattr(patient, name) for name in ("given_name", "family_name", "birth_date", "phone")},
            "gender": patient.gender,
            "nhs_number": patient.nhs_number,
            "address": opened(patient, "address"),
            "access_needs": patient.needs,
        }
        return Response(OwnProfileSerializer(shown).data)


class ConsentRecords(PatientEndpoint):
    area = Area.PROFILE

    @extend_schema(operation_id="consent_records_list", responses=ConsentedSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What the caller agreed to, or a carer for them, the latest first; also what was taken back."""
        return Response(ConsentedSerializer(selectors.consents_of(self.patient), many=True).data)


class ConsentTakeBack(PatientEndpoint):
    area = Area.PROFILE

    @extend_schema(request=None, responses=ConsentedSerializer)
    def post(self, request: Request, consent_id: UUID) -> Response:
        """Take it back from now on."""
        services.consent_take_back(actor=self.caller, consent_id=consent_id)
        return Response(ConsentedSerializer(selectors.consent_of(self.caller, consent_id)).data)


class RecordAccess(PatientEndpoint):
    area = Area.PROFILE

    @extend_schema(parameters=[AccessQuery], responses=AccessSerializer)
    def get(self, request: Request) -> Response:
        """Who did what with the caller's record, the latest first."""
        query = AccessQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        events = events_shown(self.caller, self.patient, show=asked["show"], before=asked["before"])
        older = events[PAGE_LENGTH - 1].pk if len(events) > PAGE_LENGTH else None
        entries = entries_of(self.patient, events[:PAGE_LENGTH])
        return Response(AccessSerializer({"entries": entries, "older": older}).data)


urlpatterns = [
    path("me/profile/", Profile.as_view(), name="api_profile"),
    path("consent-records/", ConsentRecords.as_view(), name="api_consent_records"),
    path("consent-records/<uuid:consent_id>/take-back/", ConsentTakeBack.as_view(), name="api_consent_take_back"),
    path("record-access/", RecordAccess.as_view(), name="api_record_access"),
]
