"""What becomes of a booked visit on its day: each step with who takes it, from which states, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.models import Appointment
from booking.states import Status

# How long before the start somebody can be in the waiting room for it: what is pressed earlier is a wrong row.
ARRIVES_FROM = timedelta(minutes=60)
# How late somebody is before they count as not come.
MISSED_AFTER = timedelta(minutes=10)
# How long after its end a missed visit can still turn out to be something else.
CORRECTED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Step:
    """`opens` counts from the start of the visit. The desk of the place takes a step too, unless `is_doctors`."""

    name: str
    target: Status
    sources: frozenset[Status]
    opens: timedelta
    action: str
    refusal: str
    is_doctors: bool = False

    def is_due(self, appointment: Appointment, *, now: datetime) -> bool:
        return now >= appointment.start + self.opens

    def is_open(self, appointment: Appointment, *, now: datetime) -> bool:
        return appointment.status in self.sources and self.is_due(appointment, now=now)


ARRIVE = Step(
    name="arrive",
    target=Status.ARRIVED,
    sources=frozenset({Status.BOOKED}),
    opens=-ARRIVES_FROM,
    action="appointment.arrived",
    refusal="Somebody can arrive from an hour before the appointment.",
)
UNARRIVE = Step(
    name="unarrive",
    target=Status.BOOKED,
    sources=frozenset({Status.ARRIVED}),
    opens=-ARRIVES_FROM,
    action="appointment.unarrived",
    refusal=ARRIVE.refusal,
)
FULFIL = Step(
    name="fulfil",
    target=Status.FULFILLED,
    sources=frozenset({Status.BOOKED, Status.ARRIVED}),
    opens=-ARRIVES_FROM,
    action="appointment.fulfilled",
    refusal="An appointment can be done from an hour before its time.",
    is_doctors=True,
)
MISS = Step(
    name="noshow",
    target=Status.NOSHOW,
    sources=frozenset({Status.BOOKED}),
    opens=MISSED_AFTER,
    action="appointment.missed",
    refusal="Please wait until 10 minutes after the start: the patient may only be late.",
)
STEPS = (ARRIVE, FULFIL, MISS, UNARRIVE)


def steps_open(appointment: Appointment, *, is_doctor: bool, now: datetime) -> dict[str, Step]:
    """What the doctor, or else the desk of the place, can do to the appointment now, by name."""
    return {
        step.name: step for step in STEPS if (is_doctor or not step.is_doctors) and step.is_open(appointment, now=now)
    }


def can_be_corrected(appointment: Appointment, *, now: datetime) -> bool:
    """Whether it still can be taken back that the patient did not attend."""
    return appointment.status == Status.NOSHOW and now <= appointment.end + CORRECTED_WITHIN
