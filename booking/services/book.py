from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Q, When

from accounts.models import Patient, User
from audit.services import event_record
from booking import facts
from booking.locks import lock_doctor_of_visit_type, lock_patient_named
from booking.models import Appointment, BookingSettings
from booking.policies import cancellation_policy
from booking.selectors.diaries import openings_of, span_of_days
from booking.selectors.listing import booking_touches, listed_times, widest_visit
from booking.selectors.settings import booking_settings
from booking.selectors.times import visit_of
from booking.services.expire import ended, expire_those
from booking.services.listing import listing_write
from booking.services.moves import Step, first_step, sign
from booking.services.refusals import patient_busy, slot_taken, taken_if_refused
from booking.slots import Span, slots
from booking.states import LIVE, PendingReason, Status
from common import clock
from common.errors import Conflict, Invalid, NotFound
from doctors.models import Doctor, Location, VisitType
from notifications.services import Outgoing, messages_queue

# Read aloud and typed by people: no letter or digit that looks like another.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_VERBS = {"": "booked", PendingReason.APPROVAL: "requested", PendingReason.PAYMENT: "held"}


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What is asked for, as the rows say it is while doctor and patient are locked."""

    actor: User
    doctor: Doctor
    patient: Patient
    visit_type: VisitType
    location: Location
    settings: BookingSettings
    start: datetime
    now: datetime

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.visit_type.minutes)

    @property
    def blocked(self) -> Span:
        before, after = self.visit_type.buffer_before, self.visit_type.buffer_after
        return Span(self.start - timedelta(minutes=before), self.end + timedelta(minutes=after))

    @property
    def amount_due(self) -> int:
        return 0 if self.settings.pay_at_clinic else self.visit_type.price_minor

    @property
    def step(self) -> Step:
        return first_step(
            needs_approval=self.visit_type.needs_approval,
            amount_due=self.amount_due,
            start=self.start,
            settings=self.settings,
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
    now: datetime | None = None,
) -> Appointment:
    """Book a free slot for the actor's own patient profile: booked, or pending an approval or a payment.

    `start` is an aware instant. Price, currency and cancellation policy are frozen on the row (domain.md).
    Raises `NotFound`, `Conflict` (`doctor_not_bookable`, `patient_busy`, `too_many_holds`), `Invalid`
    (`slot_not_offered`), `SlotTaken` with the three nearest free times, and `Busy`.
    """
    now = now or clock.now()
    with taken_if_refused(visit_type_id, start=start, now=now), transaction.atomic():
        doctor = lock_doctor_of_visit_type(visit_type_id)
        patient = lock_patient_named(patient_id)
        if patient.user_id != actor.pk:
            raise NotFound
        request = _Request(
            actor=actor,
            doctor=doctor,
            patient=patient,
            visit_type=_asserted_bookable(doctor, visit_type_id),
            location=_asserted_place(location_id),
            settings=booking_settings(),
            start=start,
            now=now,
        )
        _assert_offered(request)
        freed = _free_the_time(request)
        appointment = _written(request, reason)
        event_record(f"appointment.{_VERBS[appointment.pending_reason]}", appointment, actor=actor)
        if freed or _shows_in_listing(request):
            listing_write([doctor], now=now)
        messages_queue(messages=_messages(appointment, now), now=now)
        return appointment


def _asserted_bookable(doctor: Doctor, visit_type_id: UUID) -> VisitType:
    """The visit type with `listed`, the times that search shows, and `widest`, in one statement."""
    annotated = VisitType.objects.annotate(listed=listed_times(), widest=widest_visit())
    visit_type = annotated.filter(doctor=doctor, public_id=visit_type_id, is_active=True).first()
    if visit_type is None or not doctor.is_listed:
        raise Conflict("doctor_not_bookable", "This visit cannot be booked at the moment.")
    visit_type.doctor = doctor
    return visit_type


def _asserted_place(location_id: int) -> Location:
    location = Location.objects.filter(pk=location_id).first()
    if location is None:
        raise _not_offered()
    return location


def _assert_offered(request: _Request) -> None:
    """The range has to be exactly a slot of the generator, whoever may have taken it since."""
    first_day = request.start.date() - timedelta(days=1)
    opening = openings_of([request.doctor.pk], span_of_days(first_day, 3))[request.doctor.pk]
    offered = slots(opening.diary(), visit_of(request.visit_type), first_day=first_day, days=3, now=request.now)
    if not any(slot.start == request.start and slot.location_id == request.location.pk for slot in offered):
        raise _not_offered()


def _not_offered() -> Invalid:
    return Invalid("slot_not_offered", "That time can no longer be booked. Please choose another.")


def _free_the_time(request: _Request) -> bool:
    """Refuse what overlaps or is one hold too many; cancel what has ended and stands in the way. True if any did."""
    own = Q(patient=request.patient)
    overlaps_own = own & Q(start__lt=request.end, end__gt=request.start)
    overlaps_doctor = Q(doctor=request.doctor, blocked__overlap=request.blocked)
    rows = (
        Appointment.objects.filter(overlaps_own | overlaps_doctor | own & Q(status=Status.PENDING))
        .filter(status__in=sorted(LIVE))
        .order_by()
        .annotate(
            is_over=Case(When(ended(), then=True), default=False),
            is_own=Case(When(overlaps_own, then=True), default=False),
            is_rival=Case(When(overlaps_doctor, then=True), default=False),
        )
        .values_list("pk", "patient_id", "status", "is_over", "is_own", "is_rival", named=True)
    )
    standing = [row for row in rows if not row.is_over]
    if any(row.is_own for row in standing):
        raise patient_busy()
    if any(row.is_rival for row in standing):
        raise slot_taken(request.visit_type.public_id, start=request.start, now=request.now)
    holds = [row for row in standing if row.patient_id == request.patient.pk and row.status == Status.PENDING]
    if request.step.status == Status.PENDING and len(holds) >= request.settings.open_holds:
        raise _too_many_holds(request.settings.open_holds)
    in_the_way = [row.pk for row in rows if row.is_over and (row.is_own or row.is_rival)]
    if in_the_way:
        expire_those(in_the_way, now=request.now, locked_doctor_id=request.doctor.pk)
    return bool(in_the_way)


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
        end=request.end,
        blocked=tuple(request.blocked),
        modality=visit_type.modality,
        price_minor=visit_type.price_minor,
        currency=visit_type.currency,
        amount_due_minor=request.amount_due,
        policy=cancellation_policy(visit_type, start=request.start, settings=request.settings),
        reason=reason,
        created_at=request.now,
    )
    sign(appointment, request.actor)
    appointment.save(force_insert=True)
    return appointment


def _shows_in_listing(request: _Request) -> bool:
    visit_type = request.visit_type
    return booking_touches(visit_type.listed, request.blocked, widest_minutes=visit_type.widest)  # type: ignore[attr-defined]


def _messages(appointment: Appointment, now: datetime) -> list[Outgoing]:
    if appointment.pending_reason == PendingReason.PAYMENT:
        return facts.to_patient(appointment, "appointment_held", now=now)
    if appointment.pending_reason == PendingReason.APPROVAL:
        return [
            *facts.to_patient(appointment, "appointment_requested", now=now),
            *facts.to_doctor(appointment, "doctor_appointment_requested"),
        ]
    return facts.booked(appointment, now=now)
