"""What the demo's doctor has written about visits that are over, when it would have been, and the files to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Patient, User
from booking.models import Appointment
from booking.services import appointment_fulfil
from booking.states import Status
from common.uploads.verdicts import Verdict
from doctors.models import Doctor
from medconsult.demo import documents, past
from records.note_content import NoteContent, content_of
from records.services import Filing, document_add, document_check, note_begin, note_save, note_sign
from records.states import Category

_TEXTS = (
    {
        "reason": "Dizzy on standing up, for about three weeks.",
        "history": "Worse in the morning. No falls, no chest pain, no palpitations. Drinks little during the day.",
        "examination": "Pulse 72, regular. Blood pressure 118/74 lying, 98/66 after one minute of standing. Heart "
        "sounds normal.",
        "assessment": "Postural drop in blood pressure, most likely from too little fluid.",
        "plan": "About two litres of fluid a day. Stand up in two steps. Blood count, salts and kidney function.",
        "follow_up": "Review with the results in four weeks.",
        "summary": "Your blood pressure falls when you stand up, and that makes you dizzy. Drink about two litres a "
        "day and stand up slowly. Call 111, or 999 if you faint, have chest pain, or your heart races.",
    },
    {
        "reason": "Review with blood results.",
        "history": "Much better since drinking more. Dizzy once, on a hot day.",
        "examination": "Blood pressure 120/76 lying, 114/74 after one minute of standing.",
        "assessment": "Postural drop has gone. Blood count, salts and kidney function are normal.",
        "plan": "Go on as agreed. No medicine needed.",
        "follow_up": "No further appointment needed unless it comes back.",
        "summary": "Your blood tests are normal and your blood pressure now stays up when you stand. Go on drinking "
        "enough. Come back if you are dizzy again.",
    },
)
_FORGOTTEN = "The result of the heart tracing was missing."


def notes(patient: Patient, doctor: Doctor, now: datetime) -> None:
    """The patient's two visits that took place, of which the earlier note was amended once."""
    over = Appointment.objects.filter(patient=patient, doctor=doctor, status=Status.BOOKED, end__lt=now)
    for visit, text in zip(over.order_by("start")[:2], _TEXTS, strict=False):
        with past.at(visit.end):
            assert doctor.user is not None
            appointment_fulfil(actor=doctor.user, appointment_id=visit.public_id)
        is_first = text is _TEXTS[0]
        _signed(visit, doctor, content_of(text), visit.end + timedelta(minutes=5))
        if is_first:
            amended = {**text, "examination": f"{text['examination']} Heart tracing (ECG) normal."}
            _signed(visit, doctor, content_of(amended), visit.end + timedelta(days=1), reason=_FORGOTTEN)


def files(patient: Patient, doctor: Doctor, now: datetime) -> None:
    """What the patient sent before the first of these visits, and the result that the doctor added after it."""
    visit = Appointment.objects.filter(patient=patient, doctor=doctor, end__lt=now).order_by("start").first()
    if visit is None or patient.user is None or doctor.user is None:
        return
    with past.at(visit.start - timedelta(days=1)):
        own = Filing(category=Category.IMAGE, title="Heart tracing from my watch", appointment_id=visit.public_id)
        _filed(patient.user, patient, documents.heart_tracing(), own)
    with past.at(visit.end + timedelta(days=2)):
        result = Filing(category=Category.RESULT, title="Full blood count", appointment_id=visit.public_id)
        _filed(doctor.user, patient, documents.blood_test(patient.name, visit.start.date()), result)


def _filed(by: User, patient: Patient, file: SimpleUploadedFile, filing: Filing) -> None:
    document = document_add(actor=by, patient_id=patient.public_id, file=file, filing=filing)
    document_check(document_id=document.public_id, scan=_drawn_here)


def _drawn_here(_file: BinaryIO) -> Verdict:
    return Verdict.clean()


def _signed(visit: Appointment, doctor: Doctor, content: NoteContent, at: datetime, reason: str = "") -> None:
    assert doctor.user is not None
    with past.at(at):
        note = note_begin(actor=doctor.user, appointment_id=visit.public_id)
        note = note_save(actor=doctor.user, note_id=note.public_id, version=note.draft_version, content=content)
        note_sign(actor=doctor.user, note_id=note.public_id, version=note.draft_version, reason=reason)
