"""A doctor's hours: weekly windows, time off, extra hours, limits, and whom a change of them touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.states import Area
from booking import selectors, services
from booking.api.hours_serializers import (
    AvailabilitySerializer,
    CopySerializer,
    LimitsChangeSerializer,
    LimitsSerializer,
    RuleAddSerializer,
    RuleChangeSerializer,
    RulesChangeSerializer,
    RuleSerializer,
    RulesRemoveSerializer,
    ShownSerializer,
)
from booking.errors import RuleStale
from booking.models import AvailabilityRule, Cancelling
from booking.validators import LIMITS
from common import clock
from common.drf.repeating import once
from common.drf.versions import ETAG, REREAD, stale_is_412, tagged, version_asked
from common.errors import Invalid
from doctors.endpoints import PracticeEndpoint
from doctors.models import Doctor
from doctors.selectors import location_called, visit_type_ids_of


def progress_of(cancelling: Cancelling) -> dict[str, Any]:
    progress = selectors.cancelling_progress(cancelling)
    names = ("total", "waiting", "cancelled", "left")
    return {"id": cancelling.public_id, **{name: getattr(progress, name) for name in names}}


class HoursEndpoint(PracticeEndpoint):
    """Every change is answered with the hours as they are then."""

    area = Area.AVAILABILITY

    def answer(self, status: int = HTTPStatus.OK, cancelling: Cancelling | None = None) -> Response:
        return Response(self._availability(cancelling), status=status)

    def _availability(self, cancelling: Cancelling | None) -> dict[str, Any]:
        doctor, now = self.doctor, clock.now()
        found = selectors.availability_of(doctor, now=now)
        hours = selectors.Hours(rules=found.rules, extra=found.extra)
        shown = {
            "rules": found.rules,
            "leave": found.leave,
            "extra": found.extra,
            "is_stopped": found.is_stopped,
            "limits": LimitsSerializer({name: getattr(doctor, name) for name in LIMITS}).data,
            "limits_seen": selectors.limits_seen(doctor),
            "version": selectors.week_version(doctor),
            "outside": selectors.outside_hours(doctor, hours, now=now),
            "cancelling": progress_of(cancelling) if cancelling else None,
        }
        return dict(AvailabilitySerializer(shown, context=visit_types_of(doctor)).data)

    def change(
        self, asked: dict[str, Any], run: Callable[..., Any], status: int = HTTPStatus.OK, **about: Any
    ) -> Response:
        """Do it once, with whom a change may leave outside the hours; then cancel those where that is asked."""
        shown, cancels = asked.pop("shown", None), asked.pop("cancel", False)
        doctor, more = self.doctor, {} if shown is None else {"shown": frozenset(shown)}

        def changed() -> Doctor:
            run(actor=self.caller, **about, **asked, **more)
            return doctor

        fingerprint = {**about, **asked, "shown": shown, "cancel": cancels}
        once(self.request, do=type(self).__name__, asked=fingerprint, run=changed, status=HTTPStatus(status))
        return self.answer(status, self.cancel(shown) if cancels and shown else None)

    def cancel(self, appointment_ids: Iterable[UUID]) -> Cancelling:
        return services.outside_hours_cancel(
            actor=self.caller, doctor_id=self.doctor.public_id, appointment_ids=list(appointment_ids)
        )


def visit_types_of(doctor: Doctor) -> dict[str, Any]:
    return {"visit_types": visit_type_ids_of(doctor)}


def location_id_of(slug: str) -> int:
    """Raises `Invalid`; whether the doctor works there, the service asks."""
    location = location_called(slug)
    if location is None:
        message = "Choose one of the places where you work."
        raise Invalid("availability_invalid", message, fields={"location": [message]})
    return location.pk


def _window(asked: dict[str, Any]) -> dict[str, Any]:
    """As the services take it."""
    return {
        **{name: value for name, value in asked.items() if name not in ("location", "visit_types")},
        "location_id": location_id_of(asked["location"]),
        "visit_type_ids": asked["visit_types"],
    }


class Availability(HoursEndpoint):
    @extend_schema(responses=AvailabilitySerializer)
    def get(self, request: Request) -> Response:
        """The caller's hours as a doctor, from now on."""
        return self.answer()


class RuleAdd(HoursEndpoint):
    is_keyed = True

    @extend_schema(request=RuleAddSerializer, responses={201: AvailabilitySerializer})
    def post(self, request: Request) -> Response:
        """Open a weekly window."""
        asked = _window(self.sent(RuleAddSerializer))
        return self.change(asked, services.rule_add, HTTPStatus.CREATED, doctor_id=self.doctor.public_id)


class RuleDetail(HoursEndpoint):
    is_versioned = True

    @extend_schema(parameters=REREAD, responses={200: RuleSerializer, 304: None})
    def get(self, request: Request, rule_id: UUID) -> Response:
        """A weekly window."""
        return self._tagged(selectors.rule_of(self.doctor, rule_id))

    @extend_schema(parameters=[ETAG], request=RuleChangeSerializer, responses=RuleSerializer)
    def put(self, request: Request, rule_id: UUID) -> Response:
        """Change a weekly window in place."""
        current = selectors.version_of(selectors.rule_of(self.doctor, rule_id))
        version, asked = version_asked(request, current=current), _window(self.sent(RuleChangeSerializer))
        shown, cancels = asked.pop("shown"), asked.pop("cancel")
        with stale_is_412(RuleStale):
            rule = services.rule_change(
                actor=self.caller, rule_id=rule_id, version=version, shown=frozenset(shown), **asked
            )
        if cancels and shown:
            self.cancel(shown)
        return self._tagged(rule)

    def _tagged(self, rule: AvailabilityRule) -> Response:
        told = RuleSerializer(rule, context=visit_types_of(self.doctor)).data
        return tagged(self.request, told, selectors.version_of(rule))


class RuleRemove(HoursEndpoint):
    is_keyed = True

    @extend_schema(request=ShownSerializer, responses=AvailabilitySerializer)
    def post(self, request: Request, rule_id: UUID) -> Response:
        """Close a weekly window for good."""
        return self.change(self.sent(ShownSerializer), services.rule_remove, rule_id=rule_id)


class _Several(HoursEndpoint):
    is_keyed = True
    asks: ClassVar[type[RulesChangeSerializer | RulesRemoveSerializer]]
    service: ClassVar[Callable[..., Any]]

    def several(self) -> Response:
        asked = self.sent(self.asks)
        asked["rule_ids"], asked["seen"] = asked.pop("rules"), asked.pop("version")
        if "location" in asked:
            slug = asked.pop("location")
            asked["location_id"] = location_id_of(slug) if slug else None
        return self.change(asked, type(self).service, doctor_id=self.doctor.public_id)


class RulesChange(_Several):
    asks = RulesChangeSerializer
    service = services.rules_change

    @extend_schema(request=RulesChangeSerializer, responses=AvailabilitySerializer)
    def post(self, request: Request) -> Response:
        """Give several weekly windows another place, start, end or last day."""
        return self.several()


class RulesRemove(_Several):
    asks = RulesRemoveSerializer
    service = services.rules_remove

    @extend_schema(operation_id="rules_remove", request=RulesRemoveSerializer, responses=AvailabilitySerializer)
    def post(self, request: Request) -> Response:
        """Close several weekly windows for good."""
        return self.several()


class DayCopy(HoursEndpoint):
    is_keyed = True

    @extend_schema(request=CopySerializer, responses={201: AvailabilitySerializer})
    def post(self, request: Request) -> Response:
        """Copy the windows of one weekday to others."""
        asked = self.sent(CopySerializer)
        return self.change(asked, services.day_copy, HTTPStatus.CREATED, doctor_id=self.doctor.public_id)


class LimitsChange(HoursEndpoint):
    is_keyed = True

    @extend_schema(request=LimitsChangeSerializer, responses=AvailabilitySerializer)
    def post(self, request: Request) -> Response:
        """Limit all visits at once."""
        asked = self.sent(LimitsChangeSerializer)
        return self.change(asked, services.limits_change, doctor_id=self.doctor.public_id)


class BookingsStop(HoursEndpoint):
    @extend_schema(request=None, responses=AvailabilitySerializer)
    def post(self, request: Request) -> Response:
        """Take no new bookings from now on. What is booked stays."""
        services.bookings_stop(actor=self.caller, doctor_id=self.doctor.public_id)
        return self.answer()


class BookingsResume(HoursEndpoint):
    @extend_schema(request=None, responses=AvailabilitySerializer)
    def post(self, request: Request) -> Response:
        """Take bookings again."""
        services.bookings_resume(actor=self.caller, doctor_id=self.doctor.public_id)
        return self.answer()
