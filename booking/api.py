"""The API's side of booking: the services and selectors that the pages call, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status, views
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access_needs import INTERPRETER_LENGTH, OTHER_LENGTH, AccessNeeds, access_needs_of
from accounts.models import Agreement, ConsentQuestion, Patient, User
from accounts.selectors import consents_open, patient_of, patients_to_book_for
from booking import selectors, services
from booking.haste import assert_no_haste
from booking.models import Appointment
from booking.policies import can_read_needs
from booking.validators import REASON_LENGTH
from common import clock, idempotency
from common.clock import EARLIEST, LATEST
from common.errors import Conflict, Invalid, NotFound
from doctors import selectors as doctors
from doctors.models import Doctor, Location, VisitType

MAX_DAYS = 31
DEFAULT_DAYS = 14

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key and body give the first answer again."
)
REFUSALS = {
    409: OpenApiResponse(description="A problem: the state of things does not allow it, or somebody else was first."),
    422: OpenApiResponse(description="A problem: some of the input is wrong; `fields` says which."),
}


class DayField(serializers.DateField):
    """A day near enough to count with."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError("Ask for a day that is nearer.")
        return day


class StartField(serializers.DateTimeField):
    """An instant with its zone: without one it could be two."""

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            raise serializers.ValidationError("Say the zone of the start, such as Z for UTC.")
        if not EARLIEST <= value.date() <= LATEST:
            raise serializers.ValidationError("Ask for a start that is nearer.")
        return super().enforce_timezone(value)


class SlotSerializer(serializers.Serializer[Any]):
    """A free time: instants in UTC, and the zone in which to show them."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    location = serializers.SlugField()
    zone = serializers.CharField()


class SlotQuery(serializers.Serializer[Any]):
    visit_type = serializers.UUIDField(help_text="One of the doctor's.")
    first_day = DayField(required=False, help_text="In the place's zone; today without it.")
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=DEFAULT_DAYS)


class WhoSerializer(serializers.Serializer[Patient]):
    """Whose visit it is."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    """Times are UTC instants, the price minor units of `currency`. Why somebody comes is not told here."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    doctor: serializers.SlugRelatedField[Doctor] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    location: serializers.SlugRelatedField[Location] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    visit_type: serializers.SlugRelatedField[VisitType] = serializers.SlugRelatedField(
        slug_field="public_id", read_only=True
    )
    zone = serializers.CharField(source="location.zone", read_only=True)
    patient = WhoSerializer(read_only=True)

    class Meta:
        model = Appointment
        fields = [
            "id",
            "reference",
            "status",
            "pending_reason",
            "cancel_reason",
            "patient",
            "doctor",
            "visit_type",
            "location",
            "zone",
            "modality",
            "start",
            "end",
            "price_minor",
            "amount_due_minor",
            "currency",
            "expires_at",
            "created_at",
            "cancelled_at",
        ]
        read_only_fields = fields


class AccessNeedsSerializer(serializers.Serializer[Any]):
    """What the patient needs in order to come; the doctor and the desk of the place read it."""

    step_free = serializers.BooleanField(default=False)
    hearing_loop = serializers.BooleanField(default=False)
    interpreter = serializers.CharField(
        default="", allow_blank=True, max_length=INTERPRETER_LENGTH, help_text="The language."
    )
    other = serializers.CharField(default="", allow_blank=True, max_length=OTHER_LENGTH)


class AppointmentWithNeedsSerializer(AppointmentSerializer):
    """One appointment by itself, also with what the patient needs in order to come: null for whoever may not know."""

    access_needs = serializers.SerializerMethodField()

    class Meta(AppointmentSerializer.Meta):
        fields = [*AppointmentSerializer.Meta.fields, "access_needs"]
        read_only_fields = fields

    @extend_schema_field(AccessNeedsSerializer(allow_null=True))
    def get_access_needs(self, appointment: Appointment) -> dict[str, Any] | None:
        if not can_read_needs(self.context["request"].user, appointment):
            return None
        return dict(AccessNeedsSerializer(access_needs_of(appointment.access_needs)).data)


class AgreementSerializer(serializers.Serializer[Any]):
    """One of the clinic's questions, agreed to in the words of a version."""

    code = serializers.SlugField()
    version = serializers.IntegerField(min_value=1)


class ConsentSerializer(serializers.ModelSerializer[ConsentQuestion]):
    """Something to agree to: a booking sends `code` and `version` of what was read and ticked."""

    class Meta:
        model = ConsentQuestion
        fields = ["code", "version", "statement", "more", "is_required"]
        read_only_fields = fields


class BookingSerializer(serializers.Serializer[Any]):
    visit_type = serializers.UUIDField()
    location = serializers.SlugField(help_text="As the slot names it.")
    start = StartField(help_text="One of the starts that the doctor's slots name.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=REASON_LENGTH, default="")
    patient = serializers.UUIDField(
        required=False, default=None, help_text="Somebody whom the caller helps; without it the caller."
    )
    access_needs = AccessNeedsSerializer(
        required=False, default=None, help_text="Kept for the next time too; without it what is known already."
    )
    agreed = AgreementSerializer(many=True, required=False, default=list, help_text="Of what `consents` names.")


class MovingSerializer(serializers.Serializer[Any]):
    start = StartField(help_text="One of the starts that the doctor's slots name for the same kind of visit.")
    location = serializers.SlugField(
        required=False, default=None, help_text="As the slot names it; without it the place stays."
    )


class SlotList(views.APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="doctor_slots_list",
        parameters=[SlotQuery],
        responses={200: SlotSerializer(many=True), 422: REFUSALS[422]},
    )
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
        slots = selectors.slots_shown(
            doctor=doctor, visit_type=visit_type, first_day=first_day, days=asked["days"], now=now
        )
        places = selectors.places_of(doctor, slots)
        rows = [
            {"start": slot.start, "end": slot.end, "location": places[slot.location_id].slug, "zone": str(slot.zone)}
            for slot in slots
        ]
        return Response(SlotSerializer(rows, many=True).data)


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
        assert_no_haste(_caller(request))
        appointment, code = _book(_caller(request), given.validated_data, request.headers.get("Idempotency-Key"))
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
        services.appointment_viewed(actor=_caller(self.request), appointment=appointment)
        return appointment


class _Verb(views.APIView):
    """One verb on one appointment, which the address says alone; repeating the call is answered like the first."""

    permission_classes = [IsAuthenticated]
    service: ClassVar[Callable[..., Appointment]]

    @extend_schema(
        request=None,
        responses={200: AppointmentSerializer, 409: REFUSALS[409]},
        parameters=[OpenApiParameter("appointment_id", UUID, OpenApiParameter.PATH)],
    )
    def post(self, request: Request, appointment_id: UUID) -> Response:
        type(self).service(actor=_caller(request), appointment_id=appointment_id)
        appointment = selectors.appointment_for(_caller(request), appointment_id)
        return Response(AppointmentSerializer(appointment).data, status=status.HTTP_200_OK)


class AppointmentCancel(_Verb):
    """Cancel it."""

    service = services.appointment_cancel


class AppointmentExtend(_Verb):
    """Keep a time that waits for payment for longer, once."""

    service = services.hold_extend


class AppointmentArrive(_Verb):
    """The patient is there: said by the doctor or the desk, from an hour before the start."""

    service = services.appointment_arrive


class AppointmentUnarrive(_Verb):
    """Take back that the patient is there."""

    service = services.appointment_unarrive


class AppointmentFulfil(_Verb):
    """The doctor has seen the patient."""

    service = services.appointment_fulfil


class AppointmentMiss(_Verb):
    """Nobody came: said by the doctor or the desk, from ten minutes after the start."""

    service = services.appointment_noshow


class ConsentList(views.APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses={200: ConsentSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """What the clinic asks before the next booking of the caller, or of somebody whom they help."""
        questions = consents_open(patients_to_book_for(_caller(request)))
        return Response(ConsentSerializer(questions, many=True).data)


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
        appointment = _move(_caller(request), appointment_id, given.validated_data, key)
        return Response(AppointmentSerializer(appointment).data, status=status.HTTP_200_OK)


def _caller(request: Request) -> User:
    return cast("User", request.user)


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
    location = Location.objects.filter(slug=slug).first()
    if location is None:
        message = "There is no such location."
        raise Invalid("invalid", message, fields={"location": [message]})
    return location.pk


def _own_patient_id(caller: User) -> UUID:
    patient = patient_of(caller)
    if patient is None:
        raise Conflict("profile_needed", "Complete your profile before you book.")
    return patient.public_id
