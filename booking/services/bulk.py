"""Cancelling many appointments for one reason of the practice's own: a suspension, time off, a closed place.

What is asked for is written down first. A few are cancelled at once, by whoever asks; the rest by a worker, one
transaction a visit, and how far it is can be seen (`selectors.cancelling_progress`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from booking import facts
from booking.locks import lock_appointment
from booking.models import Appointment, Cancelling, CancellingVisit
from booking.paths import times_path
from booking.selectors.cancelling import AT_ONCE, cancelling_of, cancelling_progress
from booking.services.moves import release
from booking.states import CANCELLABLE, CancellingState, CancelReason, Status
from common import clock
from common.errors import Busy
from common.locks import busy_if_locked
from common.tasks import wake
from notifications.services import messages_queue

MOST_ATTEMPTS = 5
# Longer than one visit takes at worst: three locks of three seconds each.
LEASE = timedelta(minutes=1)
# A run ends well before its time limit would end it (common.queues), and the sweeper goes on.
LONGEST_RUN = timedelta(minutes=10)

logger = logging.getLogger(__name__)


def cancel_many(seen: Iterable[Appointment], why: CancelReason, *, actor: User, now: datetime) -> Cancelling:
    """Cancel all of them, the first few now and the others in the background, each with its messages.

    What is cancelled, moved or has begun by its turn is left as it is, so a repeat does nothing twice. Not for use
    inside a transaction: the locks of all would be held together.
    """
    with transaction.atomic():
        cancelling = Cancelling.objects.create(asked_by=actor, asked_at=now, why=why)
        visits = [
            CancellingVisit(cancelling=cancelling, appointment=one, sequence=one.calendar_sequence) for one in seen
        ]
        CancellingVisit.objects.bulk_create(visits)
    if cancelling_go_on(cancelling_id=cancelling.public_id, now=now, most=AT_ONCE):
        wake("booking.go_on_cancelling", str(cancelling.public_id))
    return cancelling


def cancelling_go_on(*, cancelling_id: UUID, now: datetime | None = None, most: int | None = None) -> int:
    """Go on where the last one stopped, unless another worker is at it; answers how many still wait.

    A visit that cannot be cancelled now is tried again by the next run, and given up after five. `now` stands still
    where it is given.
    """
    if not _open().filter(public_id=cancelling_id).update(lease_until=clock.now() + LEASE):
        return 0
    cancelling = Cancelling.objects.select_related("asked_by").get(public_id=cancelling_id)
    waiting = cancelling.visits.filter(state=CancellingState.WAITING)
    ends_at = clock.now() + LONGEST_RUN
    for visit in list(waiting.select_related("appointment").order_by("attempts", "pk")[:most]):
        _try(visit, cancelling, now=now or clock.now())
        if clock.now() >= ends_at:
            break
    return _put_down(cancelling, is_watched=most is not None)


@transaction.atomic
def _put_down(cancelling: Cancelling, *, is_watched: bool) -> int:
    """Whoever asked is told of its end, but for where they wait for that and see it on the next page."""
    left = cancelling.visits.filter(state=CancellingState.WAITING).count()
    if not (left or is_watched):
        progress = cancelling_progress(cancelling)
        told = facts.cancelling_ended(cancelling, total=progress.total, cancelled=progress.cancelled)
        messages_queue(messages=[told], now=clock.now())
    Cancelling.objects.filter(pk=cancelling.pk).update(lease_until=None)
    return left


def cancelling_stop(*, actor: User, cancelling_id: UUID) -> int:
    """Leave what still waits as it is: the leave was taken back, say. Answers how many those are.

    What is cancelled stays cancelled. Raises `NotFound` for what somebody else asked for.
    """
    waiting = cancelling_of(actor, cancelling_id).visits.filter(state=CancellingState.WAITING)
    return waiting.update(state=CancellingState.STOPPED)


def cancellings_sweep() -> int:
    """Go on with those that a crash or a busy moment has left. Answers how many that was."""
    # A lease that nobody has put down: its worker fell over, maybe with nothing left but to tell whoever asked.
    unfinished = Q(visits__state=CancellingState.WAITING) | Q(lease_until__isnull=False)
    found = _open().filter(unfinished).distinct().order_by("asked_at")
    left = list(found.values_list("public_id", flat=True)[:20])
    for cancelling_id in left:
        cancelling_go_on(cancelling_id=cancelling_id)
    return len(left)


def _open() -> Any:
    return Cancelling.objects.filter(Q(lease_until=None) | Q(lease_until__lte=clock.now()))


def _try(visit: CancellingVisit, cancelling: Cancelling, *, now: datetime) -> None:
    """Counted before it is tried, so that one that ends its worker is given up as well."""
    Cancelling.objects.filter(pk=cancelling.pk).update(lease_until=clock.now() + LEASE)
    row = CancellingVisit.objects.filter(pk=visit.pk, state=CancellingState.WAITING)
    if visit.attempts >= MOST_ATTEMPTS:
        row.update(state=CancellingState.FAILED)
    elif row.update(attempts=F("attempts") + 1):
        try:
            _cancel(visit, cancelling, now=now)
        except Busy:
            return
        except Exception as error:  # noqa: BLE001 - one that cannot be cancelled must not hold up the others
            logger.error("A visit of %s was not cancelled (%s)", cancelling, type(error).__name__)  # noqa: TRY400 - a row may stand in it


def _cancel(visit: CancellingVisit, cancelling: Cancelling, *, now: datetime) -> None:
    with busy_if_locked(), transaction.atomic():
        appointment = lock_appointment(visit.appointment)
        row = CancellingVisit.objects.filter(pk=visit.pk, state=CancellingState.WAITING)
        if appointment.status not in CANCELLABLE:
            row.update(state=CancellingState.GONE)
        elif _is_moved(visit, appointment):
            row.update(state=CancellingState.MOVED)
        elif appointment.start <= now:
            row.update(state=CancellingState.BEGUN)
        elif row.update(state=CancellingState.CANCELLED):
            _release(appointment, CancelReason(cancelling.why), actor=cancelling.asked_by, now=now)


def _is_moved(visit: CancellingVisit, appointment: Appointment) -> bool:
    """Whether its time or place is another than when this was asked. What was paid for or approved since has moved
    nowhere.
    """
    if visit.sequence in (None, appointment.calendar_sequence):
        return False
    then = appointment.history.filter(calendar_sequence=visit.sequence).order_by("history_date", "history_id").last()
    return then is None or (then.start, then.location_id) != (appointment.start, appointment.location_id)


def _release(appointment: Appointment, why: CancelReason, *, actor: User, now: datetime) -> None:
    method: facts.CalendarMethod | None = "CANCEL" if appointment.status == Status.BOOKED else None
    release(appointment, why, actor=actor, now=now)
    more = _way_on(appointment)
    messages = facts.to_patient(appointment, "appointment_cancelled", now=now, method=method, more=more)
    # Who cancels their own knows; who is shut out hears of their case and of nobody's visit.
    if why == CancelReason.CLINIC and not appointment.doctor.is_barred:
        messages += facts.to_doctor(appointment, "doctor_appointment_cancelled", method=method)
    messages_queue(messages=messages, now=now)


def _way_on(appointment: Appointment) -> dict[str, Any]:
    """That it was not the patient, and the way to the doctor's other times, while there are such."""
    by_practice = {"by_practice": True}
    if not appointment.doctor.is_listed:
        return by_practice
    day = appointment.start.astimezone(appointment.location.time_zone).date()
    return by_practice | {"times_path": times_path(appointment.doctor, appointment.visit_type, day)}
