"""What the desk of a place takes, gives back, and wrote down by mistake."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.states import Area
from billing import policies, selectors, services
from billing.api.serializers import DeskSerializer, GivingSerializer, MistakeSerializer, TakingSerializer
from billing.states import Method
from booking.models import Appointment
from booking.states import STANDING
from common.drf.repeating import once
from common.errors import Invalid, NotFound


class _DeskEndpoint(Endpoint):
    area = Area.PAYMENTS
    is_keyed = True

    def answer(self, appointment: Appointment, status: int = HTTPStatus.OK) -> Response:
        desk = {
            "left_minor": selectors.left_to_pay(appointment) if appointment.status in STANDING else 0,
            "currency": appointment.currency,
            "entries": selectors.entries_of_desk(appointment),
            "owed": selectors.owed_at_desk(appointment),
        }
        return Response(DeskSerializer(desk).data, status=status)


class DeskTake(_DeskEndpoint):
    @extend_schema(responses=DeskSerializer)
    def get(self, request: Request, appointment_id: UUID) -> Response:
        """What is left to pay of an appointment at the caller's place, what was taken there, and what is owed back."""
        return self.answer(policies.appointment_at_desk_of(self.caller, appointment_id))

    @extend_schema(request=TakingSerializer, responses={201: DeskSerializer})
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Write down what was taken."""
        appointment, asked = policies.appointment_at_desk_of(self.caller, appointment_id), self.sent(TakingSerializer)
        take = partial(
            services.payment_record,
            actor=self.caller,
            appointment_id=appointment_id,
            method=Method(asked["method"]),
            amount_minor=asked["amount_minor"],
            reference=asked["reference"],
        )
        outcome = once(request, do="take", asked={"appointment": appointment_id, **asked}, run=take)
        return self.answer(appointment, outcome.status)


class DeskGive(_DeskEndpoint):
    @extend_schema(request=GivingSerializer, responses=DeskSerializer)
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Write down that what the desk owed back was given back."""
        appointment, asked = policies.appointment_at_desk_of(self.caller, appointment_id), self.sent(GivingSerializer)
        try:
            selectors.refund_of(appointment, asked["refund"])
        except NotFound as error:
            message = "There is no such refund of this appointment."
            raise Invalid("refund_unknown", message, fields={"refund": [message]}) from error
        give = partial(services.refund_record_given, actor=self.caller, refund_id=asked["refund"])
        once(request, do="give", asked=asked, run=give, status=HTTPStatus.OK)
        return self.answer(appointment)


class DeskMistake(_DeskEndpoint):
    @extend_schema(request=MistakeSerializer, responses=DeskSerializer)
    def post(self, request: Request, appointment_id: UUID, payment_id: UUID) -> Response:
        """Say that something was written down as taken by mistake; on the day itself."""
        appointment = policies.appointment_at_desk_of(self.caller, appointment_id)
        selectors.entry_of_desk(appointment, payment_id)
        asked = self.sent(MistakeSerializer)
        undo = partial(services.payment_take_back, actor=self.caller, payment_id=payment_id, note=asked["note"])
        once(request, do="take_back", asked={"payment": payment_id, **asked}, run=undo, status=HTTPStatus.OK)
        return self.answer(appointment)
