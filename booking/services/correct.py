"""What was marked wrongly, or should never have been there: taken back with a reason, and kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.models import User
from audit.services import event_record
from booking import facts
from booking.attendance import can_be_corrected
from booking.models import Appointment
from booking.policies import acts_for_clinic
from booking.selectors.request import rivals_of
from booking.services.attend import locked_for_practice
from booking.services.cancel import messages_of_ending, told_of
from booking.services.expire import expire_those
from booking.services.listing import listing_follow_release, listing_write
from booking.services.moves import release, write
from booking.services.remind import reminders_forget
from booking.signals import appointment_released
from booking.slots import Span
from booking.states import CANCELLABLE, CORRECTED_TO, LIVE, CancelReason, ErrorReason, NoShowCorrection, Status
from common import clock
from common.errors import Conflict, Forbidden
from notifications.services import messages_queue


def noshow_correct(
    *, actor: User, appointment_id: UUID, reason: NoShowCorrection, now: datetime | None = None
) -> Appointment:
    """Take back that the patient did not attend: by the reason they were seen, or the practice cancels the visit.

    The doctor or the desk of the place, within `CORRECTED_WITHIN` after its end. Of what is cancelled the patient is
    told, who then owes nothing. Corrected twice in the same way it changes nothing. Raises `NotFound`, `Forbidden`,
    `Conflict` (`illegal_transition`, `too_late`, `time_taken`; with `current`, the state) and `Busy`.
    """
    now = now or clock.now()
    target = CORRECTED_TO[reason]
    with locked_for_practice(actor, appointment_id) as appointment:
        before = appointment.status
        if before == target:
            return appointment
        _assert_correctable(appointment, now)
        if target == Status.FULFILLED:
            _take_the_time_again(appointment, now)
            write(appointment, actor=actor, status=target)
        event_record("appointment.unmissed", appointment, actor=actor, before=before, after=target, reason=reason.value)
        if target == Status.CANCELLED:
            by = CancelReason.CLINIC if acts_for_clinic(actor, appointment) else CancelReason.DOCTOR
            release(appointment, by, actor=actor, now=now)
            told = facts.to_patient(appointment, "appointment_cancelled", now=now, method="CANCEL")
            messages_queue(messages=told, now=now)
        elif appointment.blocked.upper > now:
            listing_write([appointment.doctor], now=now)
        return appointment


def appointment_enter_in_error(
    *, actor: User, appointment_id: UUID, reason: ErrorReason, now: datetime | None = None
) -> Appointment:
    """It should never have been in the diary: the desk of the place hides it from every list; the row is kept.

    Where it still lay ahead both people are told as of a cancellation. Said twice it changes nothing. Raises
    `NotFound`, `Forbidden` and `Busy`.
    """
    now = now or clock.now()
    with locked_for_practice(actor, appointment_id, in_error=True) as appointment:
        if not acts_for_clinic(actor, appointment):
            raise Forbidden("staff_only", "Only the clinic can say that an appointment was entered in error.")
        before = Status(appointment.status)
        if before == Status.ENTERED_IN_ERROR:
            return appointment
        is_ahead = before in CANCELLABLE and appointment.end > now and not appointment.has_ended(now)
        told = told_of(appointment) if is_ahead else None
        sequence = appointment.calendar_sequence + 1
        reminders_forget(appointment, now=now)
        write(appointment, actor=actor, status=Status.ENTERED_IN_ERROR, calendar_sequence=sequence)
        after = appointment.status
        event_record("appointment.corrected", appointment, actor=actor, before=before, after=after, reason=reason.value)
        _let_go(appointment, before, now)
        messages_queue(messages=messages_of_ending(appointment, told, now) if told else [], now=now)
        return appointment


def _let_go(appointment: Appointment, before: Status, now: datetime) -> None:
    """Whatever it cost is given back: it was the practice's mistake."""
    if before != Status.CANCELLED:
        appointment_released.send(sender=Appointment, appointment=appointment, within_policy=True, now=now)
    if before in LIVE:
        listing_follow_release(appointment, locked_doctor_id=appointment.doctor_id, now=now)


def _assert_correctable(appointment: Appointment, now: datetime) -> None:
    current = appointment.status
    if current != Status.NOSHOW:
        raise Conflict("illegal_transition", "This appointment is not marked as missed.", current=current)
    if not can_be_corrected(appointment, now=now):
        message = "This can be corrected for seven days after the appointment, and they are over."
        raise Conflict("too_late", message, current=current)


def _take_the_time_again(appointment: Appointment, now: datetime) -> None:
    """It became free when nobody came. Raises `Conflict` (`time_taken`) where somebody else has it by now."""
    blocked = Span(appointment.blocked.lower, appointment.blocked.upper)
    visit = Span(appointment.start, appointment.end)
    near = rivals_of(doctor_id=appointment.doctor_id, patient_id=appointment.patient_id, visit=visit, blocked=blocked)
    in_the_way = [rival for rival in near if rival.takes_patient or rival.takes_doctor]
    if any(not rival.is_over for rival in in_the_way):
        message = "Another appointment has been booked into this time since, so they cannot both have taken place."
        raise Conflict("time_taken", message, current=appointment.status)
    if in_the_way:
        expire_those([rival.pk for rival in in_the_way], now=now, locked_doctor_id=appointment.doctor_id)
