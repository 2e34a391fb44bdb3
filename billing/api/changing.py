"""Another kind of visit instead of the booked one."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.states import Area
from billing import selectors, services
from billing.api.serializers import ChangingSerializer, DifferenceSerializer
from billing.policies import can_pay_for
from booking import policies
from booking.models import Appointment
from booking.selectors import appointment_for
from booking.services import appointment_viewed
from common import clock
from common.drf.repeating import once
from common.errors import NotFound

_SUMS = ("pay_minor", "return_minor", "clinic_minor")


class VisitChange(Endpoint):
    area = Area.APPOINTMENTS
    is_keyed = True

    @extend_schema(operation_id="visit_changes_list", responses=DifferenceSerializer(many=True))
    def get(self, request: Request, appointment_id: UUID) -> Response:
        """What the booked visit can become at its time, and what that means for the money; nothing once it is late."""
        now, appointment = clock.now(), self._appointment(appointment_id)
        appointment_viewed(actor=self.caller, appointment=appointment)
        is_open = policies.can_change_visit_now(self.caller, appointment, now=now)
        choices = selectors.other_visits(appointment) if is_open else ()
        found = [selectors.difference_to(appointment, one, start=appointment.start, now=now) for one in choices]
        may_pay = can_pay_for(self.caller, appointment)
        return Response([_told(one, may_pay=may_pay) for one in found])

    @extend_schema(operation_id="visit_change", request=ChangingSerializer, responses=DifferenceSerializer)
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Make it another kind of visit. What is due more is paid next; what was paid too much goes back."""
        appointment, asked = self._appointment(appointment_id), self.sent(ChangingSerializer)
        start = asked["start"] or appointment.start
        change = partial(
            services.visit_change,
            actor=self.caller,
            appointment_id=appointment_id,
            visit_type_id=asked["visit_type"],
            start=start,
        )
        once(request, do="change", asked={"appointment": appointment_id, **asked}, run=change, status=HTTPStatus.OK)
        appointment = appointment_for(self.caller, appointment_id)
        kind, now = appointment.visit_type, clock.now()
        difference = selectors.difference_to(appointment, kind, start=appointment.start, now=now)
        return Response(_told(difference, may_pay=can_pay_for(self.caller, appointment)))

    def _appointment(self, appointment_id: UUID) -> Appointment:
        appointment = appointment_for(self.caller, appointment_id)
        if not policies.can_change_visit(self.caller, appointment):
            raise NotFound("We cannot find that appointment.")
        return appointment


def _told(difference: selectors.Difference, *, may_pay: bool) -> dict[str, Any]:
    """What was paid is told to whoever may pay alone."""
    told: dict[str, Any] = dict(DifferenceSerializer(difference).data)
    return told if may_pay else told | dict.fromkeys(_SUMS)
