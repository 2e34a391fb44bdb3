from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status, views
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access_needs import AccessNeeds
from accounts.models import Agreement, User
from accounts.selectors import consents_open, patient_of, patients_to_book_for
from booking import selectors, services
from booking.api.serializers import (
    AppointmentSerializer,
    AppointmentWithNeedsSerializer,
    BookingSerializer,
    ConsentSerializer,
    MovingSerializer,
)
from booking.api.shared import KEY_HEADER, REFUSALS, caller_of
from booking.haste import assert_no_haste
from booking.models import Appointment
from common import idempotency
from common.errors import Conflict, Invalid
from doctors.selectors import location_called


class AppointmentList(generics.ListAPIView[Appointment]):
    permission_classes = [IsAuthenticated]
    serializer_class = AppointmentSerializer
    queryset = Appointment.objects.none()

    def get_queryset(self) -> QuerySet[Appointment]:
        return selectors.appointments_visible_to(self.request.user, order_by=("-start", "-pk"))

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The appointments that the caller may see, latest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=BookingSerializer, responses={201: AppointmentWithNeedsSerializer, **REFUSALS}, parameters=[KEY_HEADER]
    )
    def post(self, request: Request) -> Response:
        """Book a free time for the caller or somebody whom they help.

        It is `booked`, or `pending` where the doctor or a payment has to confirm it.
        """
        given = BookingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        assert_no_haste(caller_of(request))
        appointment, code = _book(caller_of(request), given.validated_data, request.headers.get("Idempotency-Key"))
        told = AppointmentWithNeedsSerializer(appointment, context=self.get_serializer_context())
        return Response(told.data, status=code)


class AppointmentDetail(generics.RetrieveAPIView[Appointment]):
    """One appointment; somebody else's is not found."""

    permission_classes = [IsAuthenticated]
    serializer_class = AppointmentWithNeedsSerializer
    queryset = Appointment.objects.none()
    lookup_field = "public_id"
    lookup_url_kwarg = "appointment_id"

    def get_object(self) -> Appointment:
        appointment = selectors.appointment_for(self.request.user, self.kwargs["appointment_id"])
        services.appointment_viewed(actor=caller_of(self.request), appointment=appointment)
        return appointment


class AppointmentMove(views.APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        request=MovingSerializer,
        responses={200: AppointmentSerializer, **REFUSALS},
        parameters=[OpenApiParameter("appointment_id", UUID, OpenApiParameter.PATH), KEY_HEADER],
    )
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Give it another free time with the same doctor, for the same kind of visit.

        It stays the same appointment, and is `booked` throughout; whoever is refused keeps the old time.
        """
        given = MovingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        appointment = _move(caller_of(request), appointment_id, given.validated_data, key)
        return Response(AppointmentSerializer(appointment).data, status=status.HTTP_200_OK)


class ConsentList(views.APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses={200: ConsentSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """What the clinic asks before the next booking of the caller, or of somebody whom they help."""
        questions = consents_open(patients_to_book_for(caller_of(request)))
        return Response(ConsentSerializer(questions, many=True).data)


def _book(caller: User, asked: dict[str, Any], key: str | None) -> tuple[Appointment, int]:
    patient_id, location_id = asked["patient"] or _own_patient_id(caller), _location_id(asked["location"])
    needs = None if asked["access_needs"] is None else AccessNeeds(**asked["access_needs"])

    def run() -> Appointment:
        return services.appointment_book(
            actor=caller,
            patient_id=patient_id,
            visit_type_id=asked["visit_type"],
            location_id=location_id,
            start=asked["start"],
            reason=asked["reason"],
            access_needs=needs,
            agreed=[Agreement(**one) for one in asked["agreed"]],
        )

    outcome = idempotency.once(user=caller, key=key, fingerprint={"do": "book", **asked}, run=run)
    return selectors.appointment_for(caller, outcome.public_id), outcome.status


def _move(caller: User, appointment_id: UUID, asked: dict[str, Any], key: str | None) -> Appointment:
    location_id = _location_id(asked["location"]) if asked["location"] else None

    def run() -> Appointment:
        return services.appointment_move(
            actor=caller, appointment_id=appointment_id, start=asked["start"], location_id=location_id
        )

    fingerprint = {"do": "move", "appointment": appointment_id, **asked}
    idempotency.once(user=caller, key=key, fingerprint=fingerprint, run=run, status=HTTPStatus.OK)
    return selectors.appointment_for(caller, appointment_id)


def _location_id(slug: str) -> int:
    location = location_called(slug)
    if location is None:
        message = "There is no such location."
        raise Invalid("invalid", message, fields={"location": [message]})
    return location.pk


def _own_patient_id(caller: User) -> UUID:
    patient = patient_of(caller)
    if patient is None:
        raise Conflict("profile_needed", "Complete your profile before you book.")
    return patient.public_id
