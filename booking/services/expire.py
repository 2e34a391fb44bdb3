from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from booking import facts
from booking.locks import lock_appointment, lock_appointments
from booking.models import Appointment, ended_by
from booking.selectors.appointments import was_approved
from booking.services.moves import release
from booking.states import CancelReason, PendingReason
from common.errors import Busy
from common.locks import busy_if_locked
from notifications.services import messages_queue


def pending_expire(*, now: datetime, limit: int = 1000) -> int:
    """Cancel holds and requests whose time is over, each in a transaction of its own, and say how many.

    Nobody depends on it: whoever needs such a time takes it without waiting for this.
    """
    due = Appointment.objects.filter(ended_by(Now())).order_by("expires_at")[:limit]
    return sum(_expire(appointment, now=now) for appointment in due)


def _expire(seen: Appointment, *, now: datetime) -> bool:
    with suppress(Busy), busy_if_locked(), transaction.atomic():
        appointment = lock_appointment(seen)
        if not Appointment.objects.filter(ended_by(Now()), pk=appointment.pk).exists():
            return False
        expire_locked(appointment, now=now, locked_doctor_id=appointment.doctor_id)
        return True
    return False


def expire_those(appointment_ids: Iterable[int], *, now: datetime, locked_doctor_id: int) -> None:
    """For a service that needs the time: those of the appointments that have ended are cancelled, in order of key.

    Their own patients' rows are not locked: only the doctor's lock that the caller holds comes before a patient's.
    """
    for appointment in lock_appointments(ended_by(Now()) & Q(pk__in=list(appointment_ids))):
        expire_locked(appointment, now=now, locked_doctor_id=locked_doctor_id)


def expire_locked(appointment: Appointment, *, now: datetime, locked_doctor_id: int) -> None:
    unanswered = appointment.pending_reason == PendingReason.APPROVAL
    approved = not unanswered and was_approved(appointment)
    reason = CancelReason.LAPSED if unanswered else CancelReason.HOLD_EXPIRED
    release(appointment, reason, actor=None, now=now, locked_doctor_id=locked_doctor_id)
    if unanswered:
        messages_queue(messages=facts.to_patient(appointment, "appointment_lapsed", now=now), now=now)
    if approved:
        # Who said yes to it may be waiting for that patient.
        ended = facts.to_doctor(appointment, "doctor_appointment_cancelled", more={"ended": "not-paid"})
        messages_queue(messages=ended, now=now)
