"""How an appointment stands, in words for whoever looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import User
from accounts.states import Scope
from booking.models import Appointment
from booking.policies import acts_as_doctor, acts_for_clinic, acts_for_practice, helps_with
from booking.selectors import was_approved
from booking.states import CancelReason, PendingReason, Status
from common.templatetags.when import date_time, moment

_JUST_NOW = timedelta(minutes=10)
# So long before its end somebody is told that a time is about to be given up (WCAG 2.2.1 asks for 20 seconds).
WARNED = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`kind` is an alert's; `is_open` says that the visit may still take place."""

    kind: str
    title: str
    text: str = ""
    is_open: bool = True


def standing_of(appointment: Appointment, *, viewer: User, now: datetime) -> Standing:
    is_doctor = acts_as_doctor(viewer, appointment)
    if appointment.status == Status.CANCELLED:
        return _cancelled(appointment, viewer, is_doctor=is_doctor)
    if appointment.has_ended(now):
        return _ended(appointment, is_doctor=is_doctor)
    if appointment.status == Status.PENDING and acts_for_clinic(viewer, appointment):
        return _waiting_at_the_clinic(appointment)
    if appointment.status == Status.PENDING:
        return _waiting(appointment, viewer, now, is_doctor=is_doctor)
    if appointment.end <= now or appointment.status not in (Status.BOOKED, Status.ARRIVED):
        return _over(appointment)
    return _booked(appointment, viewer, now, is_doctor=is_doctor)


def _booked(appointment: Appointment, viewer: User, now: datetime, *, is_doctor: bool) -> Standing:
    if appointment.start <= now or appointment.status == Status.ARRIVED:
        return Standing(kind="info", title="This appointment is now")
    if is_doctor:
        return Standing(kind="success", title="This appointment is booked")
    if appointment.patient.user_id == viewer.pk:
        text = "We are emailing you the details." if now - appointment.created_at < _JUST_NOW else ""
        return Standing(kind="success", title="Your appointment is booked", text=text)
    return Standing(kind="success", title=f"{appointment.patient.name}’s appointment is booked")


def _waiting(appointment: Appointment, viewer: User, now: datetime, *, is_doctor: bool) -> Standing:
    zone, until = appointment.location.zone, appointment.expires_at
    if appointment.pending_reason == PendingReason.PAYMENT:
        return _held(appointment, viewer, now, is_doctor=is_doctor)
    if is_doctor:
        text = f"Without an answer it lapses on {date_time(until, zone)}."
        return Standing(kind="warning", title="This request waits for your answer", text=text)
    text = f"We are keeping this time until {date_time(until, zone)}, and email you as soon as there is an answer."
    return Standing(kind="info", title="Waiting for the doctor’s answer", text=text)


def _held(appointment: Appointment, viewer: User, now: datetime, *, is_doctor: bool) -> Standing:
    """Until when, as a time: nobody is made to watch a clock."""
    if is_doctor:
        return Standing(kind="info", title="This time is kept until the visit is paid for")
    zone, until = appointment.location.zone, appointment.expires_at
    assert until is not None, "the database refuses a wait without an end"
    shown = moment(until, zone)
    whom = "you" if appointment.patient.user_id == viewer.pk else appointment.patient.name
    text = "It is booked as soon as it is paid for."
    if was_approved(appointment):
        text = f"{appointment.doctor.name} has said yes. {text}"
    if not helps_with(viewer, appointment, Scope.PAY):
        text = f"{text} You cannot pay for it: {appointment.patient.name} can, or somebody whom they let pay."
    if not settings.PAYMENT_PROVIDER:
        text = f"{text} To pay, call {appointment.location.phone}."
    if until - now <= WARNED:
        return Standing(kind="warning", title=f"We are keeping this time for {whom} only until {shown}", text=text)
    start = date_time(appointment.start, zone)
    return Standing(kind="info", title=f"We are keeping {start} for {whom} until {shown}", text=text)


def _waiting_at_the_clinic(appointment: Appointment) -> Standing:
    until = date_time(appointment.expires_at, appointment.location.zone)
    if appointment.pending_reason == PendingReason.PAYMENT:
        return Standing(kind="info", title="This time is kept until the visit is paid for", text=f"Until {until}.")
    text = f"Without an answer it lapses on {until}."
    return Standing(kind="info", title="This request waits for the doctor’s answer", text=text)


def _ended(appointment: Appointment, *, is_doctor: bool) -> Standing:
    if appointment.pending_reason == PendingReason.PAYMENT:
        text = "It was not paid for in time, so it can be booked by anybody again."
        return Standing(kind="warning", title="This time is no longer kept", text=text, is_open=False)
    text = (
        "It was not answered in time." if is_doctor else "The doctor could not answer in time. You have paid nothing."
    )
    return Standing(kind="warning", title="This request has lapsed", text=text, is_open=False)


_WHO = {
    CancelReason.PATIENT: "the patient",
    CancelReason.DOCTOR: "the doctor",
    CancelReason.CLINIC: "the clinic",
}


def _cancelled(appointment: Appointment, viewer: User, *, is_doctor: bool) -> Standing:
    reason = CancelReason(appointment.cancel_reason)
    own = CancelReason.DOCTOR if is_doctor else CancelReason.PATIENT
    is_own = reason == own and (is_doctor or appointment.patient.user_id == viewer.pk)
    if reason in _WHO:
        return Standing(
            kind="warning",
            title="This appointment is cancelled",
            text=f"It was cancelled by {'you' if is_own else _WHO[reason]}.",
            is_open=False,
        )
    if appointment.is_given_up:
        text = "It was not paid for, and there is nothing to pay."
        return Standing(kind="warning", title="This time was given up", text=text, is_open=False)
    if reason == CancelReason.HOLD_EXPIRED:
        return Standing(
            kind="warning", title="This time is no longer kept", text="It was not paid for in time.", is_open=False
        )
    words = {
        CancelReason.REJECTED: "was declined",
        CancelReason.LAPSED: "was not answered in time",
        CancelReason.WITHDRAWN: "was withdrawn",
    }
    return Standing(kind="warning", title=f"This request {words[reason]}", is_open=False)


def _over(appointment: Appointment) -> Standing:
    if appointment.status == Status.BOOKED:
        return Standing(kind="info", title="This appointment is over", is_open=False)
    return Standing(kind="info", title=appointment.get_status_display(), is_open=False)


def told_of_ending(appointment: Appointment, *, viewer: User) -> str:
    """Who learns by email that the viewer cancels, and who has to be told otherwise: not everybody has an account."""
    patient, doctor = appointment.patient, appointment.doctor
    is_doctor = acts_as_doctor(viewer, appointment)
    # Of a time that waits for payment no doctor has heard but one who was asked first.
    is_hold = appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.PAYMENT
    is_unheard_of = is_hold and not was_approved(appointment)
    to_doctor = [doctor.name] if doctor.user_id and not (is_doctor or is_unheard_of) else []
    if is_doctor or acts_for_clinic(viewer, appointment):
        if patient.user_id is None:
            return f"{patient.name} has no account here, so please tell them yourself."
        return f"We tell {' and '.join([patient.name, *to_doctor])} by email."
    to_patient = ["you" if patient.user_id == viewer.pk else patient.name] if patient.user_id else []
    people = [*to_patient, *to_doctor]
    return f"We confirm it to {' and '.join(people)} by email." if people else ""


def told_of_move(appointment: Appointment, *, viewer: User) -> str:
    """Who learns the new time by email when the viewer moves it, and who has to be told otherwise."""
    patient, doctor = appointment.patient, appointment.doctor
    if acts_for_practice(viewer, appointment) and patient.user_id is None:
        return f"{patient.name} has no account here, so please tell them yourself."
    people = [_called(patient.user_id, patient.name, viewer), _called(doctor.user_id, doctor.name, viewer)]
    named = " and ".join(name for name in people if name)
    return f"We email the new time to {named}." if named else ""


def _called(user_id: int | None, name: str, viewer: User) -> str:
    """Empty for whoever has no account."""
    if user_id is None:
        return ""
    return "you" if user_id == viewer.pk else name
