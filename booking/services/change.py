from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking import facts
from booking.locks import lock_appointment
from booking.models import Appointment
from booking.policies import amount_due, can_change_visit, policy_changed
from booking.selectors.appointments import appointment_for
from booking.selectors.times import Moving
from booking.services.move import assert_in_time, assert_movable, keep_the_listing_true, taking_of
from booking.services.moves import helped, write
from booking.services.refusals import taken_if_refused
from booking.services.remind import reminders_forget
from booking.services.share import shares_follow
from booking.services.taking import Taking, free_the_time, rivals_without_claim
from booking.slots import Span
from common import clock
from common.errors import Conflict, Forbidden
from notifications.services import messages_queue


def appointment_change_visit(
    *,
    actor: User,
    appointment_id: UUID,
    visit_type_id: UUID,
    start: datetime,
    seen_sequence: int | None = None,
    now: datetime | None = None,
) -> Appointment:
    """Make a booked appointment another kind of visit with its doctor, at its place: the same row, one UPDATE.

    For billing, which settles the difference in price in the same transaction. Price, what of it is due online, and
    policy are frozen anew. `start` is the time that it has, or another free one where its own does not suit the kind.
    The patient, or a carer who books, may do that for as long as cancelling is free by the policy on the row. What
    it is already stays as it is. Raises `NotFound`, `Forbidden`, `Conflict` (`illegal_transition`, `too_late`,
    `too_late_to_move`, `moved_meanwhile`, `doctor_not_bookable`, `needs_approval`, `patient_busy`), `Invalid`
    (`slot_not_offered`), `SlotTaken` and `Busy`; whoever is refused keeps the visit as it was.
    """
    now = now or clock.now()
    seen = appointment_for(actor, appointment_id)
    moving = Moving(seen, seen.location_id, may_stay=True)
    with taken_if_refused(visit_type_id, start=start, now=now, moving=moving), transaction.atomic():
        appointment = lock_appointment(seen)
        if not can_change_visit(actor, appointment):
            raise Forbidden("may_not_change", "You can see this appointment but not change what kind of visit it is.")
        assert_movable(appointment)
        if appointment.visit_type.public_id == visit_type_id:
            return appointment
        assert_in_time(actor, appointment, seen_sequence=seen_sequence, now=now)
        taking = taking_of(appointment, visit_type_id, start=start, location_id=appointment.location_id, now=now)
        _assert_at_once(appointment, taking)
        freed = free_the_time(taking, rivals_without_claim(taking, moving=appointment))
        old, old_blocked = facts.old_time(appointment), Span(appointment.blocked.lower, appointment.blocked.upper)
        _write(appointment, taking, actor)
        shares_follow(appointment)
        keep_the_listing_true(taking, old_blocked, freed=freed)
        messages_queue(messages=facts.changed(appointment, old, now=now), now=now)
        return appointment


def _assert_at_once(appointment: Appointment, taking: Taking) -> None:
    if taking.visit_type.needs_approval:
        message = "The doctor has to agree to this kind of visit first. Please book it separately."
        raise Conflict("needs_approval", message, current=appointment.status)
    if taking.visit_type.currency != appointment.currency:
        raise Conflict("other_currency", "This kind of visit has to be booked separately.", current=appointment.status)


def _write(appointment: Appointment, taking: Taking, actor: User) -> None:
    visit_type, settings = taking.visit_type, taking.offer.settings
    before = appointment.price_minor
    reminders_forget(appointment, now=taking.now)
    write(
        appointment,
        actor=actor,
        visit_type=visit_type,
        modality=visit_type.modality,
        start=taking.start,
        end=taking.visit.end,
        blocked=tuple(taking.blocked),
        price_minor=visit_type.price_minor,
        amount_due_minor=amount_due(visit_type, settings),
        vat_rate_percent=visit_type.vat_rate_percent,
        policy=policy_changed(appointment.policy, visit_type, start=taking.start, settings=settings),
        calendar_sequence=appointment.calendar_sequence + 1,
    )
    # What kind it was and is may say why somebody comes: the log has the prices alone.
    event_record(
        "appointment.changed",
        appointment,
        actor=actor,
        on_behalf_of=helped(actor, appointment.patient),
        price_before=before,
        price=appointment.price_minor,
    )
