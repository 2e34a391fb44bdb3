from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory, UserFactory
from booking.models import Appointment
from booking.states import CancelReason, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, share, told, user_of
from booking.tests.views.pages import CANARY, body_of, text_of
from common import clock
from doctors.models import Doctor
from doctors.states import VerificationStatus

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]
LIST = "/appointments/"


@pytest.fixture
def client(as_user: SignIn, patient: Patient) -> Client:
    return as_user(patient)


@pytest.fixture
def appointment(doctor: Doctor, patient: Patient) -> Appointment:
    return book(doctor, patient=patient, reason=CANARY)


@pytest.fixture
def carer(appointment: Appointment, patient: Patient) -> User:
    made: User = UserFactory.create()
    share(appointment, made)
    return made


def path_of(appointment: Appointment, name: str = "appointment_detail") -> str:
    return reverse(f"booking:{name}", args=[appointment.public_id])


def past(patient: Patient, **fields: Any) -> Appointment:
    made: Appointment = AppointmentFactory.create(patient=patient, start=next_slot_start(days_ahead=-9), **fields)
    return made


# My appointments


def test_the_list_has_what_is_next_then_the_rest_then_what_is_over(client: Client, patient: Patient) -> None:
    for days in (3, 1, -5):
        AppointmentFactory.create(patient=patient, start=next_slot_start(days_ahead=days))
    AppointmentFactory.create(patient=patient, cancelled=True)
    page = client.get(LIST)
    assert [row.start for row in page.context["next"]] == [next_slot_start(1)]
    assert [row.start for row in page.context["later"]] == [next_slot_start(3)]
    assert [row.status for row in page.context["past"]] == [Status.CANCELLED, Status.BOOKED]
    text = text_of(page)
    assert text.index("Your next appointment") < text.index("After that") < text.index("Past and cancelled")
    assert "Cancelled by you" in text


@pytest.mark.parametrize(
    ("reason", "own", "others"),
    [
        (CancelReason.PATIENT, "Cancelled by you", "Cancelled by the patient"),
        (CancelReason.WITHDRAWN, "Withdrawn by you", "Withdrawn by the patient"),
        (CancelReason.DOCTOR, "Cancelled by the doctor", "Cancelled by the doctor"),
    ],
)
def test_the_list_says_you_to_the_patient_and_the_patient_to_a_carer(
    as_user: SignIn, patient: Patient, appointment: Appointment, carer: User, reason: str, own: str, others: str
) -> None:
    Appointment.objects.filter(pk=appointment.pk).update(status=Status.CANCELLED, cancel_reason=reason)
    assert own in text_of(as_user(patient).get(LIST))
    assert others in text_of(as_user(carer).get(LIST))


def test_the_list_has_nobody_elses(client: Client, doctor: Doctor) -> None:
    book(doctor)
    page = client.get(LIST)
    assert "Nothing booked" in text_of(page)
    assert doctor.name not in text_of(page)


def test_what_is_shared_says_for_whom(as_user: SignIn, carer: User, appointment: Appointment) -> None:
    page = as_user(carer).get(LIST)
    assert page.context["next"] == []
    assert page.context["shared"] == [appointment]
    assert f"For {appointment.patient.name}" in text_of(page)


def test_a_doctors_patients_are_not_the_doctors_own_appointments(as_user: SignIn, doctor: Doctor) -> None:
    book(doctor)
    assert "Nothing booked" in text_of(as_user(doctor).get(LIST))


def test_a_request_that_lapsed_is_over_before_anybody_swept_it(client: Client, patient: Patient) -> None:
    AppointmentFactory.create(patient=patient, requested=True, expires_at=clock.now() - timedelta(seconds=1))
    page = client.get(LIST)
    assert page.context["next"] == []
    assert "No longer kept" in text_of(page)


# One appointment


def test_the_patient_reads_their_reason_and_the_carer_does_not(
    client: Client, as_user: SignIn, carer: User, doctor: Doctor, appointment: Appointment
) -> None:
    assert CANARY in client.get(path_of(appointment)).content.decode()
    assert CANARY in as_user(doctor).get(path_of(appointment)).content.decode()
    page = as_user(carer).get(path_of(appointment))
    assert page.status_code == 200
    assert CANARY not in page.content.decode()
    assert f"{appointment.patient.name}’s appointment is booked" in text_of(page)


def test_the_carer_may_cancel_and_not_pass_it_on(as_user: SignIn, carer: User, appointment: Appointment) -> None:
    client = as_user(carer)
    text = text_of(client.get(path_of(appointment)))
    assert "Cancel appointment" in text
    assert "Share this appointment" not in text
    assert client.post(path_of(appointment, "share"), {"email": "x@example.org"}).status_code == 403
    assert client.post(path_of(appointment, "cancel")).status_code == 302
    appointment.refresh_from_db()
    assert appointment.cancel_reason == CancelReason.PATIENT


def test_the_doctor_sees_whom_and_not_how_to_share(as_user: SignIn, doctor: Doctor, appointment: Appointment) -> None:
    text = text_of(as_user(doctor).get(path_of(appointment)))
    assert appointment.patient.name in text
    assert appointment.patient.written_phone in text
    assert "Somebody who helps you" not in text
    assert "Cancel appointment" in text


def test_a_request_can_be_answered_where_it_is_read(as_user: SignIn, client: Client, patient: Patient) -> None:
    doctor = bookable_doctor(needs_approval=True)
    request = book(doctor, patient=patient)
    assert "Approve" in text_of(as_user(doctor).get(path_of(request)))
    text = text_of(client.get(path_of(request)))
    assert "Approve" not in text
    assert "Withdraw" in text


def test_what_is_over_offers_nothing_to_undo(client: Client, patient: Patient) -> None:
    text = text_of(client.get(path_of(past(patient))))
    assert "This appointment is over" in text
    assert "Cancel appointment" not in text
    assert "again" in text


def test_who_is_no_longer_listed_is_not_offered_again(client: Client, patient: Patient) -> None:
    over = past(patient)
    Doctor.objects.filter(pk=over.doctor_id).update(is_active=False)
    page = client.get(path_of(over))
    assert "Find a doctor" in text_of(page)
    assert "/times/" not in page.content.decode()


def test_the_page_says_the_reference_place_price_and_terms(client: Client, patient: Patient) -> None:
    doctor = bookable_doctor(price_minor=4500)
    doctor.locations.update(access="Step-free access from the street.")
    appointment = book(doctor, patient=patient, start=next_slot_start(days_ahead=5))
    text = text_of(client.get(path_of(appointment)))
    for words in (
        appointment.reference,
        "1 Harbour Street",
        "£45",
        "paid at the clinic",
        "You can cancel free of charge",
        "Step-free access from the street.",
    ):
        assert words in text


# Cancelling


def test_cancelling_asks_once_and_then_does_it(client: Client, appointment: Appointment, patient: Patient) -> None:
    asked = client.get(path_of(appointment, "cancel"))
    assert "Cancel this appointment?" in text_of(asked)
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED
    done = client.post(path_of(appointment, "cancel"), follow=True)
    assert done.redirect_chain[-1][0] == path_of(appointment)
    assert "It was cancelled by you" in text_of(done)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancel_reason) == (Status.CANCELLED, CancelReason.PATIENT)
    assert told(patient)[-1] == "appointment_cancelled"


def test_cancelling_twice_is_answered_alike(client: Client, appointment: Appointment, patient: Patient) -> None:
    answers = [client.post(path_of(appointment, "cancel"))["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert told(patient).count("appointment_cancelled") == 1
    assert "This appointment is cancelled" in text_of(client.get(path_of(appointment, "cancel")))


def test_a_doctor_cancels_and_both_are_told(as_user: SignIn, doctor: Doctor, appointment: Appointment) -> None:
    client = as_user(doctor)
    assert f"We tell {appointment.patient.name} by email." in text_of(client.get(path_of(appointment, "cancel")))
    client.post(path_of(appointment, "cancel"))
    appointment.refresh_from_db()
    assert appointment.cancel_reason == CancelReason.DOCTOR
    assert "It was cancelled by you" in text_of(client.get(path_of(appointment)))


def test_a_cancelled_visit_is_not_still_to_be_paid_for(client: Client, patient: Patient) -> None:
    appointment = book(bookable_doctor(price_minor=17500), patient=patient, start=next_slot_start(days_ahead=5))
    client.post(path_of(appointment, "cancel"))
    text = text_of(client.get(path_of(appointment)))
    assert "Nothing to pay" in text
    assert "£175" not in text


def test_a_request_is_withdrawn_and_not_cancelled(client: Client, patient: Patient) -> None:
    asked = book(bookable_doctor(needs_approval=True, price_minor=4500), patient=patient)
    text = text_of(client.get(path_of(asked, "cancel")))
    assert "Withdraw this request?" in text
    assert "There is nothing to pay." in text
    assert "free of charge" not in text
    assert "free of charge" not in text_of(client.get(path_of(asked)))
    assert "The request is withdrawn." in text_of(client.post(path_of(asked, "cancel"), follow=True))


def test_only_those_are_said_to_be_told_who_have_an_account(client: Client, patient: Patient) -> None:
    listed = bookable_doctor(doctor={"user": None})
    told_alone = book(listed, patient=patient)
    assert "We confirm it to you by email." in text_of(client.get(path_of(told_alone, "cancel")))
    both = book(bookable_doctor(), patient=patient, start=next_slot_start(3))
    answer = client.post(path_of(both, "cancel"), follow=True)
    assert f"We confirm it to you and {both.doctor.name} by email." in text_of(answer)


def test_a_patient_without_an_account_has_to_be_told_otherwise(as_user: SignIn, doctor: Doctor) -> None:
    alone = AppointmentFactory.create(visit_type=doctor.visit_types.get(), patient=PatientFactory.create(user=None))
    text = text_of(as_user(doctor).get(path_of(alone, "cancel")))
    assert f"{alone.patient.name} has no account here, so please tell them yourself." in text


def test_details_are_on_their_way_only_right_after_booking(client: Client, appointment: Appointment) -> None:
    assert "We are emailing you the details." in text_of(client.get(path_of(appointment)))
    Appointment.objects.update(created_at=clock.now() - timedelta(minutes=11))
    assert "emailing" not in text_of(client.get(path_of(appointment)))


def test_what_is_over_cannot_be_cancelled(client: Client, patient: Patient) -> None:
    over = past(patient)
    assert "over" in text_of(client.get(path_of(over, "cancel")))
    refused = client.post(path_of(over, "cancel"))
    assert refused.status_code == 409
    assert "has started" in text_of(refused)
    over.refresh_from_db()
    assert over.status == Status.BOOKED


def test_what_was_seen_cannot_be_cancelled(client: Client, patient: Patient) -> None:
    seen = past(patient, status=Status.FULFILLED)
    assert client.post(path_of(seen, "cancel")).status_code == 409


# Sharing


def test_sharing_answers_alike_whoever_has_an_account(client: Client, appointment: Appointment) -> None:
    known = UserFactory.create()
    answers = [
        client.post(path_of(appointment, "share"), {"email": email}, follow=True)
        for email in ("nobody@example.org", known.email)
    ]
    said = [[str(message) for message in answer.context["messages"]] for answer in answers]
    assert said[0] == said[1] != []
    first, second = (
        body_of(answer).replace(email, "")
        for answer, email in zip(answers, ("nobody@example.org", known.email), strict=True)
    )
    assert first.count("Invited") == 1
    assert second.count("Invited") == 2
    assert known.email in text_of(answers[1])
    assert "Sees it" not in first + second


def test_sharing_is_taken_back(client: Client, as_user: SignIn, carer: User, appointment: Appointment) -> None:
    assert as_user(carer).get(path_of(appointment)).status_code == 200
    revoke = reverse("booking:unshare", args=[appointment.public_id, appointment.shares.get().public_id])
    for _ in range(2):
        assert client.post(revoke)["Location"] == path_of(appointment)
    assert as_user(carer).get(path_of(appointment)).status_code == 404
    assert as_user(carer).post(path_of(appointment, "cancel")).status_code == 404


def test_a_carer_cannot_take_back_for_others(as_user: SignIn, carer: User, appointment: Appointment) -> None:
    revoke = reverse("booking:unshare", args=[appointment.public_id, appointment.shares.get().public_id])
    assert as_user(carer).post(revoke).status_code == 403
    assert as_user(PatientFactory.create()).post(revoke).status_code == 404


@pytest.mark.parametrize("email", ["", "not-an-address", "own", f"a@{('b' * 60 + '.') * 5}example"])
def test_an_address_that_is_none_is_refused_beside_the_field(
    client: Client, appointment: Appointment, patient: Patient, email: str
) -> None:
    typed = user_of(patient).email if email == "own" else email
    answer = client.post(path_of(appointment, "share"), {"email": typed})
    assert answer.status_code == 422
    assert 'href="#id_email"' in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode() or not typed
    assert not appointment.user_grants.exists()


def test_what_is_cancelled_is_not_shared(client: Client, patient: Patient) -> None:
    gone: Appointment = AppointmentFactory.create(patient=patient, cancelled=True)
    assert "Share this appointment" not in text_of(client.get(path_of(gone)))
    assert client.post(path_of(gone, "share"), {"email": "x@example.org"}).status_code == 409


def test_a_doctor_who_has_no_public_page_any_more_is_named_without_a_link(
    client: Client, doctor: Doctor, appointment: Appointment
) -> None:
    assert f'href="{doctor.page_url}"' in client.get(path_of(appointment)).content.decode()
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=VerificationStatus.SUSPENDED)
    page = client.get(path_of(appointment)).content.decode()
    assert doctor.name in page
    assert doctor.page_url not in page
