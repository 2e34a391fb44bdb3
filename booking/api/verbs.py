from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import caller_of
from accounts.states import Area
from booking import selectors, services
from booking.api.serializers import AppointmentSerializer
from booking.models import Appointment
from common.drf.views import ApiView


class _Verb(ApiView):
    """One verb on one appointment, which the address says alone; repeating the call is answered like the first."""

    area = Area.APPOINTMENTS
    service: ClassVar[Callable[..., Appointment]]

    @extend_schema(
        request=None,
        responses={200: AppointmentSerializer},
    )
    def post(self, request: Request, appointment_id: UUID) -> Response:
        type(self).service(actor=caller_of(request), appointment_id=appointment_id)
        appointment = selectors.appointment_for(caller_of(request), appointment_id)
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


class AppointmentApprove(_Verb):
    """The doctor's yes to a request."""

    service = services.appointment_approve


class AppointmentReject(_Verb):
    """The doctor's no to a request."""

    service = services.appointment_reject
