"""What is measured inside one process on a bench database: services and selectors, without HTTP. Prints JSON."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from accounts.models import Patient  # noqa: E402
from booking import selectors, services  # noqa: E402
from booking.models import Appointment  # noqa: E402
from booking.slots import Slot  # noqa: E402
from common import clock  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Q  # noqa: E402
from doctors.models import Doctor, VisitType  # noqa: E402

from bench.floors import floor_b  # noqa: E402

DAYS = 14
LIST_LENGTH = 20


def timed(run: Callable[[], object]) -> tuple[float, float, int]:
    """Elapsed and CPU milliseconds, and SQL statements with transaction control left out (it is not executed here)."""
    statements = 0

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*args)

    started, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        run()
    return (time.perf_counter() - started) * 1000, (time.process_time() - cpu) * 1000, statements


def median(samples: list[tuple[float, float, int]]) -> dict[str, float]:
    elapsed, cpu, statements = zip(*samples, strict=True)
    return {
        "elapsed": statistics.median(elapsed),
        "cpu": statistics.median(cpu),
        "statements": statistics.median(statements),
    }


def booking_rows(rounds: int) -> dict[str, dict[str, float]]:
    """B and our booking in turn, each on times of its own; ours books a time that the listing does not show."""
    now = clock.now()
    model = Appointment.objects.select_related("doctor").order_by("pk").first()
    assert model is not None  # noqa: S101
    visit_type = _bookable(model.doctor)
    patients = list(Patient.objects.filter(user__isnull=False).select_related("user").order_by("-pk")[:rounds])
    slots = _late_slots(model.doctor, visit_type, now)
    floor, ours = [], []
    for index in range(min(rounds, len(patients), len(slots))):
        start = datetime(2100, 1, 1, tzinfo=now.tzinfo) + timedelta(hours=index)
        floor.append(timed(lambda start=start: floor_b(model, start)))  # type: ignore[misc]
        ours.append(timed(lambda i=index: _book(patients[i], visit_type, slots[i], now)))  # type: ignore[misc]
    Appointment.objects.filter(start__year=2100).delete()
    return {"floor_b": median(floor), "book": median(ours)}


def _bookable(doctor: Doctor) -> VisitType:
    visit_type = doctor.visit_types.filter(is_active=True, needs_approval=False).first()
    assert visit_type is not None  # noqa: S101
    return visit_type


def _late_slots(doctor: Doctor, visit_type: VisitType, now: datetime) -> list[Slot]:
    day = now.date() + timedelta(days=10)
    return selectors.slots_for(doctor=doctor, visit_type=visit_type, first_day=day, days=DAYS * 2, now=now)


def _book(patient: Patient, visit_type: VisitType, slot: Slot, now: datetime) -> None:
    services.appointment_book(
        actor=patient.user,
        patient_id=patient.public_id,
        visit_type_id=visit_type.public_id,
        location_id=slot.location_id,
        start=slot.start,
        now=now,
    )


def picker_row(rounds: int) -> dict[str, float]:
    now = clock.now()
    doctors = Doctor.objects.listed().order_by("pk")[:rounds]
    samples = []
    for doctor in doctors:
        visit_type = _bookable(doctor)
        samples.append(
            timed(
                lambda d=doctor, v=visit_type: selectors.slots_for(  # type: ignore[misc]
                    doctor=d, visit_type=v, first_day=now.date(), days=DAYS, now=now
                )
            )
        )
    return median(samples)


def list_rows(rounds: int) -> dict[str, dict[str, float]]:
    """A patient's and a doctor's list against the plain foreign-key filter."""
    patient = Patient.objects.filter(user__isnull=False, appointments__isnull=False).order_by("pk").first()
    doctor = Doctor.objects.filter(user__isnull=False, appointments__isnull=False).order_by("pk").first()
    assert patient and patient.user and doctor and doctor.user  # noqa: S101, PT018
    owners = {"patient": (patient.user, Q(patient=patient)), "doctor": (doctor.user, Q(doctor=doctor))}
    rows: dict[str, list[tuple[float, float, int]]] = {}
    related = ("doctor", "patient", "location", "visit_type")
    for _ in range(rounds):
        for name, (user, key) in owners.items():
            plain = Appointment.objects.filter(key).select_related(*related).order_by("start")[:LIST_LENGTH]
            rows.setdefault(f"{name}_plain", []).append(timed(lambda plain=plain: list(plain.all())))  # type: ignore[misc]
            rows.setdefault(f"{name}_ours", []).append(
                timed(lambda user=user: list(selectors.appointments_visible_to(user, limit=LIST_LENGTH)))  # type: ignore[misc]
            )
    return {name: median(samples) for name, samples in rows.items()}


if __name__ == "__main__":
    count = int(sys.argv[1])
    print(json.dumps({**booking_rows(count), "picker": picker_row(count), **list_rows(count)}))
