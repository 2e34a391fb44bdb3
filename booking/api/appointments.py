from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access_needs import AccessNeeds
from accounts.models import Agreement, User
from accounts.policies import caller_of
from accounts.selectors import consents_open, patient_of, patients_to_book_for
from accounts.states import Area
from booking import selectors, services
from booking.api.serializers import (
    AppointmentSerializer,
    AppointmentWithNeedsSerializer,
    BookingSerializer,
    ConsentSerializer,
    MovingSerializer,
)
from booking.haste import assert_no_haste
from booking.models import Appointment
from booking.states import Status
from common import clock
from common.drf.fields import DayField
from common.drf.paging import KeysetView, Place
from common.drf.repeating import once
from common.drf.views import ApiView
from common.errors import Conflict, Invalid
from common.keyset import KeyPage
from doctors.selectors import location_called


class AppointmentFilters(serializers.Serializer[Any]):
    status = serializers.MultipleChoiceField(choices=Status.choices, required=False)
    when = serializers.ChoiceField(
        choices=["ahead", "behind"], required=False, help_text="What still stands and is not over, or all the rest."
    )
    first_day = DayField(required=False, help_text="Starts on this day or later, in UTC.")
    last_day = DayField(required=False, help_text="Starts on this day or earlier, in UTC.")
    doctor = serializers.SlugField(required=False)
    patient = serializers.UUIDField(required=False)


class AppointmentList(KeysetView):
    area = Area.APPOINTMENTS
    is_keyed = True
    serializer_class = AppointmentSerializer
    filters_class = AppointmentFilters

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Appointment]:
        wanted = selectors.Asked(**asked)
        return selectors.appointments_asked_for(caller_of(self.request), wanted, now=clock.now(), **place)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The appointments that the caller may see, latest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=BookingSerializer, responses={201: AppointmentWithNeedsSerializer})
    def post(self, request: Request) -> Response:
        """Book a free time for the caller or somebody whom they help.

        It is `booked`, or `pending` where the doctor or a payment has to confirm it.
        """
        given = BookingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        assert_no_haste(caller_of(request))
        appointment, code = _book(request, given.validated_data)
        return Response(AppointmentWithNeedsSerializer(appointment, context={"request": request}).data, status=code)


class AppointmentDetail(ApiView):
    area = Area.APPOINTMENTS

    @extend_schema(responses=AppointmentWithNeedsSerializer)
    def get(self, request: Request, appointment_id: UUID) -> Response:
        """One appointment; somebody else's is not found."""
        appointment = selectors.appointment_for(caller_of(request), appointment_id)
        services.appointment_viewed(actor=caller_of(request), appointment=appointment)
        return Response(AppointmentWithNeedsSerializer(appointment, context={"request": request}).data)


class AppointmentMove(ApiView):
    area = Area.APPOINTMENTS
    is_keyed = True

    @extend_schema(request=MovingSerializer, responses={200: AppointmentSerializer})
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Give it another free time with the same doctor, for the same kind of visit.

        It stays the same appointment, and is `booked` throughout; whoever is refused keeps the old time.
        """
        given = MovingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(AppointmentSerializer(_move(request, appointment_id, given.validated_data)).data)


class ConsentList(ApiView):
    area = Area.APPOINTMENTS

    @extend_schema(responses={200: ConsentSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """What the clinic asks before the next booking of the caller, or of somebody whom they help."""
        questions = consents_open(patients_to_book_for(caller_of(request)))
        return Response(ConsentSerializer(questions, many=True).data)


def _book(request: Request, asked: dict[str, Any]) -> tuple[Appointment, int]:
    caller = caller_of(request)
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

    try:
        outcome = once(request, do="book", asked=asked, run=run)
    except Invalid as error:
        if error.code != "consent_needed":
            raise
        # The page has a box for each question, and a program this one list: its messages say what is missing.
        missing = [told for messages in error.fields.values() for told in messages]
        raise Invalid(error.code, error.message, fields={"agreed": missing}) from error
    return selectors.appointment_for(caller, outcome.public_id), outcome.status


def _move(request: Request, appointment_id: UUID, asked: dict[str, Any]) -> Appointment:
    caller = caller_of(request)
    location_id = _location_id(asked["location"]) if asked["location"] else None

    def run() -> Appointment:
        return services.appointment_move(
            actor=caller, appointment_id=appointment_id, start=asked["start"], location_id=location_id
        )

    once(request, do="move", asked={"appointment": appointment_id, **asked}, run=run, status=HTTPStatus.OK)
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
