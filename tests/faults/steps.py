"""Steps that several tests of faults take."""

from __future__ import annotations

import os
import time as stopwatch
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F

from common import clock
from devtools.process import Child
from notifications.models import Message
from notifications.services import Outgoing, messages_queue
from notifications.tests.factories import FACTS

PATIENCE = 60.0
LONG = 100


def told_to(number: int) -> str:
    return f"person{number}@example.org"


def queue_messages(count: int) -> None:
    """Each to a person of their own (`told_to`)."""
    now = clock.now()
    messages_queue(
        messages=[
            Outgoing(kind="appointment_booked", email=told_to(number), facts=FACTS, dedupe_key=f"fault:{number}")
            for number in range(count)
        ],
        now=now,
    )
    # One after the other, so that a worker that is to die is given one that nobody has had.
    Message.objects.update(due_at=now - timedelta(hours=1) + F("pk") * timedelta(seconds=1))


def wait_for(is_so: Callable[[], bool], child: Child | None = None) -> None:
    """Until it is so; where a process of ours is to bring it about, its log says why it did not."""
    deadline = stopwatch.monotonic() + PATIENCE
    while not is_so():
        assert stopwatch.monotonic() < deadline, child and child.tail(50)
        stopwatch.sleep(0.02)


def is_long() -> bool:
    """Whether `make test-long` asks for the long look."""
    return int(os.environ.get("RACE_ROUNDS", "0")) >= LONG
