from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from audit.services import event_record
from booking import facts
from booking.locks import lock_appointment
from booking.models import Appointment, ended_by
from booking.services.expire import expire_those
from booking.services.listing import listing_write
from booking.services.moves import Step, take_step
from booking.services.refusals import taken_if_refused
from booking.states import CancelReason, PendingReason, Status
from common import clock
from common.errors import Conflict, NotFound
from common.locks import busy_if_locked
from notifications.services import messages_queue


def appointment_locked_for_payment(*, appointment_id: UUID) -> Appointment:
    """For billing, first thing in its transaction: the appointment, held after its doctor and its patient.

    Whatever billing locks comes behind it, as it does when a cancellation tells billing. Raises `NotFound` and `Busy`.
    """
    seen = Appointment.objects.filter(public_id=appointment_id).first()
    if seen is None:
        raise NotFound
    with busy_if_locked():
        return lock_appointment(seen)


def appointment_confirm_payment(*, appointment_id: UUID, now: datetime | None = None) -> Appointment:
    """For the system, once a payment of the frozen price is verified: the hold becomes a booking.

    A late payment, after the hold's end, takes the time again if it is still free. Confirming twice changes nothing.
    Raises `NotFound`, `Busy`, `SlotTaken` or `Conflict` (`patient_busy`, `doctor_not_bookable`, `too_late`) where a
    late one cannot be had, and `Conflict` (`illegal_transition`) where no payment was waited for.
    """
    now = now or clock.now()
    seen = Appointment.objects.select_related("visit_type").filter(public_id=appointment_id).first()
    if seen is None:
        raise NotFound
    with taken_if_refused(seen.visit_type.public_id, start=seen.start, now=now), transaction.atomic():
        appointment = lock_appointment(seen)
        if appointment.status == Status.BOOKED:
            return appointment
        is_late = _is_late(appointment)
        if is_late:
            _assert_can_return(appointment, now)
        elif appointment.status != Status.PENDING or appointment.pending_reason != PendingReason.PAYMENT:
            raise Conflict(
                "illegal_transition", "This appointment does not wait for a payment.", current=appointment.status
            )
        before = appointment.status
        take_step(appointment, Step(Status.BOOKED), actor=None, cancel_reason="", cancelled_at=None)
        event_record("appointment.paid", appointment, actor=None, before=before, after=appointment.status, late=is_late)
        if is_late:
            listing_write([appointment.doctor], now=now)
        messages_queue(messages=facts.booked(appointment, now=now), now=now)
        return appointment


def _is_late(appointment: Appointment) -> bool:
    """Whether the hold is over, by the database's clock: search shows its time again, whether or not it is swept."""
    is_swept = appointment.status == Status.CANCELLED and appointment.cancel_reason == CancelReason.HOLD_EXPIRED
    waits = appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.PAYMENT
    return is_swept or (waits and Appointment.objects.filter(ended_by(Now()), pk=appointment.pk).exists())


def _assert_can_return(appointment: Appointment, now: datetime) -> None:
    """Make room by cancelling what has ended; whatever else stands there the constraints refuse."""
    if appointment.start <= now:
        raise Conflict("too_late", "This appointment's time has passed.", current=appointment.status)
    if not appointment.doctor.is_listed:
        raise Conflict("doctor_not_bookable", "This visit cannot be booked at the moment.", current=appointment.status)
    overlaps = Q(doctor=appointment.doctor_id, blocked__overlap=appointment.blocked) | Q(
        patient=appointment.patient_id, start__lt=appointment.end, end__gt=appointment.start
    )
    in_the_way = Appointment.objects.filter(ended_by(Now()), overlaps).exclude(pk=appointment.pk)
    expire_those(list(in_the_way.values_list("pk", flat=True)), now=now, locked_doctor_id=appointment.doctor_id)
