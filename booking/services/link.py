"""What somebody may do who comes by the link in a patient's mail and knows the date of birth.

The link never becomes a sign-in: here, and for the length of one call, it stands for the patient of one appointment.
The audit log says of whatever is done so that it was by the link.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.crypto import constant_time_compare

from accounts.models import User
from audit.services import Subject, event_record
from booking.errors import LinkRefused, TooManyTries
from booking.links import OPEN_FOR, Link, Proof, link_named
from booking.models import Appointment
from booking.policies import link_holds, link_opens
from booking.selectors.appointments import appointment_linked
from booking.services.cancel import appointment_cancel
from booking.services.move import appointment_move
from common import clock, request_context
from common.errors import NotFound
from common.limits import Limit, callers_network, give_back, spend

# For the whole life of a link: a date of birth is one of thirty thousand, and people know theirs.
WRONG_DATES = Limit(name="booking.link.appointment", most=5, within=timedelta(days=800))
TRIES = Limit(name="booking.link.caller", most=20, within=timedelta(minutes=10))
BY_LINK = "link"

_NOBODYS = Subject("booking.appointment", "")
_NOWHERE = Link(UUID(int=0), 0, "")


def link_prove(*, token: str, birth_date: date, now: datetime | None = None) -> Proof:
    """Open an appointment by the secret part of a link and the patient's date of birth.

    Raises `LinkRefused` for whatever is not right, always in the same words and after the same work: a link that we
    have not signed or that is over, a wrong date, a sixth try. `TooManyTries` tells of the caller alone. Call it
    outside a transaction, so that a refusal is counted.
    """
    now = now or clock.now()
    if not spend(TRIES, callers_network()):
        raise TooManyTries
    link = link_named(token)
    tried = f"{link.appointment_id}:{link.sequence}" if link else token
    is_in_time = spend(WRONG_DATES, tried)
    appointment = appointment_linked((link or _NOWHERE).appointment_id)
    knows = appointment is not None and constant_time_compare(str(appointment.patient.birth_date), str(birth_date))
    if appointment is None or not (is_in_time and knows and link_holds(link, appointment, now=now)):
        event_record("appointment.link_refused", appointment or _NOBODYS, actor=None)
        raise LinkRefused
    for limit, subject in ((TRIES, callers_network()), (WRONG_DATES, tried)):
        give_back(limit, subject)
    with request_context.acting(via=BY_LINK):
        event_record("appointment.link_opened", appointment, actor=appointment.patient.user)
    return Proof(appointment_id=appointment.public_id, until=now + OPEN_FOR)


def link_move(
    *,
    proof: Proof | None,
    appointment_id: UUID,
    start: datetime,
    location_id: int,
    seen_sequence: int | None,
    now: datetime | None = None,
) -> Appointment:
    """As `appointment_move` by the patient, with its errors. Raises `NotFound` without a proof that holds for it."""
    now = now or clock.now()
    with _as_the_patient(proof, appointment_id, now) as patient:
        return appointment_move(
            actor=patient,
            appointment_id=appointment_id,
            start=start,
            location_id=location_id,
            seen_sequence=seen_sequence,
            now=now,
        )


def link_cancel(*, proof: Proof | None, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """As `appointment_cancel` by the patient, with its errors. Raises `NotFound` without a proof that holds for it."""
    now = now or clock.now()
    with _as_the_patient(proof, appointment_id, now) as patient:
        return appointment_cancel(actor=patient, appointment_id=appointment_id, now=now)


@contextmanager
def _as_the_patient(proof: Proof | None, appointment_id: UUID, now: datetime) -> Iterator[User]:
    appointment = appointment_linked(appointment_id)
    owner = appointment.patient.user if appointment else None
    if appointment is None or owner is None or not link_opens(proof, appointment, now=now):
        raise NotFound
    with request_context.acting(actor_id=owner.public_id, via=BY_LINK):
        yield owner
