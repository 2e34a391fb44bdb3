"""What the API's views of every app stand on besides `common.drf`: who calls, as what, and what they sent."""

from __future__ import annotations

from typing import Any, cast

from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import Patient, User
from accounts.policies import assert_clinic_staff, assert_doctor, assert_patient
from common.drf.views import ApiView


class Endpoint(ApiView):
    """A view for whoever is signed in."""

    @property
    def caller(self) -> User:
        return cast("User", self.request.user)

    def sent(self, asked: type[serializers.BaseSerializer[Any]], **more: Any) -> dict[str, Any]:
        """The body as the serializer reads it. Raises DRF's `ValidationError` (422)."""
        given = asked(data=self.request.data, context={"request": self.request, "view": self}, **more)
        given.is_valid(raise_exception=True)
        found: dict[str, Any] = given.validated_data
        return found


class PatientEndpoint(Endpoint):
    """As the pages behind `patient_required`: for whoever has a patient profile (else 403, `profile_needed`)."""

    patient: Patient

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        self.patient = assert_patient(self.caller)


class DoctorEndpoint(Endpoint):
    """As the pages behind `doctor_required`: for whoever has the role of a doctor (else 403)."""

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        assert_doctor(self.caller)


class StaffEndpoint(Endpoint):
    """As the pages behind `staff_required`: for whoever works at the desk of a place (else 403)."""

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        assert_clinic_staff(self.caller)
