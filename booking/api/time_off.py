"""Time off, extra hours, and what a doctor says about today."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.states import Area
from booking import selectors, services
from booking.api.hours import HoursEndpoint, location_id_of, progress_of
from booking.api.hours_serializers import (
    AvailabilitySerializer,
    CancellingSerializer,
    CancelThoseSerializer,
    ExtraAddSerializer,
    LateSerializer,
    LeaveAddSerializer,
    ShownSerializer,
    ToldSerializer,
)
from booking.api.serializers import AppointmentSerializer
from booking.errors import HoursAffect
from booking.models import Appointment, Cancelling
from common import clock
from common.drf.repeating import once


def assert_those(affected: Sequence[Appointment], asked: dict[str, Any]) -> None:
    """Raises `HoursAffect` where other appointments are concerned than the client has seen."""
    if {row.public_id for row in affected} != set(asked["appointments"]):
        raise HoursAffect(affected)


class LeaveAdd(HoursEndpoint):
    is_keyed = True

    @extend_schema(request=LeaveAddSerializer, responses={201: AvailabilitySerializer})
    def post(self, request: Request) -> Response:
        """Close a time to new bookings. Who is booked in it stays, or is cancelled with `cancel`."""
        asked, doctor = self.sent(LeaveAddSerializer), self.doctor
        shown, cancels = asked.pop("shown"), asked.pop("cancel")

        def add() -> Any:
            return services.leave_add(actor=self.caller, doctor_id=doctor.public_id, shown=frozenset(shown), **asked)

        fingerprint = {**asked, "shown": shown, "cancel": cancels}
        leave_id = once(request, do="leave", asked=fingerprint, run=add).public_id
        cancelling = None
        if cancels:
            cancelling = services.leave_appointments_cancel(actor=self.caller, leave_id=leave_id)
        return self.answer(HTTPStatus.CREATED, cancelling)


class LeaveRemove(HoursEndpoint):
    is_keyed = True

    @extend_schema(request=None, responses=AvailabilitySerializer)
    def post(self, request: Request, leave_id: UUID) -> Response:
        """Open the time again."""
        return self.change({}, services.leave_remove, leave_id=leave_id)


class ExtraAdd(HoursEndpoint):
    is_keyed = True

    @extend_schema(request=ExtraAddSerializer, responses={201: AvailabilitySerializer})
    def post(self, request: Request) -> Response:
        """Open a time at one of the caller's places, besides the weekly hours."""
        asked = self.sent(ExtraAddSerializer)
        asked["location_id"] = location_id_of(asked.pop("location"))
        return self.change(asked, services.extra_add, HTTPStatus.CREATED, doctor_id=self.doctor.public_id)


class ExtraRemove(HoursEndpoint):
    is_keyed = True

    @extend_schema(request=ShownSerializer, responses=AvailabilitySerializer)
    def post(self, request: Request, extra_id: UUID) -> Response:
        """Close extra hours again."""
        return self.change(self.sent(ShownSerializer), services.extra_remove, extra_id=extra_id)


class _Affected(HoursEndpoint):
    """Whom something concerns, and the same people named again so that they are cancelled."""

    @abstractmethod
    def affected(self) -> list[Appointment]:
        """The visits that are concerned."""

    def cancel_those(self, cancel: Callable[[], Cancelling]) -> Response:
        assert_those(self.affected(), self.sent(CancelThoseSerializer))
        return self.answer(cancelling=cancel())


class LeaveAppointments(_Affected):
    def affected(self) -> list[Appointment]:
        leave, now = selectors.leave_of(self.doctor, self.kwargs["leave_id"]), clock.now()
        return list(selectors.affected_ahead(leave, now=now))

    @extend_schema(operation_id="leave_appointments_list", responses=AppointmentSerializer(many=True))
    def get(self, request: Request, leave_id: UUID) -> Response:
        """Who is booked in time off."""
        return Response(AppointmentSerializer(self.affected(), many=True).data)

    @extend_schema(request=CancelThoseSerializer, responses=AvailabilitySerializer)
    def post(self, request: Request, leave_id: UUID) -> Response:
        """Cancel them all."""
        return self.cancel_those(lambda: services.leave_appointments_cancel(actor=self.caller, leave_id=leave_id))


class OutsideHours(_Affected):
    def affected(self) -> list[Appointment]:
        doctor, now = self.doctor, clock.now()
        return selectors.outside_hours(doctor, selectors.hours_of(doctor, now=now), now=now)

    @extend_schema(operation_id="outside_hours_list", responses=AppointmentSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Who is booked outside the hours that stand now."""
        return Response(AppointmentSerializer(self.affected(), many=True).data)

    @extend_schema(request=CancelThoseSerializer, responses=AvailabilitySerializer)
    def post(self, request: Request) -> Response:
        """Cancel them all."""
        return self.cancel_those(lambda: self.cancel(row.public_id for row in self.affected()))


class RestOfToday(_Affected):
    def affected(self) -> list[Appointment]:
        return list(selectors.rest_of_today(self.doctor, now=clock.now()))

    @extend_schema(operation_id="rest_of_today_list", responses=AppointmentSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Who is still to come today."""
        return Response(AppointmentSerializer(self.affected(), many=True).data)

    @extend_schema(request=CancelThoseSerializer, responses=AvailabilitySerializer)
    def post(self, request: Request) -> Response:
        """Close the rest of today, and cancel them all."""
        doctor_id = self.doctor.public_id
        return self.cancel_those(lambda: services.rest_of_today_cancel(actor=self.caller, doctor_id=doctor_id))


class RunningLate(HoursEndpoint):
    @extend_schema(operation_id="running_late_list", responses=AppointmentSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Who would be told that the caller runs late."""
        return Response(AppointmentSerializer(self._waiting(), many=True).data)

    @extend_schema(request=LateSerializer, responses=ToldSerializer)
    def post(self, request: Request) -> Response:
        """Tell them by how many minutes. Times stay as booked."""
        asked = self.sent(LateSerializer)
        assert_those(self._waiting(), asked)
        told = services.running_late_tell(actor=self.caller, doctor_id=self.doctor.public_id, minutes=asked["minutes"])
        return Response(ToldSerializer({"told": told}).data)

    def _waiting(self) -> list[Appointment]:
        return list(selectors.told_if_late(self.doctor, now=clock.now()))


class CancellingDetail(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(responses=CancellingSerializer)
    def get(self, request: Request, cancelling_id: UUID) -> Response:
        """How far the cancelling is that the caller asked for."""
        return self.answer(cancelling_id)

    @extend_schema(request=None, responses=CancellingSerializer)
    def post(self, request: Request, cancelling_id: UUID) -> Response:
        """Stop it: what still waits is left as it is."""
        services.cancelling_stop(actor=self.caller, cancelling_id=cancelling_id)
        return self.answer(cancelling_id)

    def answer(self, cancelling_id: UUID) -> Response:
        cancelling = selectors.cancelling_of(self.caller, cancelling_id)
        return Response(CancellingSerializer(progress_of(cancelling)).data)
