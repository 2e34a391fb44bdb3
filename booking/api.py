"""The API's side of booking: the services and selectors that the pages call, as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from accounts.selectors import patient_of
from common import clock, idempotency
from common.errors import Conflict, Invalid, NotFound
from django.db.models import QuerySet
from doctors import selectors as doctors
from doctors.models import Location
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status, views
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from booking import selectors, services
from booking.models import Appointment

MAX_DAYS = 31


class SlotSerializer(serializers.Serializer[Any]):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    location = serializers.SlugField()
    zone = serializers.CharField()


class SlotQuery(serializers.Serializer[Any]):
    visit_type = serializers.UUIDField()
    first_day = serializers.DateField(required=False, help_text="In the clinic's zone; today without it.")
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=14)


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    """Times are UTC instants, the price minor units of `currency`."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    doctor = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    location = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    visit_type = serializers.SlugRelatedField(slug_field="public_id", read_only=True)
    zone = serializers.CharField(source="location.zone", read_only=True)

    class Meta:
        model = Appointment
        fields = [
            "id",
            "reference",
            "status",
            "pending_reason",
            "cancel_reason",
            "doctor",
            "visit_type",
            "location",
            "zone",
            "modality",
            "start",
            "end",
            "price_minor",
            "currency",
            "expires_at",
            "created_at",
            "cancelled_at",
        ]
        read_only_fields = fields


class BookingSerializer(serializers.Serializer[Any]):
    visit_type = serializers.UUIDField()
    location = serializers.SlugField()
    start = serializers.DateTimeField(help_text="One of the starts that the doctor's slots name.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")


KEY_HEADER = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key and body give the first answer again."
)


class SlotList(views.APIView):
    permission_classes = [AllowAny]

    @extend_schema(parameters=[SlotQuery], responses=SlotSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The free times of a doctor for one visit type, in order."""
        query = SlotQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        doctor = doctors.doctor_listed(slug)
        visit_type = next((v for v in doctors.visit_types_of(doctor) if v.public_id == asked["visit_type"]), None)
        if visit_type is None:
            raise NotFound
        now = clock.now()
        first_day: date = asked.get("first_day") or now.astimezone(clock.clinic_zone()).date()
        slots = selectors.slots_for(
            doctor=doctor, visit_type=visit_type, first_day=first_day, days=asked["days"], now=now
        )
        slugs = {location.pk: location.slug for location in doctor.locations.all()}
        rows = [
            {"start": s.start, "end": s.end, "location": slugs.get(s.location_id, ""), "zone": str(s.zone)} for s in slots
        ]
        return Response(SlotSerializer(rows, many=True).data)


class AppointmentList(generics.ListAPIView[Appointment]):
    """The appointments that the caller may see, latest first; POST books one for the caller."""

    permission_classes = [IsAuthenticated]
    serializer_class = AppointmentSerializer

    def get_queryset(self) -> QuerySet[Appointment]:
        return selectors.appointments_visible_to(self.request.user, order_by=("-start",))

    @extend_schema(request=BookingSerializer, responses={201: AppointmentSerializer}, parameters=[KEY_HEADER])
    def post(self, request: Request) -> Response:
        given = BookingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        location = Location.objects.filter(slug=asked["location"]).first()
        if location is None:
            raise Invalid("invalid", "There is no such location.", fields={"location": ["There is no such location."]})
        patient = patient_of(request.user)
        if patient is None:
            raise Conflict("profile_needed", "Complete your profile before you book.")
        details = {
            "patient_id": patient.public_id,
            "visit_type_id": asked["visit_type"],
            "location_id": location.pk,
            "start": asked["start"],
            "reason": asked["reason"],
        }
        outcome = idempotency.once(
            user=request.user,
            key=request.headers.get("Idempotency-Key"),
            fingerprint={"do": "book", **details},
            run=lambda: services.appointment_book(actor=request.user, **details),
        )
        appointment = selectors.appointment_for(request.user, outcome.public_id)
        return Response(AppointmentSerializer(appointment).data, status=outcome.status)


class AppointmentDetail(generics.RetrieveAPIView[Appointment]):
    permission_classes = [IsAuthenticated]
    serializer_class = AppointmentSerializer

    def get_object(self) -> Appointment:
        return selectors.appointment_for(self.request.user, self.kwargs["appointment_id"])


class AppointmentCancel(views.APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses=AppointmentSerializer)
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Cancel it; repeating the call is answered like the first."""
        services.appointment_cancel(actor=request.user, appointment_id=appointment_id)
        appointment = selectors.appointment_for(request.user, appointment_id)
        return Response(AppointmentSerializer(appointment).data, status=status.HTTP_200_OK)
