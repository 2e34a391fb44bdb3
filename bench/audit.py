"""Run inside Django on the small database: what an audit event adds to a booking, with writers at once. Prints JSON.

Each writer makes appointments of its own doctor and patient, so that nothing but the event could make one wait for
another: rounds without the event and with it take turns.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median

import django

django.setup()

from django.db import transaction  # noqa: E402

from audit.services import event_record  # noqa: E402
from bench.floors import appointment_like  # noqa: E402
from booking.models import Appointment  # noqa: E402
from medconsult.demo.bulk import MADE_UP  # noqa: E402

WRITERS = 8
EACH = 25
WARMING = 2
NOBODY_ELSE_IS_THERE = datetime(2110, 1, 1, tzinfo=UTC)

_hours = count()


def models() -> list[Appointment]:
    """One appointment for each writer, no two of one doctor or one patient."""
    found: dict[int, Appointment] = {}
    patients: set[int] = set()
    rows = Appointment.objects.filter(doctor__slug__startswith=MADE_UP).select_related("patient").order_by("pk")
    for row in rows.iterator():
        if row.doctor_id not in found and row.patient_id not in patients:
            found[row.doctor_id] = row
            patients.add(row.patient_id)
        if len(found) == WRITERS:
            break
    return list(found.values())


def write(model: Appointment, hours: list[int], *, with_event: bool) -> None:
    for hour in hours:
        with transaction.atomic():
            appointment = appointment_like(model, NOBODY_ELSE_IS_THERE + timedelta(hours=hour))
            if with_event:
                event_record("appointment.booked", appointment, actor=None, patient=model.patient, after="booked")


def timed_round(pool: ThreadPoolExecutor, writers: list[Appointment], *, with_event: bool) -> float:
    """Milliseconds until the last of the writers has written its share."""
    hours = [next(_hours) for _ in range(EACH)]
    started = time.perf_counter()
    done = [pool.submit(write, model, hours, with_event=with_event) for model in writers]
    for one in done:
        one.result()
    return (time.perf_counter() - started) * 1000


def run(rounds: int) -> dict[str, float]:
    writers = models()
    without: list[float] = []
    with_event: list[float] = []
    with ThreadPoolExecutor(WRITERS) as pool:
        for number in range(WARMING + rounds):
            times = [timed_round(pool, writers, with_event=given) for given in (False, True)]
            if number >= WARMING:
                without.append(times[0])
                with_event.append(times[1])
    each = WRITERS * EACH
    return {"without": median(without) / each, "with": median(with_event) / each}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
