"""Asking for more time to pay in the very moment in which the hold ends and somebody else wants the time."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connections

from booking.models import Appointment
from booking.services import hold, hold_extend, pending_expire
from booking.services.moves import write
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import user_of
from common import clock
from common.errors import DomainError
from doctors.models import Doctor
from tests.races.conftest import Client, Together, overlaps, refusals, winners
from tests.races.test_booking import on_one_slot, patients


def held(doctor: Doctor, number: int, *, seconds: float) -> Appointment:
    ends = clock.now() + timedelta(seconds=seconds)
    start = next_slot_start(1 + number)
    made: Appointment = AppointmentFactory.create(
        held=True, visit_type=doctor.visit_types.get(), start=start, expires_at=ends
    )
    return made


def extend(appointment: Appointment) -> Appointment:
    return hold_extend(actor=user_of(appointment.patient), appointment_id=appointment.public_id)


@pytest.mark.usefixtures("no_deadlock")
def test_at_its_end_a_hold_is_kept_or_the_time_is_somebody_elses(together: Together, rounds: int) -> None:
    doctor, people = bookable_doctor(), patients(6)
    for number in range(rounds):
        kept = held(doctor, number, seconds=0.05 * number)
        others = on_one_slot(doctor, people, number)
        asked = partial(extend, kept)
        outcomes = together([*others, asked, lambda: pending_expire(now=clock.now())])
        booked = [won for won in winners(outcomes) if isinstance(won, Appointment) and won.pk != kept.pk]
        kept.refresh_from_db()
        if kept.hold_extended_at is not None:
            assert (kept.status, booked) == (Status.PENDING, [])
        else:
            assert "hold_over" in refusals(outcomes) or "not_found" in refusals(outcomes)
            assert len(booked) <= 1
    assert overlaps() == 0


class Rival:
    """Somebody who books the time between the moment in which the hold was found to stand and its being written."""

    def __init__(self, kept: Appointment, client: Client) -> None:
        self.kept, self.client = kept, client
        self.error: DomainError | None = None
        self.thread = Thread(target=self._book)

    def write_late(self, appointment: Appointment, **changes: Any) -> None:
        assert self.kept.expires_at
        time.sleep(max((self.kept.expires_at - clock.now()).total_seconds(), 0) + 0.05)
        self.thread.start()
        # Long enough to book, if nothing holds them up; and shorter than a lock is waited for.
        self.thread.join(timeout=2)
        write(appointment, **changes)

    def _book(self) -> None:
        try:
            self.client()
        except DomainError as error:
            self.error = error
        finally:
            connections.close_all()


def _late(monkeypatch: pytest.MonkeyPatch) -> Rival:
    doctor = bookable_doctor()
    kept = held(doctor, 0, seconds=1)
    [client] = on_one_slot(doctor, patients(1), 0)
    rival = Rival(kept, client)
    monkeypatch.setattr(hold, "write", rival.write_late)
    extend(kept)
    rival.thread.join()
    kept.refresh_from_db()
    return rival


@pytest.mark.usefixtures("no_deadlock")
def test_whoever_comes_between_waits_and_hears_that_the_time_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    rival = _late(monkeypatch)
    assert rival.error is not None
    assert rival.error.code == "slot_taken"
    assert rival.kept.status == Status.PENDING
    assert overlaps() == 0


@pytest.mark.usefixtures("without_locks")
@pytest.mark.django_db(transaction=True)
def test_control_without_locks_a_time_is_promised_to_one_that_another_has_booked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rival = _late(monkeypatch)
    assert rival.error is None
    assert rival.kept.hold_extended_at is not None
    assert (rival.kept.status, rival.kept.cancel_reason) == (Status.CANCELLED, CancelReason.HOLD_EXPIRED)
