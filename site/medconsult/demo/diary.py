"""The demo's appointments, past and to come, booked through the service at the moment they would have been."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import OuterRef

from accounts.models import ConsentQuestion, Patient
from booking import selectors, services
from booking.models import Appointment
from booking.slots import Slot
from common import clock
from doctors.models import Doctor, VisitType
from medconsult.demo import past
from medconsult.demo.notes import files, notes
from medconsult.demo.people import Cast
from medconsult.demo.prescriptions import prescriptions
from notifications.models import Message
from notifications.states import Channel, MessageStatus

BOOKED_AHEAD = timedelta(days=4)
# Of what each person was told before the demo began; the rest they have read.
STILL_NEW = 2


def diary(people: Cast) -> None:
    """Fills the demo doctor's next working days and each patient's list, unless that was done before."""
    doctor = Doctor.objects.get(user=people.doctor)
    if Appointment.objects.filter(doctor=doctor).exists():
        return
    now = clock.now()
    patient, *others = people.patients
    _days_of(doctor, others, now)
    _history_of(patient, doctor, now)
    for weeks, other in enumerate(Doctor.objects.listed().exclude(pk=doctor.pk).order_by("gmc_number")[:2], start=1):
        _book_first(patient, other, now, after=now + timedelta(weeks=weeks))
    _ask_for_approval(others, now)
    notes(patient, doctor, now)
    prescriptions(patient, doctor, now)
    files(patient, doctor, now)
    _messages_are_old(now)
    for doctor_id in Doctor.objects.listed().values_list("pk", flat=True):
        services.listing_refresh(doctor_id=doctor_id, now=now)


def visits_ahead(doctor: Doctor, patients: list[Patient]) -> None:
    """Two patients who have booked a doctor for the weeks to come."""
    now = clock.now()
    for weeks, patient in enumerate(patients[-2:], start=1):
        _book_first(patient, doctor, now - BOOKED_AHEAD, after=now + timedelta(weeks=weeks))


def _days_of(doctor: Doctor, patients: list[Patient], now: datetime) -> None:
    """Two patients on each of the doctor's next working days."""
    visit_type = _visit_type(doctor)
    booked = now - BOOKED_AHEAD
    free = selectors.slots_for(doctor=doctor, visit_type=visit_type, first_day=now.date(), days=7, now=booked)
    turn = _in_turn(patients)
    seen: dict[object, int] = {}
    for slot in free:
        day = slot.start.astimezone(slot.zone).date()
        seen[day] = seen.get(day, 0) + 1
        if seen[day] in {2, 5}:
            _book(next(turn), visit_type, slot, booked)


def _history_of(patient: Patient, doctor: Doctor, now: datetime) -> None:
    """Two visits that are over, one cancelled, one ahead."""
    _book_first(patient, doctor, now - timedelta(days=48), after=now - timedelta(days=45))
    _book_first(patient, doctor, now - timedelta(days=20), after=now - timedelta(days=16))
    cancelled = _book_first(patient, doctor, now - timedelta(days=9), after=now - timedelta(days=6))
    if cancelled and patient.user:
        with past.at(now - timedelta(days=8)):
            services.appointment_cancel(actor=patient.user, appointment_id=cancelled.public_id)
    _book_first(patient, doctor, now, after=now + timedelta(days=2))


def _ask_for_approval(patients: list[Patient], now: datetime) -> None:
    visit_type = VisitType.objects.filter(doctor__in=Doctor.objects.listed(), needs_approval=True).first()
    if visit_type:
        after = now + timedelta(days=4)
        slot = selectors.next_slot_after(doctor=visit_type.doctor, visit_type=visit_type, after=after, now=now)
        if slot:
            _book(patients[-1], visit_type, slot, now)


def _book_first(patient: Patient, doctor: Doctor, now: datetime, *, after: datetime) -> Appointment | None:
    visit_type = _visit_type(doctor)
    slot = selectors.next_slot_after(doctor=doctor, visit_type=visit_type, after=after, now=now)
    return _book(patient, visit_type, slot, now) if slot else None


def _book(patient: Patient, visit_type: VisitType, slot: Slot, now: datetime) -> Appointment:
    assert patient.user is not None
    with past.at(now):
        return services.appointment_book(
            actor=patient.user,
            patient_id=patient.public_id,
            visit_type_id=visit_type.public_id,
            location_id=slot.location_id,
            start=slot.start,
            agreed=[question.agreement for question in ConsentQuestion.objects.filter(is_required=True)],
        )


def _visit_type(doctor: Doctor) -> VisitType:
    return doctor.visit_types.filter(is_active=True, needs_approval=False).earliest("position")


def _in_turn(patients: list[Patient]) -> Iterator[Patient]:
    while True:
        yield from patients


def _messages_are_old(now: datetime) -> None:
    """What was booked before the demo began has been told: only what happens in the demo arrives on the mail page."""
    # Nobody of the sample has a number for texts, so nobody was texted.
    Message.objects.filter(channel=Channel.SMS).delete()
    Message.objects.filter(status=MessageStatus.QUEUED).update(status=MessageStatus.SENT, sent_at=now)
    newest = Message.objects.filter(user=OuterRef("user")).order_by("-created_at", "-pk").values("pk")[:STILL_NEW]
    Message.objects.exclude(pk__in=newest).update(read_at=now)
