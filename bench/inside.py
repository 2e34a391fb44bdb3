"""Run inside Django on the small database: services and selectors without HTTP, in turn with floor B. Prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import django

django.setup()

from django.db import connection  # noqa: E402

from accounts.models import Patient  # noqa: E402
from bench.consents import agree  # noqa: E402
from bench.floors import floor_b  # noqa: E402
from bench.meter import Statements  # noqa: E402
from booking import selectors, services  # noqa: E402
from booking.models import Appointment  # noqa: E402
from booking.slots import Slot  # noqa: E402
from common import clock  # noqa: E402
from doctors.models import Doctor, VisitType  # noqa: E402
from doctors.selectors import doctor_listed  # noqa: E402
from medconsult.demo.bulk import MADE_UP  # noqa: E402

DAYS = 14
WARMING = 5
NOBODY_ELSE_IS_THERE = datetime(2100, 1, 1, tzinfo=UTC)

Action = Callable[[], object]


@dataclass(frozen=True)
class Sample:
    elapsed: float
    cpu: float
    statements: int


def timed(action: Action) -> Sample:
    """Milliseconds, and SQL statements without transaction control."""
    statements = Statements()
    started, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(statements):
        action()
    return Sample((time.perf_counter() - started) * 1000, (time.process_time() - cpu) * 1000, statements.count)


def summary(samples: list[Sample]) -> dict[str, float]:
    return {
        "elapsed": median(sample.elapsed for sample in samples),
        "cpu": median(sample.cpu for sample in samples),
        "statements": max(sample.statements for sample in samples),
    }


def bookings(rounds: int) -> dict[str, Iterator[Action]]:
    """B; ours far from what search shows; ours for the very next time, so that the listing is written too."""
    now = clock.now()
    model = Appointment.objects.filter(doctor__slug__startswith=MADE_UP).earliest("pk")
    later, sooner = visit_types_with(rounds, now)
    made_up = Patient.objects.filter(user__email__startswith=MADE_UP).select_related("user").order_by("-pk")
    patients = list(made_up[: 2 * rounds])
    agree(patients)
    return {
        "floor_b": (floor_of(model, hour) for hour in range(rounds)),
        "book_later": (
            booking(patient, later, slot, now)
            for patient, slot in zip(patients, slots_of(later, now)[::-1], strict=False)
        ),
        "book_next": (_booking_the_next(patient, sooner, now) for patient in patients[rounds:]),
    }


def visit_types_with(slots: int, now: datetime) -> list[VisitType]:
    found = VisitType.objects.filter(doctor__slug__startswith=MADE_UP, position=0).select_related("doctor__user")
    able = [visit_type for visit_type in found.order_by("pk")[:100] if len(slots_of(visit_type, now)) > 2 * slots]
    return able[-2:]


def slots_of(visit_type: VisitType, now: datetime) -> list[Slot]:
    return selectors.slots_for(
        doctor=visit_type.doctor, visit_type=visit_type, first_day=now.date(), days=visit_type.horizon_days, now=now
    )


def floor_of(model: Appointment, hour: int) -> Action:
    return lambda: floor_b(model, NOBODY_ELSE_IS_THERE + timedelta(hours=hour))


def _booking_the_next(patient: Patient, visit_type: VisitType, now: datetime) -> Action:
    slot = selectors.next_slot_after(doctor=visit_type.doctor, visit_type=visit_type, after=now, now=now)
    assert slot is not None
    return booking(patient, visit_type, slot, now)


def booking(patient: Patient, visit_type: VisitType, slot: Slot, now: datetime) -> Action:
    assert patient.user is not None
    actor = patient.user
    return lambda: services.appointment_book(
        actor=actor,
        patient_id=patient.public_id,
        visit_type_id=visit_type.public_id,
        location_id=slot.location_id,
        start=slot.start,
        now=now,
    )


def pickers() -> Iterator[Action]:
    now = clock.now()
    for visit_type in VisitType.objects.filter(doctor__slug__startswith=MADE_UP, position=0).select_related("doctor"):
        yield _picker(selectors.slots_for, visit_type.doctor, visit_type, now)


def pickers_kept() -> Iterator[Action]:
    """The same times as pages show them, which somebody has looked at before."""
    now = clock.now()
    for visit_type in VisitType.objects.filter(doctor__slug__startswith=MADE_UP, position=0).select_related("doctor"):
        doctor = doctor_listed(visit_type.doctor.slug)
        picker = _picker(selectors.slots_shown, doctor, visit_type, now)
        picker()
        yield picker


def _picker(select: Callable[..., object], doctor: Doctor, visit_type: VisitType, now: datetime) -> Action:
    return lambda: select(doctor=doctor, visit_type=visit_type, first_day=now.date(), days=DAYS, now=now)


def run(rounds: int) -> dict[str, dict[str, float]]:
    actions = {**bookings(WARMING + rounds), "picker": pickers(), "picker_kept": pickers_kept()}
    samples: dict[str, list[Sample]] = {name: [] for name in actions}
    for number in range(WARMING + rounds):
        for name, turns in actions.items():
            sample = timed(next(turns))
            if number >= WARMING:
                samples[name].append(sample)
    return {name: summary(own) for name, own in samples.items()}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
