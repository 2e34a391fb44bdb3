"""What it means for the money that an appointment becomes another kind of visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from billing.selectors.owed import foreseen
from billing.selectors.payments import captured_of, taken_by_banks
from booking.models import Appointment
from booking.policies import amount_due, cancellation_sentence, policy_changed, taken_online
from booking.selectors import booking_settings
from doctors.models import VisitType
from doctors.selectors import visit_types_of


@dataclass(frozen=True, kw_only=True)
class Difference:
    """In minor units of the visit type's currency: what is paid online now, what goes back, what is paid at the
    clinic. `policy` is the sentence about cancelling."""

    visit_type: VisitType
    pay_minor: int
    return_minor: int
    clinic_minor: int
    policy: str


def other_visits(appointment: Appointment) -> QuerySet[VisitType]:
    """What the appointment can become at once: its doctor's other kinds of visit that need no approval."""
    found = visit_types_of(appointment.doctor).filter(needs_approval=False, currency=appointment.currency)
    return found.exclude(pk=appointment.visit_type_id)


def difference_to(appointment: Appointment, visit_type: VisitType, *, start: datetime, now: datetime) -> Difference:
    """As the services would settle it now; they have the last word."""
    settings = booking_settings()
    taken, due = captured_of(appointment), amount_due(visit_type, settings)
    policy = policy_changed(appointment.policy, visit_type, start=start, settings=settings)
    pay = taken_online(due - taken)
    changed = foreseen(appointment, price_minor=visit_type.price_minor)
    return Difference(
        visit_type=visit_type,
        pay_minor=pay,
        return_minor=sum(min(known.anew, known.there) for known in changed),
        clinic_minor=max(visit_type.price_minor - taken + taken_by_banks(appointment) - pay, 0),
        policy=cancellation_sentence(policy, start=start, now=now, zone=appointment.location.zone),
    )
