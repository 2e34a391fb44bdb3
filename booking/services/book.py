from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.access_needs import AccessNeeds, handed_on
from accounts.models import Agreement, User
from accounts.services import access_needs_keep, consents_give
from audit.services import event_record
from booking import facts
from booking.locks import lock_doctor_of_visit_type, lock_patient_named
from booking.models import Appointment
from booking.policies import amount_due, can_book_for, cancellation_policy
from booking.selectors.listing import booking_touches
from booking.selectors.request import offer_of
from booking.services.listing import listing_write
from booking.services.moves import Step, first_step, helped
from booking.services.refusals import taken_if_refused
from booking.services.taking import Taking, asserted_slot, free_the_time, rivals_without_claim
from booking.states import PendingReason, Status
from booking.validators import assert_reason
from common import clock
from common.errors import Conflict, NotFound
from common.history import sign
from notifications.services import Outgoing, messages_queue

# Read aloud and typed by people: no letter or digit that looks like another.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_VERBS = {"": "booked", PendingReason.APPROVAL: "requested", PendingReason.PAYMENT: "held"}


@dataclass(frozen=True, kw_only=True)
class _Request(Taking):
    actor: User

    @property
    def amount_due(self) -> int:
        return amount_due(self.visit_type, self.offer.settings)

    @property
    def step(self) -> Step:
        return first_step(
            needs_approval=self.visit_type.needs_approval,
            amount_due=self.amount_due,
            start=self.start,
            settings=self.offer.settings,
            now=self.now,
        )


def appointment_book(
    *,
    actor: User,
    patient_id: UUID,
    visit_type_id: UUID,
    location_id: int,
    start: datetime,
    reason: str = "",
    access_needs: AccessNeeds | None = None,
    agreed: Iterable[Agreement] = (),
    now: datetime | None = None,
) -> Appointment:
    """Book a free slot for the actor or a patient whom they help: booked, or pending an approval or a payment.

    `start` is an aware instant. Price, currency and cancellation policy are frozen on the row (domain.md). Without
    `access_needs` it takes those that the patient's profile knows, others are kept there; `agreed` are the clinic's
    questions that were ticked, in the version that was read.
    Raises `NotFound`, `Conflict` (`own_doctor`, `doctor_not_bookable`, `patient_busy`, `too_many_holds`,
    `too_many_visits`), `Invalid` (`slot_not_offered`, `reason_too_long`, `access_needs_too_long`, `consent_needed`),
    `SlotTaken` with the three nearest free times, and `Busy`.
    """
    now = now or clock.now()
    with taken_if_refused(visit_type_id, start=start, now=now), transaction.atomic():
        request = _locked(actor, patient_id, visit_type_id, location_id, start, now)
        assert_reason(reason)
        freed = _free_the_time(request)
        if access_needs is not None:
            access_needs_keep(actor=actor, patient=request.patient, needs=access_needs)
        appointment = _written(request, reason)
        _keep_consents(request, appointment, agreed)
        action = f"appointment.{_VERBS[appointment.pending_reason]}"
        event_record(
            action, appointment, actor=actor, on_behalf_of=helped(actor, request.patient), after=appointment.status
        )
        if freed or booking_touches(request.offer.listed, request.blocked, widest_minutes=request.reach):
            listing_write([request.doctor], now=now)
        messages_queue(messages=_messages(appointment, now), now=now)
        return appointment


def _locked(
    actor: User, patient_id: UUID, visit_type_id: UUID, location_id: int, start: datetime, now: datetime
) -> _Request:
    """Doctor and patient locked, and a visit that the doctor offers at that time to whoever asks."""
    doctor = lock_doctor_of_visit_type(visit_type_id)
    patient = lock_patient_named(patient_id)
    if not can_book_for(actor, patient):
        raise NotFound
    if doctor.user_id == actor.pk:
        raise Conflict("own_doctor", "You cannot book a visit with yourself.")
    offer = offer_of(doctor, patient=patient, visit_type_id=visit_type_id, location_id=location_id)
    if offer is None or not doctor.is_listed:
        raise Conflict("doctor_not_bookable", "This visit cannot be booked at the moment.")
    location = asserted_slot(offer, doctor, start=start, now=now)
    return _Request(actor=actor, doctor=doctor, patient=patient, offer=offer, location=location, start=start, now=now)


def _free_the_time(request: _Request) -> bool:
    """Refuse what overlaps or is one hold too many; cancel what has ended and stands in the way. True if any did."""
    settings = request.offer.settings
    if request.offer.visits_ahead >= settings.visits_ahead:
        raise _too_many_visits(settings.visits_ahead)
    rivals = rivals_without_claim(request)
    holds = sum(rival.is_own and rival.is_pending and not rival.is_over for rival in rivals)
    if request.step.status == Status.PENDING and holds >= settings.open_holds:
        raise _too_many_holds(settings.open_holds)
    return free_the_time(request, rivals)


def _too_many_visits(limit: int) -> Conflict:
    sentence = f"{limit} visits lie ahead already, as many as one person can have at once. Please call the clinic."
    return Conflict("too_many_visits", sentence, limit=limit)


def _too_many_holds(limit: int) -> Conflict:
    sentence = f"You have {limit} bookings that wait for payment or for an answer. Please finish or cancel one first."
    return Conflict("too_many_holds", sentence, limit=limit)


def _written(request: _Request, reason: str) -> Appointment:
    visit_type, step = request.visit_type, request.step
    appointment = Appointment(
        reference="".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(10)),
        doctor=request.doctor,
        patient=request.patient,
        location=request.location,
        visit_type=visit_type,
        booked_by=request.actor,
        status=step.status,
        pending_reason=step.pending_reason,
        expires_at=step.expires_at,
        start=request.start,
        end=request.visit.end,
        blocked=tuple(request.blocked),
        modality=visit_type.modality,
        price_minor=visit_type.price_minor,
        currency=visit_type.currency,
        amount_due_minor=request.amount_due,
        vat_rate_percent=visit_type.vat_rate_percent,
        policy=cancellation_policy(visit_type, start=request.start, settings=request.offer.settings),
        reason=reason,
        access_needs=handed_on(request.patient),
        created_at=request.now,
    )
    sign(appointment, request.actor)
    appointment.save(force_insert=True)
    return appointment


def _keep_consents(request: _Request, appointment: Appointment, agreed: Iterable[Agreement]) -> None:
    if request.offer.consents_open:
        consents_give(
            actor=request.actor,
            patient=request.patient,
            open_ids=request.offer.consents_open,
            agreed=agreed,
            source=appointment.public_id,
            now=request.now,
        )


def _messages(appointment: Appointment, now: datetime) -> list[Outgoing]:
    if appointment.pending_reason == PendingReason.PAYMENT:
        return facts.held(appointment, now=now)
    if appointment.pending_reason == PendingReason.APPROVAL:
        return [
            *facts.to_patient(appointment, "appointment_requested", now=now),
            *facts.to_doctor(appointment, "doctor_appointment_requested"),
        ]
    return facts.booked(appointment, now=now)
