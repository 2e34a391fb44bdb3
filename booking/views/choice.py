from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.template.loader import render_to_string

from booking import policies, selectors
from booking.models import Appointment, BookingSettings
from booking.views.choose import chosen_visit_type
from common import clock
from common.errors import DomainError, NotFound
from common.inputs import instant_or_none
from doctors import selectors as doctors
from doctors.models import Doctor, Location, VisitType


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The time that an address names; whether it can be had is the service's answer."""

    doctor: Doctor
    visit_type: VisitType
    location: Location
    start: datetime
    settings: BookingSettings

    @property
    def end(self) -> datetime:
        return self.start + self.visit_type.duration

    def is_of(self, appointment: Appointment) -> bool:
        """Whether it is this very visit."""
        return appointment.doctor_id == self.doctor.pk and appointment.start == self.start

    @property
    def due_online(self) -> bool:
        return bool(self.amount_due)

    @property
    def amount_due(self) -> int:
        return policies.amount_due(self.visit_type, self.settings)

    @property
    def price_told(self) -> str:
        kind = self.visit_type
        return policies.price_told(kind.price_minor, self.amount_due, kind.currency, is_asked_for=kind.needs_approval)

    @property
    def policy_sentence(self) -> str:
        policy = policies.cancellation_policy(self.visit_type, start=self.start, settings=self.settings)
        return policies.cancellation_sentence(policy, start=self.start, now=clock.now(), zone=self.location.zone)


ANSWER, PAY = "Doctor’s answer", "Pay"


def steps_of(*, is_asked_for: bool, due_online: bool) -> list[str]:
    """The way to a booked visit, as its pages show it; what is asked for is paid after the doctor's answer."""
    between = [*([ANSWER] if is_asked_for else []), *([PAY] if due_online else [])]
    return ["Choose a time", "Check", *between, "Booked"]


def choice_of(query: QueryDict, doctor_slug: str) -> Choice:
    """Raises `NotFound` where the query names no time, visit type or place of a listed doctor."""
    doctor = doctors.doctor_to_book(doctor_slug)
    visit_type = chosen_visit_type(list(doctors.visit_types_of(doctor)), query.get("visit_type"))
    start = instant_or_none(query.get("start", ""))
    location = doctors.location_to_book(doctor, query.get("location", ""))
    if visit_type is None or start is None or location is None:
        raise NotFound("This address does not name a time. Choose one from the doctor's free times.")
    return Choice(
        doctor=doctor, visit_type=visit_type, location=location, start=start, settings=selectors.booking_settings()
    )


def choice_told(query: QueryDict, doctor_slug: str) -> str:
    """The choice for those who are on the way to it, from what the doctor's page shows to anybody."""
    try:
        choice = choice_of(query, doctor_slug)
    except DomainError:
        return ""
    portrait = doctors.portraits_of([choice.doctor.pk]).get(choice.doctor.pk, "")
    return render_to_string("booking/partials/on_the_way.html", {"choice": choice, "portrait": portrait})
