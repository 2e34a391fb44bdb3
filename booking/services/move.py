from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking import facts
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.policies import acts_for_practice, can_move, is_too_late_to_move, place_tied_to, policy_moved
from booking.selectors.appointments import appointment_for
from booking.selectors.listing import booking_touches, release_touches
from booking.selectors.request import offer_of
from booking.selectors.times import Moving
from booking.services.listing import listing_write
from booking.services.moves import helped, write
from booking.services.refusals import taken_if_refused
from booking.services.remind import reminders_forget
from booking.services.share import shares_follow
from booking.services.taking import Taking, asserted_slot, free_the_time, rivals_without_claim
from booking.slots import Span
from booking.states import MOVABLE, PendingReason, Status
from common import clock
from common.errors import Conflict, Forbidden
from common.templatetags.when import local_time, zone_name
from notifications.services import messages_queue

_NO_LONGER = "The time of this appointment can no longer be changed."
_NOT_YET = {
    PendingReason.APPROVAL: "The doctor has been asked about this very time. Once it is booked, it can be changed.",
    PendingReason.PAYMENT: "This appointment is not paid for yet. Once it is booked, its time can be changed.",
}


def appointment_move(
    *,
    actor: User,
    appointment_id: UUID,
    start: datetime,
    location_id: int | None = None,
    seen_sequence: int | None = None,
    now: datetime | None = None,
) -> Appointment:
    """Give a booked appointment another free time with its doctor, for its kind of visit: the same row, one UPDATE.

    The patient or a carer who books may do that for as long as cancelling is free by the policy on the row, the doctor
    and the clinic's staff until the visit starts, the latter at their place. Without `location_id` it stays where it
    is. `seen_sequence` is the `calendar_sequence` of what the person looked at. To the time that it has, it stays as
    it is. Raises `NotFound`, `Forbidden`, `Conflict` (`illegal_transition`, `too_late`, `too_late_to_move`,
    `moved_meanwhile`, `doctor_not_bookable`, `patient_busy`), `Invalid` (`slot_not_offered`), `SlotTaken` with the
    three nearest free times, and `Busy`; whoever is refused keeps the old time.
    """
    now = now or clock.now()
    seen = appointment_for(actor, appointment_id)
    moving = Moving(seen, place_tied_to(actor, seen))
    with taken_if_refused(seen.visit_type.public_id, start=start, now=now, moving=moving), transaction.atomic():
        appointment = lock_appointment(seen)
        _assert_right(actor, appointment, location_id)
        location_id = location_id or appointment.location_id
        assert_movable(appointment)
        if (appointment.start, appointment.location_id) == (start, location_id):
            return appointment
        assert_in_time(actor, appointment, seen_sequence=seen_sequence, now=now)
        kind = appointment.visit_type.public_id
        taking = taking_of(appointment, kind, start=start, location_id=location_id, now=now)
        freed = free_the_time(taking, rivals_without_claim(taking, moving=appointment))
        old, old_blocked = facts.old_time(appointment), Span(appointment.blocked.lower, appointment.blocked.upper)
        by_practice = acts_for_practice(actor, appointment)
        _write(appointment, taking, actor, by_practice=by_practice)
        shares_follow(appointment)
        keep_the_listing_true(taking, old_blocked, freed=freed)
        messages_queue(messages=facts.moved(appointment, old, by_practice=by_practice, now=now), now=now)
        return appointment


def _assert_right(actor: User, appointment: Appointment, location_id: int | None) -> None:
    if not can_move(actor, appointment):
        raise Forbidden("may_not_move", "You can see this appointment but not change its time.")
    tied_to = place_tied_to(actor, appointment)
    if tied_to and location_id not in (None, tied_to):
        raise Forbidden("another_place", f"You can only move it to another time at {appointment.location.name}.")


def assert_movable(appointment: Appointment) -> None:
    """Raises `Conflict` (`illegal_transition`)."""
    current = appointment.status
    if current not in MOVABLE:
        is_pending = current == Status.PENDING
        told = _NOT_YET[PendingReason(appointment.pending_reason)] if is_pending else _NO_LONGER
        raise Conflict("illegal_transition", told, current=current)


def assert_in_time(actor: User, appointment: Appointment, *, seen_sequence: int | None, now: datetime) -> None:
    """Raises `Conflict` (`too_late`, `too_late_to_move`, `moved_meanwhile`)."""
    current = appointment.status
    if appointment.start <= now:
        raise Conflict("too_late", "This appointment has started, so its time cannot be changed.", current=current)
    if is_too_late_to_move(actor, appointment, now=now):
        message = "It is too late to change the time here. Please call the clinic."
        raise Conflict("too_late_to_move", message, current=current)
    if seen_sequence not in (None, appointment.calendar_sequence):
        message = "The appointment has been moved since you looked. Please look at its new time first."
        raise Conflict("moved_meanwhile", message, current=current, start=appointment.start.isoformat())


def taking_of(
    appointment: Appointment, visit_type_id: UUID, *, start: datetime, location_id: int, now: datetime
) -> Taking:
    """The time that a locked appointment is to have, for a kind of visit of its doctor's.

    Raises `Conflict` (`doctor_not_bookable`) and `Invalid` (`slot_not_offered`).
    """
    doctor = appointment.doctor
    offer = offer_of(doctor, patient=appointment.patient, visit_type_id=visit_type_id, location_id=location_id)
    if offer is None or not doctor.is_listed:
        raise Conflict("doctor_not_bookable", "This visit cannot be moved to another time at the moment.")
    location = asserted_slot(offer, doctor, start=start, now=now)
    return Taking(doctor=doctor, patient=appointment.patient, offer=offer, location=location, start=start, now=now)


def _write(appointment: Appointment, taking: Taking, actor: User, *, by_practice: bool) -> None:
    """Price, currency, terms and reference stay as they were agreed."""
    before = told_time(appointment)
    reminders_forget(appointment, now=taking.now)
    policy = policy_moved(
        appointment.policy, old_start=appointment.start, start=taking.start, by_practice=by_practice, now=taking.now
    )
    write(
        appointment,
        actor=actor,
        start=taking.start,
        end=taking.visit.end,
        blocked=tuple(taking.blocked),
        location=taking.location,
        policy=policy,
        calendar_sequence=appointment.calendar_sequence + 1,
    )
    event_record(
        "appointment.moved",
        appointment,
        actor=actor,
        on_behalf_of=None if by_practice else helped(actor, appointment.patient),
        before=before,
        after=told_time(appointment),
    )


def told_time(appointment: Appointment) -> str:
    """The time as an auditor reads it, by the clock of its place: 2027-03-02 10:20 GMT."""
    zone = appointment.location.zone
    return f"{local_time(appointment.start, zone):%Y-%m-%d %H:%M} {zone_name(appointment.start, zone)}"


def keep_the_listing_true(taking: Taking, old: Span, *, freed: bool) -> None:
    takes = booking_touches(taking.offer.listed, taking.blocked, widest_minutes=taking.reach)
    if freed or takes or release_touches(taking.doctor.pk, old, now=taking.now):
        listing_write([taking.doctor], now=taking.now)
