"""What the practice says of a visit, and takes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.states import Area
from booking import policies, selectors, services
from booking.api.serializers import AppointmentSerializer
from booking.states import ErrorReason, NoShowCorrection
from common.errors import Forbidden


class CorrectionSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=NoShowCorrection.choices)


class EnteredInErrorSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=ErrorReason.choices)


class NoShowCorrect(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(request=CorrectionSerializer, responses=AppointmentSerializer)
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Take back that nobody came; what happened instead says what the visit becomes."""
        appointment = selectors.appointment_for(self.caller, appointment_id)
        if not policies.acts_for_practice(self.caller, appointment):
            raise Forbidden("practice_only", "Only the doctor and the clinic can correct this.")
        reason = NoShowCorrection(self.sent(CorrectionSerializer)["reason"])
        done = services.noshow_correct(actor=self.caller, appointment_id=appointment_id, reason=reason)
        return Response(AppointmentSerializer(done).data)


class EnterInError(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(request=EnteredInErrorSerializer, responses=AppointmentSerializer)
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """It should never have been in the diary: hidden from then on, which cannot be undone."""
        appointment = selectors.appointment_for(self.caller, appointment_id, in_error=True)
        if not policies.acts_for_clinic(self.caller, appointment):
            raise Forbidden("staff_only", "Only the clinic can say that an appointment was entered in error.")
        reason = ErrorReason(self.sent(EnteredInErrorSerializer)["reason"])
        done = services.appointment_enter_in_error(actor=self.caller, appointment_id=appointment_id, reason=reason)
        return Response(AppointmentSerializer(done).data)
