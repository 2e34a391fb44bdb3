from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from accounts.models import Patient
from booking import locks
from booking.models import Appointment
from booking.services import appointment_book
from booking.tests.steps import decide
from common.errors import DomainError
from devtools.testing.parallel import Outcome
from doctors.models import VisitType

Together = Callable[[list[Callable[[], Any]]], list[Outcome[Any]]]

CLIENTS = 20
CONSTRAINTS = ("appointment_doctor_no_overlap", "appointment_patient_no_overlap")


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often each race is run: RACE_ROUNDS, for a longer look than a build has time for."""
    return int(os.environ.get("RACE_ROUNDS", "3"))


@pytest.fixture
def no_deadlock(transactional_db: None) -> Iterator[None]:
    """The database saw no deadlock, not even one that a service turned into a polite answer.

    Patients may have as many visits ahead as they win, however many the rounds.
    """
    decide(visits_ahead=30_000)
    before = deadlocks()
    yield
    assert deadlocks() == before


def deadlocks() -> int:
    """How many the database has counted; each connection's count is complete once it has ended."""
    with connection.cursor() as cursor:
        others = 1
        while others:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            (others,) = cursor.fetchone()
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (counted,) = cursor.fetchone()
    return int(counted)


def overlaps() -> int:
    """Pairs of live appointments that take the same time of one doctor or of one patient."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM booking_appointment one JOIN booking_appointment other ON one.id < other.id
            WHERE one.status IN ('pending', 'booked') AND other.status IN ('pending', 'booked')
            AND (one.doctor_id = other.doctor_id AND one.blocked && other.blocked
                 OR one.patient_id = other.patient_id AND one.start < other."end" AND other.start < one."end")
            """
        )
        (counted,) = cursor.fetchone()
    return int(counted)


@dataclass(frozen=True)
class Client:
    """Somebody who wants a time, and asks for it when called."""

    patient: Patient
    visit_type: VisitType
    location_id: int
    start: datetime

    def __call__(self) -> Appointment:
        assert self.patient.user is not None
        return appointment_book(
            actor=self.patient.user,
            patient_id=self.patient.public_id,
            visit_type_id=self.visit_type.public_id,
            location_id=self.location_id,
            start=self.start,
        )


def winners(outcomes: list[Outcome[Any]]) -> list[Any]:
    return [outcome.value for outcome in outcomes if outcome.error is None]


def refusals(outcomes: list[Outcome[Any]]) -> list[str]:
    """The codes of the domain's refusals; any other error is raised here."""
    codes = []
    for outcome in outcomes:
        if outcome.error is None:
            continue
        if not isinstance(outcome.error, DomainError):
            raise outcome.error
        codes.append(outcome.error.code)
    return codes


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The services run as they are, but no row is locked."""

    def unlocked(rows: QuerySet[Model], **_: bool) -> QuerySet[Model]:
        return rows

    monkeypatch.setattr(locks, "for_update", unlocked)
    monkeypatch.setattr(locks, "FOR_UPDATE", "")
    monkeypatch.setattr(locks, "FOR_SHARE", "")


@pytest.fixture
def without_constraints(transactional_db: None) -> None:
    """The table takes whatever it is given; the database is made anew after the test."""
    with connection.cursor() as cursor:
        for name in CONSTRAINTS:
            cursor.execute(f"ALTER TABLE booking_appointment DROP CONSTRAINT {name}")
