"""What many of the tests of records do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import Patient, User
from booking.models import Appointment
from booking.states import Status as VisitStatus
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import user_of
from common import clock
from doctors.models import Doctor
from records.models import VisitNote
from records.note_content import NoteContent, content_of
from records.services import note_begin, note_error_ask, note_save, note_sign

TEXT = {"reason": "Dizzy spells", "assessment": "Low blood pressure", "summary": "Drink more water."}


def visit(doctor: Doctor | None = None, patient: Patient | None = None, **fields: Any) -> Appointment:
    """A visit that took place: it began two hours ago, or before those that the two have had."""
    doctor = doctor or bookable_doctor()
    people = {"patient": patient} if patient else {}
    had = doctor.appointments.count() + (patient.appointments.count() if patient else 0)
    start = {"start": clock.now() - timedelta(hours=2 + had), "status": VisitStatus.FULFILLED}
    made: Appointment = AppointmentFactory.create(visit_type=doctor.visit_types.get(), **people, **{**start, **fields})
    return made


def content(**parts: str) -> NoteContent:
    return content_of({**TEXT, **parts})


def author(note: VisitNote | Appointment) -> User:
    return user_of(note.doctor)


def draft(appointment: Appointment | None = None, **parts: str) -> VisitNote:
    """A note that its doctor has begun and saved once."""
    appointment = appointment or visit()
    note = note_begin(actor=author(appointment), appointment_id=appointment.public_id)
    return save(note, **parts)


def save(note: VisitNote, **parts: str) -> VisitNote:
    return note_save(actor=author(note), note_id=note.public_id, version=note.draft_version, content=content(**parts))


def sign(note: VisitNote, **more: Any) -> VisitNote:
    return note_sign(actor=author(note), note_id=note.public_id, **{"version": note.draft_version, **more})


def signed(appointment: Appointment | None = None, release_on: Any = None, **parts: str) -> VisitNote:
    return sign(draft(appointment, **parts), release_on=release_on)


def amended(note: VisitNote, reason: str = "It was the other ear", **parts: str) -> VisitNote:
    return sign(save(note, **{"plan": "Come back in a week", **parts}), reason=reason)


def asked(note: VisitNote, colleague: Doctor) -> VisitNote:
    """A colleague is asked whether a signed note was entered in error."""
    return note_error_ask(
        actor=author(note),
        note_id=note.public_id,
        reason="Another patient’s visit",
        colleague_email=user_of(colleague).email,
    )


def other_byte(column: str) -> str:
    """In SQL, what stands in the column with another character at one place; an "A" may stand there already."""
    return f"overlay({column} placing CASE substr({column}, 60, 1) WHEN 'A' THEN 'B' ELSE 'A' END from 60 for 1)"
