from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory
from simple_history.utils import bulk_create_with_history

from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from booking.models import Appointment, AvailabilityException, AvailabilityRule
from booking.states import CancelReason, PendingReason, Status
from common import clock
from doctors.models import Doctor, Location, VisitType
from doctors.tests.factories import DoctorFactory, LocationFactory, VisitTypeFactory


def _tomorrow_at_ten() -> datetime:
    return next_slot_start()


class RuleFactory(DjangoModelFactory[AvailabilityRule]):
    """Mondays from nine to five, at the doctor's first place."""

    class Meta:
        model = AvailabilityRule

    doctor = factory.SubFactory(DoctorFactory, listed=True)
    location = factory.LazyAttribute(lambda rule: rule.doctor.locations.first())
    weekday = AvailabilityRule.Weekday.MONDAY
    start_time = time(9)
    end_time = time(17)
    valid_from = date(2020, 1, 1)


class LeaveFactory(DjangoModelFactory[AvailabilityException]):
    """The doctor is away."""

    class Meta:
        model = AvailabilityException

    doctor = factory.SubFactory(DoctorFactory, listed=True)
    kind = AvailabilityException.Kind.CLOSED
    start = factory.LazyFunction(_tomorrow_at_ten)
    end = factory.LazyAttribute(lambda leave: leave.start + timedelta(days=1))


class AppointmentFactory(DjangoModelFactory[Appointment]):
    """A row as a service would have left it, in any state: half an hour, booked, tomorrow at ten in the clinic.

    Traits `requested` (waits for the doctor), `held` (waits for payment) and `cancelled`. It does not ask whether the
    doctor works then; use `appointment_book` where that matters.
    """

    class Meta:
        model = Appointment

    class Params:
        requested = factory.Trait(
            status=Status.PENDING,
            pending_reason=PendingReason.APPROVAL,
            expires_at=factory.LazyFunction(lambda: clock.now() + timedelta(hours=12)),
        )
        held = factory.Trait(
            status=Status.PENDING,
            pending_reason=PendingReason.PAYMENT,
            expires_at=factory.LazyFunction(lambda: clock.now() + timedelta(minutes=15)),
        )
        cancelled = factory.Trait(
            status=Status.CANCELLED,
            cancel_reason=CancelReason.PATIENT,
            cancelled_at=factory.LazyFunction(clock.now),
        )

    reference = factory.Sequence(lambda n: f"TEST{n:06}")
    visit_type = factory.SubFactory(VisitTypeFactory)
    doctor = factory.SelfAttribute("visit_type.doctor")
    patient = factory.SubFactory(PatientFactory)
    location = factory.LazyAttribute(lambda row: row.doctor.locations.first())
    booked_by = factory.LazyAttribute(lambda row: row.patient.user or UserFactory.create())
    status = Status.BOOKED
    start = factory.LazyFunction(_tomorrow_at_ten)
    end = factory.LazyAttribute(lambda row: row.start + timedelta(minutes=row.visit_type.minutes))
    blocked = factory.LazyAttribute(lambda row: blocked_range(row.visit_type, row.start))
    modality = factory.SelfAttribute("visit_type.modality")
    price_minor = factory.SelfAttribute("visit_type.price_minor")
    currency = "gbp"
    amount_due_minor = 0
    policy = factory.LazyAttribute(
        lambda row: {"version": 1, "free_hours": 24, "free_until": (row.start - timedelta(hours=24)).isoformat()}
    )
    created_at = factory.LazyFunction(clock.now)


def blocked_range(visit_type: VisitType, start: datetime) -> tuple[datetime, datetime]:
    """The time that a visit takes from its doctor, buffers included."""
    before = timedelta(minutes=visit_type.buffer_before)
    after = timedelta(minutes=visit_type.minutes + visit_type.buffer_after)
    return start - before, start + after


def next_slot_start(days_ahead: int = 1, at: time = time(10)) -> datetime:
    """A time some days ahead by the clinic's clock, as a UTC instant."""
    zone = clock.clinic_zone()
    day = clock.now().astimezone(zone).date() + timedelta(days=days_ahead)
    return datetime.combine(day, at, zone).astimezone(UTC)


def bookable_doctor(
    *,
    minutes: int = 30,
    start: time = time(9),
    end: time = time(17),
    weekdays: Sequence[int] = range(7),
    zone: str = "Europe/London",
    price_minor: int = 0,
    doctor: dict[str, Any] | None = None,
    **visit_type: Any,
) -> Doctor:
    """A listed doctor with an account, one place and one visit type, who works from nine to five every day.

    `visit_type` are fields of the visit type; `doctor.visit_types.get()` and `doctor.locations.get()` are the rest.
    """
    place: Location = LocationFactory.create(zone=zone)
    made: Doctor = DoctorFactory.create(
        listed=True, locations=[place], **{"user": UserFactory.create(roles=[Role.DOCTOR]), **(doctor or {})}
    )
    VisitTypeFactory.create(doctor=made, minutes=minutes, price_minor=price_minor, **visit_type)
    hours = {"doctor": made, "location": place, "start_time": start, "end_time": end}
    bulk_create_with_history([RuleFactory.build(weekday=weekday, **hours) for weekday in weekdays], AvailabilityRule)
    return made
