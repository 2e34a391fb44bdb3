from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking import attendance
from booking.attendance import Step
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.policies import acts_as_doctor, acts_for_practice
from booking.selectors.appointments import appointment_for
from booking.services.listing import listing_follow_release
from booking.services.moves import write
from booking.states import LIVE, Status
from common import clock
from common.errors import Conflict, Forbidden
from common.locks import busy_if_locked


def appointment_arrive(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """The patient is there: the doctor or the desk of the place says so, from `ARRIVES_FROM` before the start.

    Said twice it changes nothing. Raises `NotFound`, `Forbidden`, `Conflict` (`illegal_transition`, `too_early`; both
    with `current`, the state) and `Busy`.
    """
    return _take(attendance.ARRIVE, actor, appointment_id, now)


def appointment_unarrive(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """Nobody is there after all: the undo of `appointment_arrive`, with the same people, answers and errors."""
    return _take(attendance.UNARRIVE, actor, appointment_id, now)


def appointment_fulfil(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """The doctor has seen the patient, whether or not anybody said that they arrived. Answers and errors as above."""
    return _take(attendance.FULFIL, actor, appointment_id, now)


def appointment_noshow(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """Nobody came: the doctor or the desk says so, from `MISSED_AFTER` past the start. The rest of the time is free.

    The patient is sent nothing: it may be pressed by mistake and taken back. Answers and errors as above.
    """
    return _take(attendance.MISS, actor, appointment_id, now)


def _take(step: Step, actor: User, appointment_id: UUID, now: datetime | None) -> Appointment:
    now = now or clock.now()
    with locked_for_practice(actor, appointment_id) as appointment:
        if step.is_doctors and not acts_as_doctor(actor, appointment):
            raise Forbidden("doctors_only", "Only the doctor can say that the appointment is done.")
        if appointment.status == step.target:
            return appointment
        before = appointment.status
        _assert_open(step, appointment, now)
        write(appointment, actor=actor, status=step.target)
        event_record(step.action, appointment, actor=actor, before=before, after=appointment.status)
        if step.target not in LIVE:
            listing_follow_release(appointment, locked_doctor_id=appointment.doctor_id, now=now)
        return appointment


@contextmanager
def locked_for_practice(actor: User, appointment_id: UUID, *, in_error: bool = False) -> Iterator[Appointment]:
    """The appointment in a transaction, for its doctor and the desk of its place. Raises `NotFound`, `Forbidden`."""
    seen = appointment_for(actor, appointment_id, in_error=in_error)
    with busy_if_locked(), transaction.atomic():
        appointment = lock_appointment(seen)
        if not acts_for_practice(actor, appointment):
            raise Forbidden("practice_only", "Only the doctor and the clinic can say what became of the appointment.")
        yield appointment


def _assert_open(step: Step, appointment: Appointment, now: datetime) -> None:
    current = appointment.status
    if current not in step.sources:
        told = "This appointment can no longer be changed that way."
        if current == Status.PENDING:
            told = "This appointment is not booked yet. Once it is, you can say what became of it."
        raise Conflict("illegal_transition", told, current=current)
    if not step.is_due(appointment, now=now):
        raise Conflict("too_early", step.refusal, current=current)
