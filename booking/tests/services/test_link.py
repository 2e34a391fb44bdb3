"""The link in a patient's mail: what it opens with the right date of birth, and everything that it does not."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient, User
from accounts.tests.factories import CarerFactory, PatientFactory
from audit.models import Event
from booking.errors import LinkRefused, TooManyTries
from booking.links import OPEN_FOR, Proof, link_path
from booking.models import Appointment
from booking.services import (
    appointment_arrive,
    appointment_book,
    appointment_cancel,
    appointment_move,
    link_cancel,
    link_move,
    link_prove,
)
from booking.services import link as link_services
from booking.states import CancelReason, Status
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.moving import everything_about
from booking.tests.steps import book, decide, told, user_of
from common import clock
from common.errors import Conflict, NotFound
from common.limits import Limit
from common.request_context import acting
from doctors.models import Doctor
from notifications.services import messages_deliver

pytestmark = pytest.mark.django_db

BORN = date(1986, 3, 27)
OTHER = date(1990, 1, 1)


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def patient() -> Patient:
    made: Patient = PatientFactory.create(birth_date=BORN)
    return made


@pytest.fixture
def appointment(doctor: Doctor, patient: Patient) -> Appointment:
    return book(doctor, patient=patient, start=next_slot_start(3))


def token_of(appointment: Appointment) -> str:
    """The secret part of the link as the appointment is now."""
    return link_path(appointment, user_of(appointment.patient)).split("/")[-2]


def prove(appointment: Appointment, token: str = "", birth_date: date = BORN, **more: Any) -> Proof:
    return link_prove(token=token or token_of(appointment), birth_date=birth_date, **more)


def links_mailed(mailoutbox: list[EmailMultiAlternatives]) -> dict[str, list[set[str]]]:
    """By mailbox the links in each of its new mails, in order; the text and the page of a mail have the same."""
    messages_deliver()
    found: dict[str, list[set[str]]] = {}
    for mail in mailoutbox:
        parts = [str(mail.body), str(mail.alternatives[0][0])]
        links = [set(re.findall(r"/visits/link/([^/\s\"]+)/", part)) for part in parts]
        assert links[0] == links[1]
        found.setdefault(mail.to[0], []).append(links[0])
    mailoutbox.clear()
    return found


def test_the_patients_mail_holds_the_link_and_it_opens_the_appointment(
    appointment: Appointment, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    assert links_mailed(mailoutbox)[user_of(appointment.patient).email] == [{token_of(appointment)}]
    proof = prove(appointment, now=(now := clock.now()))
    assert proof == Proof(appointment_id=appointment.public_id, until=now + OPEN_FOR)


def test_a_new_time_brings_a_new_link_and_ends_the_old(
    appointment: Appointment, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    old = token_of(appointment)
    # Else the older news would not be sent after the newer.
    messages_deliver()
    new = appointment.start + timedelta(hours=1)
    moved = appointment_move(actor=user_of(appointment.patient), appointment_id=appointment.public_id, start=new)
    with pytest.raises(LinkRefused):
        prove(appointment, old)
    assert links_mailed(mailoutbox)[user_of(appointment.patient).email] == [{old}, {token_of(moved)}]
    prove(moved)


def test_nobody_elses_mail_holds_a_link(
    doctor: Doctor, patient: Patient, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    """Neither the doctor's nor the carer's, who booked and hears of everything; nor one about what stands no more."""
    carer = CarerFactory.create(patient=patient).user
    appointment = appointment_book(
        actor=carer,
        patient_id=patient.public_id,
        visit_type_id=doctor.visit_types.get().public_id,
        location_id=doctor.locations.get().pk,
        start=next_slot_start(3),
    )
    messages_deliver()
    new = appointment.start + timedelta(hours=1)
    appointment_move(actor=carer, appointment_id=appointment.public_id, start=new)
    messages_deliver()
    appointment_cancel(actor=carer, appointment_id=appointment.public_id)
    assert len(told(carer)) == len(told(doctor)) == 3
    mailed = {mailbox: [len(links) for links in mails] for mailbox, mails in links_mailed(mailoutbox).items()}
    assert mailed == {
        user_of(patient).email: [1, 1, 0],
        carer.email: [0, 0, 0],
        user_of(doctor).email: [0, 0, 0],
    }


def test_what_only_waits_has_no_link(patient: Patient, mailoutbox: list[EmailMultiAlternatives]) -> None:
    book(bookable_doctor(needs_approval=True), patient=patient)
    assert links_mailed(mailoutbox)[user_of(patient).email] == [set()]


def test_a_patient_without_an_account_gets_no_mail_and_so_no_link(
    doctor: Doctor, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    nobody = PatientFactory.create(user=None)
    carer = CarerFactory.create(patient=nobody).user
    appointment_book(
        actor=carer,
        patient_id=nobody.public_id,
        visit_type_id=doctor.visit_types.get().public_id,
        location_id=doctor.locations.get().pk,
        start=next_slot_start(3),
    )
    assert links_mailed(mailoutbox) == {carer.email: [set()], user_of(doctor).email: [set()]}


def _moved_elsewhere(appointment: Appointment) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(calendar_sequence=7)


def _cancelled(appointment: Appointment) -> None:
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)


def _begun(appointment: Appointment) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(start=clock.now() - timedelta(seconds=1))


def _arrived(appointment: Appointment) -> None:
    near = appointment.start - timedelta(minutes=5)
    appointment_arrive(actor=user_of(appointment.doctor), appointment_id=appointment.public_id, now=near)


def _account_closed(appointment: Appointment) -> None:
    User.objects.filter(patient=appointment.patient).update(is_active=False)


def _account_gone(appointment: Appointment) -> None:
    Patient.objects.filter(pk=appointment.patient_id).update(user=None)


def _another_mailbox(appointment: Appointment) -> None:
    User.objects.filter(patient=appointment.patient).update(email="another@example.org")


def _entered_in_error(appointment: Appointment) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(status=Status.ENTERED_IN_ERROR)


OVER = [
    _moved_elsewhere,
    _cancelled,
    _begun,
    _arrived,
    _account_closed,
    _account_gone,
    _another_mailbox,
    _entered_in_error,
]


@pytest.mark.parametrize("end", OVER, ids=lambda one: one.__name__.strip("_"))
def test_a_link_that_is_over_opens_nothing(appointment: Appointment, end: Any) -> None:
    token = token_of(appointment)
    end(appointment)
    with pytest.raises(LinkRefused):
        prove(appointment, token)


def test_a_link_that_we_have_not_signed_opens_nothing(appointment: Appointment, doctor: Doctor) -> None:
    other = book(doctor, patient=PatientFactory.create(birth_date=OTHER), start=next_slot_start(4))
    value, signature = token_of(appointment).split("~")
    forged = [
        "nothing",
        "~",
        value,
        f"{value}~",
        f"{value}~{'A' * 43}",
        f"{value}~{signature[:-1]}",
        f"{token_of(other).split('~')[0]}~{signature}",
        f"{value.replace('.0.', '.1.')}~{signature}",
        f" {value}~{signature}",
        # By our key, but for another purpose.
        Signer(salt="common.typed", sep="~").sign(value),
        "\x00",
        "x" * 5000,
    ]
    for token in forged:
        with pytest.raises(LinkRefused):
            link_prove(token=token, birth_date=BORN)


def test_a_wrong_date_and_a_wrong_link_are_refused_alike_after_the_same_work(appointment: Appointment) -> None:
    cancelled = book(appointment.doctor, patient=appointment.patient, start=next_slot_start(4))
    over = token_of(cancelled)
    _cancelled(cancelled)
    tries = [
        ("nothing", BORN),
        (f"{token_of(appointment)}x", BORN),
        (over, BORN),
        (token_of(appointment), OTHER),
    ]
    seen = set()
    for token, born in tries:
        with CaptureQueriesContext(connection) as statements, pytest.raises(LinkRefused) as refusal:
            link_prove(token=token, birth_date=born)
        sql = tuple(re.sub(r"'[^']*'|\d+", "?", one["sql"])[:80] for one in statements)
        seen.add((refusal.value.code, refusal.value.message, repr(refusal.value.fields), sql))
    assert len(seen) == 1


def test_five_wrong_dates_end_a_link_for_good(appointment: Appointment) -> None:
    for day in range(1, 6):
        with pytest.raises(LinkRefused):
            prove(appointment, birth_date=date(1990, 1, day))
    with pytest.raises(LinkRefused):
        prove(appointment)
    with pytest.raises(LinkRefused):
        prove(appointment, now=clock.now() + timedelta(hours=20))


def test_right_dates_are_not_counted(appointment: Appointment) -> None:
    for _ in range(12):
        prove(appointment)
    for day in range(1, 5):
        with pytest.raises(LinkRefused):
            prove(appointment, birth_date=date(1990, 1, day))
    prove(appointment)


def test_the_sixth_date_is_refused_wherever_it_comes_from(appointment: Appointment) -> None:
    for number in range(5):
        with acting(address=f"198.51.100.{number}"), pytest.raises(LinkRefused):
            prove(appointment, birth_date=OTHER)
    with acting(address="203.0.113.9"), pytest.raises(LinkRefused):
        prove(appointment)


def test_one_caller_is_held_back_whatever_they_try(appointment: Appointment, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Limit(name="few", most=3, within=timedelta(minutes=10))
    monkeypatch.setattr(link_services, "TRIES", few)
    with acting(address="198.51.100.1"):
        for number in range(3):
            with pytest.raises(LinkRefused):
                link_prove(token=f"nothing{number}", birth_date=BORN)
        with pytest.raises(TooManyTries):
            prove(appointment)
    with acting(address="198.51.100.2"):
        prove(appointment)


def test_by_the_link_it_is_moved_as_by_the_patient_and_the_log_says_so(appointment: Appointment) -> None:
    patient, new = appointment.patient, appointment.start + timedelta(hours=1)
    moved = link_move(
        proof=prove(appointment),
        appointment_id=appointment.public_id,
        start=new,
        location_id=appointment.location_id,
        seen_sequence=0,
    )
    assert (moved.pk, moved.start) == (appointment.pk, new)
    assert told(patient) == ["appointment_booked", "appointment_moved"]
    assert told(appointment.doctor) == ["doctor_appointment_booked", "doctor_appointment_moved"]
    opened, done = Event.objects.filter(data__via="link").order_by("pk")
    assert (opened.action, done.action) == ("appointment.link_opened", "appointment.moved")
    assert {opened.actor_id, done.actor_id} == {user_of(patient).public_id}
    # The patient's own doing, on nobody's behalf.
    assert done.on_behalf_of_id is None
    assert moved.history.first().history_user == patient.user


def test_by_the_link_it_is_cancelled_as_by_the_patient(appointment: Appointment) -> None:
    proof = prove(appointment)
    cancelled = link_cancel(proof=proof, appointment_id=appointment.public_id)
    assert (cancelled.status, cancelled.cancel_reason) == (Status.CANCELLED, CancelReason.PATIENT)
    event = Event.objects.get(action="appointment.cancelled")
    assert (event.actor_id, event.data["via"]) == (user_of(appointment.patient).public_id, "link")
    assert link_cancel(proof=proof, appointment_id=appointment.public_id).status == Status.CANCELLED


def test_the_patients_own_acts_are_not_said_to_be_by_a_link(appointment: Appointment) -> None:
    _cancelled(appointment)
    assert "via" not in Event.objects.get(action="appointment.cancelled").data


def test_the_patients_rules_hold_for_the_link(patient: Patient) -> None:
    decide(free_cancellation_hours=24)
    paid = bookable_doctor(price_minor=4500)
    appointment = book(paid, patient=patient, start=next_slot_start(1))
    late = appointment.start - timedelta(hours=1)
    proof = prove(appointment, now=late)
    with pytest.raises(Conflict) as refusal:
        link_move(
            proof=proof,
            appointment_id=appointment.public_id,
            start=next_slot_start(2),
            location_id=appointment.location_id,
            seen_sequence=0,
            now=late,
        )
    assert refusal.value.code == "too_late_to_move"


def _proofs(appointment: Appointment, other: Appointment) -> dict[str, Proof | None]:
    now = clock.now()
    return {
        "none": None,
        "over": Proof(appointment_id=appointment.public_id, until=now),
        "another's": Proof(appointment_id=other.public_id, until=now + OPEN_FOR),
    }


@pytest.mark.parametrize("which", ["none", "over", "another's"])
def test_without_a_proof_that_holds_nothing_is_moved_or_cancelled(appointment: Appointment, which: str) -> None:
    other = book(appointment.doctor, patient=appointment.patient, start=next_slot_start(4))
    proof = _proofs(appointment, other)[which]
    before = everything_about(appointment)
    new = appointment.start + timedelta(hours=1)
    asked: dict[str, Any] = {"start": new, "location_id": appointment.location_id, "seen_sequence": 0}
    with pytest.raises(NotFound):
        link_move(proof=proof, appointment_id=appointment.public_id, **asked)
    with pytest.raises(NotFound):
        link_cancel(proof=proof, appointment_id=appointment.public_id)
    assert everything_about(appointment) == before


def test_an_account_that_is_closed_ends_the_proof_at_once(appointment: Appointment) -> None:
    proof = prove(appointment)
    _account_closed(appointment)
    with pytest.raises(NotFound):
        link_cancel(proof=proof, appointment_id=appointment.public_id)
