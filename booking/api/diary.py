"""Whose visits there are on a day: a doctor's own, and those of a place for its desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint, StaffEndpoint
from accounts.states import Area
from booking import facts, selectors, services
from booking.api.serializers import AppointmentSerializer
from booking.models import Appointment
from common import clock
from common.drf.fields import DayField
from common.drf.files import FileAnswer
from common.drf.paging import KeysetView, Place
from common.keyset import KeyPage
from common.uploads.serving import drawn_response
from doctors.endpoints import PracticeEndpoint
from doctors.models import Location
from doctors.selectors import location_of_staff, locations_of_staff
from integrations.calendars import to_ics

MOST_REQUESTS = 100
PAST_DAYS = 14


class DayQuery(serializers.Serializer[Any]):
    date = DayField(required=False, default=None, help_text="Today without it.")


class DaySerializer(serializers.Serializer[Any]):
    """`requests` are those that wait for the doctor's answer, of whatever day."""

    date = serializers.DateField()
    appointments = AppointmentSerializer(many=True)
    requests = AppointmentSerializer(many=True)


class BlockSerializer(serializers.Serializer[Any]):
    """A visit (`booked`), or a stretch between visits that is open (`free`) or shut."""

    kind = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    location = serializers.CharField(source="place.slug")
    appointment = serializers.UUIDField(source="visit.public_id", default=None, allow_null=True)


class WeekDaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    booked = serializers.IntegerField()
    blocks = BlockSerializer(many=True)


class PastDaySerializer(serializers.Serializer[Any]):
    """`unsaid` are visits of which nobody has said what became."""

    day = serializers.DateField()
    visits = serializers.IntegerField()
    seen = serializers.IntegerField()
    missed = serializers.IntegerField()
    unsaid = serializers.IntegerField()


class PastQuery(serializers.Serializer[Any]):
    before = DayField(required=False, default=None, help_text="Days before this one.")
    after = DayField(required=False, default=None, help_text="Days after this one.")


class PlaceSerializer(serializers.ModelSerializer[Location]):
    class Meta:
        model = Location
        fields = ["slug", "name", "zone"]
        read_only_fields = fields


class ClinicDaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    appointments = AppointmentSerializer(many=True)


def _day_asked(request: Request, today: date) -> date:
    query = DayQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    return query.validated_data["date"] or today


class DoctorDay(PracticeEndpoint):
    area = Area.APPOINTMENTS

    @extend_schema(parameters=[DayQuery], responses=DaySerializer)
    def get(self, request: Request) -> Response:
        """The caller's own day as a doctor, and what waits for an answer."""
        now = clock.now()
        day = _day_asked(request, clock.clinic_day(now))
        shown = {
            "date": day,
            "appointments": selectors.day_of_doctor(self.caller, day),
            "requests": selectors.requests_of_doctor(self.caller, now=now, limit=MOST_REQUESTS),
        }
        return Response(DaySerializer(shown).data)


class DoctorWeek(PracticeEndpoint):
    area = Area.APPOINTMENTS

    @extend_schema(operation_id="week_list", parameters=[DayQuery], responses=WeekDaySerializer(many=True))
    def get(self, request: Request) -> Response:
        """The week, from Monday on, that has the day: visits, and what is free or shut between them."""
        now = clock.now()
        day = _day_asked(request, clock.clinic_day(now))
        first = day - timedelta(days=day.weekday())
        week = selectors.week_of_doctor(self.caller, self.doctor, first, now=now)
        return Response(WeekDaySerializer(week, many=True).data)


class DoctorPastDays(PracticeEndpoint):
    area = Area.APPOINTMENTS

    @extend_schema(operation_id="past_days_list", parameters=[PastQuery], responses=PastDaySerializer(many=True))
    def get(self, request: Request) -> Response:
        """Fourteen of the days that had visits, the latest first, and how each went."""
        query = PastQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        today = clock.clinic_day(clock.now())
        page = selectors.days_behind(self.caller, today=today, size=PAST_DAYS, **query.validated_data)
        return Response(PastDaySerializer(page.rows, many=True).data)


class AppointmentHistory(KeysetView, Endpoint):
    """What the patient of an appointment has had with its doctor, for that doctor alone, the latest first."""

    area = Area.APPOINTMENTS
    serializer_class = AppointmentSerializer

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Appointment]:
        appointment = selectors.appointment_for(self.caller, self.kwargs["appointment_id"])
        services.history_viewed(actor=self.caller, appointment=appointment)
        return selectors.appointments_with(self.caller, appointment.patient_id, **place)


class AppointmentCalendar(FileAnswer, Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.BINARY})
    def get(self, request: Request, appointment_id: UUID) -> HttpResponseBase:
        """The appointment as a calendar file."""
        appointment = selectors.appointment_for(self.caller, appointment_id)
        event = facts.calendar_event(appointment, now=clock.now())
        data = to_ics(event, "CANCEL" if event.is_cancelled else "PUBLISH")
        name = f"{appointment.reference}.ics"
        return drawn_response(data=data, name=name, media_type="text/calendar; charset=utf-8", request=request)


class ClinicList(StaffEndpoint):
    area = Area.APPOINTMENTS

    @extend_schema(operation_id="clinics_list", responses=PlaceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The places at whose desk the caller works."""
        return Response(PlaceSerializer(locations_of_staff(self.caller), many=True).data)


class ClinicDay(StaffEndpoint):
    area = Area.APPOINTMENTS

    @extend_schema(parameters=[DayQuery], responses=ClinicDaySerializer)
    def get(self, request: Request, location_slug: str) -> Response:
        """A day at a place, by its own clock: who comes to whom and when."""
        location = location_of_staff(self.caller, location_slug)
        day = _day_asked(request, clock.now().astimezone(location.time_zone).date())
        appointments = selectors.day_of_clinic(self.caller, location, day)
        return Response(ClinicDaySerializer({"date": day, "appointments": appointments}).data)
