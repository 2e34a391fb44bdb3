"""Prescriptions as they are read: one's own, those that one wrote, and the check of a paper by its code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint, PatientEndpoint
from accounts.states import Area
from common import clock
from common.drf.files import FileAnswer
from common.drf.paging import KeysetView, Place
from common.drf.views import PublicView
from common.keyset import KeyPage
from common.uploads.serving import drawn_response
from doctors.endpoints import PracticeEndpoint
from records import selectors, services
from records.api.serializers import (
    AllergyAddSerializer,
    AllergySerializer,
    ItemSerializer,
    PrescriptionRowSerializer,
)
from records.check_codes import code_for_people
from records.models import Prescription
from records.reading import prescription_read
from records.states import PrescriptionStatus


class PrescriptionSerializer(PrescriptionRowSerializer):
    """`items` are as they were signed; none where `is_altered`, or where the caller may not read them. `code` is what
    the check asks for."""

    is_altered = serializers.BooleanField()
    is_author = serializers.BooleanField()
    can_end = serializers.BooleanField(help_text="Whether the caller may put it on hold, cancel or stop it.")
    reason = serializers.CharField(help_text="Why it was held or ended.")
    code = serializers.CharField()
    items = ItemSerializer(many=True)
    prescriber = serializers.DictField(child=serializers.CharField())
    replaced_by = serializers.UUIDField(allow_null=True)

    class Meta(PrescriptionRowSerializer.Meta):
        fields = [
            *PrescriptionRowSerializer.Meta.fields,
            "is_altered",
            "is_author",
            "can_end",
            "reason",
            "code",
            "items",
            "prescriber",
            "replaced_by",
        ]


class CheckSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=60)
    birth_date = serializers.DateField(help_text="The patient's.")


class CheckedSerializer(serializers.Serializer[Any]):
    """`items` are empty where it was altered or entered in error: nobody is to use that."""

    status = serializers.ChoiceField(choices=PrescriptionStatus.choices)
    valid_until = serializers.DateField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    is_altered = serializers.BooleanField()
    items = ItemSerializer(many=True)
    prescriber = serializers.DictField(child=serializers.CharField())


class PrescriptionList(KeysetView, PatientEndpoint):
    """What doctors have prescribed to the caller, the latest first."""

    area = Area.RECORDS
    serializer_class = PrescriptionRowSerializer

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Prescription]:
        return selectors.prescriptions_of_patient(self.caller, **place)


class PrescriptionsWritten(KeysetView, PracticeEndpoint):
    """What the caller has prescribed, and begun to, the latest first."""

    area = Area.RECORDS
    serializer_class = PrescriptionRowSerializer

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Prescription]:
        return selectors.prescriptions_of_doctor(self.caller, **place)


class PrescriptionDetail(Endpoint):
    area = Area.RECORDS

    @extend_schema(responses=PrescriptionSerializer)
    def get(self, request: Request, prescription_id: UUID) -> Response:
        """A prescription as it was signed, and what became of it."""
        found = selectors.prescription_for(self.caller, prescription_id)
        services.prescription_viewed(actor=self.caller, prescription=found)
        if found.patient.user_id == self.caller.pk:
            services.news_mark_read(actor=self.caller, thing_ids=[prescription_id], now=clock.now())
        return Response(prescription_told(self, found))


def prescription_told(viewer: Endpoint, found: Prescription) -> dict[str, Any]:
    read = prescription_read(viewer.caller, found, now=clock.now())
    signed, replaced_by = read.reading.signed, selectors.replacement_of(viewer.caller, found)
    more = {name: getattr(read, name) for name in ("is_altered", "is_author", "can_end", "reason")}
    return {
        **PrescriptionRowSerializer(found).data,
        **more,
        # A draft has nothing signed that could have been altered.
        "is_altered": read.is_altered and not found.is_draft,
        "code": code_for_people(signed.code) if signed else "",
        "items": ItemSerializer(signed.content.items if signed else (), many=True).data,
        "prescriber": dict(signed.prescriber) if signed else {},
        "replaced_by": replaced_by.public_id if replaced_by else None,
    }


class PrescriptionPdf(FileAnswer, Endpoint):
    area = Area.RECORDS

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, prescription_id: UUID) -> HttpResponseBase:
        """The PDF of a signed prescription."""
        drawn = services.prescription_download(actor=self.caller, prescription_id=prescription_id)
        return drawn_response(data=drawn, name="prescription.pdf", media_type="application/pdf", request=request)


class PrescriptionCheck(PublicView):
    @extend_schema(request=CheckSerializer, responses=CheckedSerializer)
    def post(self, request: Request) -> Response:
        """Whether a paper is valid, by its code and the patient's date of birth; for whoever holds it."""
        asked = CheckSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        checked = services.prescription_check(**asked.validated_data)
        told = {
            "status": checked.status,
            "valid_until": checked.valid_until,
            "signed_at": checked.signed_at,
            "is_altered": checked.is_altered,
            "items": checked.signed.content.items if checked.signed else (),
            "prescriber": dict(checked.signed.prescriber) if checked.signed else {},
        }
        return Response(CheckedSerializer(told).data, headers={"Cache-Control": "no-store"})


class AllergyList(PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(operation_id="allergies_list", responses=AllergySerializer(many=True))
    def get(self, request: Request) -> Response:
        """One's own allergies: what doctors are warned of when they prescribe."""
        rows = selectors.allergies_visible_to(self.caller, self.patient)
        return Response(AllergySerializer(rows, many=True).data)

    @extend_schema(request=AllergyAddSerializer, responses={201: AllergySerializer})
    def post(self, request: Request) -> Response:
        """Record one; the same again is answered with the one that is there."""
        asked = self.sent(AllergyAddSerializer)
        allergy = services.allergy_record(actor=self.caller, patient=self.patient, **asked)
        return Response(AllergySerializer(allergy).data, status=201)


class AllergyEnd(PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, allergy_id: UUID) -> Response:
        """Take back what one has recorded oneself."""
        services.allergy_end(actor=self.caller, allergy_id=allergy_id)
        return Response(status=204)
