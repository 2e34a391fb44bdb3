"""What the demo's doctor has written about visits that are over, signed at the moment it would have been."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Patient
from booking.models import Appointment
from booking.services import appointment_fulfil
from booking.states import Status
from doctors.models import Doctor
from medconsult.demo import past
from records.note_content import NoteContent, content_of
from records.services import note_begin, note_save, note_sign

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


def _signed(visit: Appointment, doctor: Doctor, content: NoteContent, at: datetime, reason: str = "") -> None:
    assert doctor.user is not None
    with past.at(at):
        note = note_begin(actor=doctor.user, appointment_id=visit.public_id)
        note = note_save(actor=doctor.user, note_id=note.public_id, version=note.draft_version, content=content)
        note_sign(actor=doctor.user, note_id=note.public_id, version=note.draft_version, reason=reason)
