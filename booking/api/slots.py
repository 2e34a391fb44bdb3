from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from booking import selectors
from common import clock
from common.drf.fields import DayField
from common.drf.views import PublicView
from common.errors import NotFound
from doctors import selectors as doctors

MAX_DAYS = 31
DEFAULT_DAYS = 14


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


class SlotList(PublicView):
    @extend_schema(
        operation_id="doctor_slots_list",
        parameters=[SlotQuery],
        responses=SlotSerializer(many=True),
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
