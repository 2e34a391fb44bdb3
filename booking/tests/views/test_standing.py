from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Patient
from accounts.tests.factories import UserFactory
from booking.models import Appointment
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import user_of
from booking.views.standing import Standing, standing_of
from common import clock
from doctors.models import Doctor

pytestmark = pytest.mark.django_db


def seen_by(who: str, doctor: Doctor, patient: Patient, **fields: Any) -> Standing:
    appointment: Appointment = AppointmentFactory.create(visit_type=doctor.visit_types.get(), patient=patient, **fields)
    viewer = {"patient": user_of(patient), "doctor": user_of(doctor), "carer": UserFactory.create()}[who]
    return standing_of(appointment, viewer=viewer, now=clock.now())


@pytest.mark.parametrize(
    ("who", "title"),
    [
        ("patient", "Your appointment is booked"),
        ("carer", "Maya Okafor’s appointment is booked"),
        ("doctor", "This appointment is booked"),
    ],
)
def test_booked(doctor: Doctor, patient: Patient, who: str, title: str) -> None:
    standing = seen_by(who, doctor, patient)
    assert (standing.title, standing.kind, standing.is_open) == (title, "success", True)


@pytest.mark.parametrize("who", ["patient", "carer", "doctor"])
@pytest.mark.parametrize(
    ("minutes_ago", "title", "is_open"),
    [(10, "This appointment is now", True), (40, "This appointment is over", False)],
)
def test_now_and_over(
    doctor: Doctor,
    patient: Patient,
    who: str,
    minutes_ago: int,
    title: str,
    is_open: bool,  # noqa: FBT001
) -> None:
    standing = seen_by(who, doctor, patient, start=clock.now() - timedelta(minutes=minutes_ago))
    assert (standing.title, standing.is_open) == (title, is_open)


@pytest.mark.parametrize(("status", "title"), [(Status.FULFILLED, "Seen"), (Status.NOSHOW, "Did not attend")])
def test_what_became_of_it(doctor: Doctor, patient: Patient, status: Status, title: str) -> None:
    standing = seen_by("patient", doctor, patient, status=status)
    assert (standing.title, standing.is_open) == (title, False)


@pytest.mark.parametrize(
    ("who", "trait", "title", "text"),
    [
        ("patient", "requested", "Waiting for the doctor’s answer", "We are keeping this time until"),
        ("carer", "requested", "Waiting for the doctor’s answer", "We are keeping this time until"),
        ("doctor", "requested", "This request waits for your answer", "Without an answer it lapses on"),
        ("patient", "held", "We are keeping ", "To pay, call 0117 496 0000"),
        ("doctor", "held", "This time is kept until the visit is paid for", ""),
        ("carer", "held", "We are keeping ", "You cannot pay for it: "),
    ],
)
def test_waiting(doctor: Doctor, patient: Patient, who: str, trait: str, title: str, text: str) -> None:
    standing = seen_by(who, doctor, patient, **{trait: True})
    assert standing.title.startswith(title)
    assert text in standing.text
    assert standing.is_open


@pytest.mark.parametrize(
    ("who", "trait", "title"),
    [
        ("patient", "requested", "This request has lapsed"),
        ("doctor", "requested", "This request has lapsed"),
        ("patient", "held", "This time is no longer kept"),
    ],
)
def test_waited_in_vain(doctor: Doctor, patient: Patient, who: str, trait: str, title: str) -> None:
    standing = seen_by(who, doctor, patient, expires_at=clock.now() - timedelta(seconds=1), **{trait: True})
    assert (standing.title, standing.is_open) == (title, False)


@pytest.mark.parametrize(
    ("who", "reason", "words"),
    [
        ("patient", CancelReason.PATIENT, "It was cancelled by you."),
        ("carer", CancelReason.PATIENT, "It was cancelled by the patient."),
        ("doctor", CancelReason.PATIENT, "It was cancelled by the patient."),
        ("patient", CancelReason.DOCTOR, "It was cancelled by the doctor."),
        ("doctor", CancelReason.DOCTOR, "It was cancelled by you."),
        ("patient", CancelReason.CLINIC, "It was cancelled by the clinic."),
        ("patient", CancelReason.HOLD_EXPIRED, "It was not paid for in time."),
        ("patient", CancelReason.REJECTED, "This request was declined"),
        ("patient", CancelReason.LAPSED, "This request was not answered in time"),
        ("patient", CancelReason.WITHDRAWN, "This request was withdrawn"),
    ],
)
def test_cancelled(doctor: Doctor, patient: Patient, who: str, reason: CancelReason, words: str) -> None:
    standing = seen_by(who, doctor, patient, cancelled=True, cancel_reason=reason)
    assert words in (standing.title, standing.text)
    assert not standing.is_open
