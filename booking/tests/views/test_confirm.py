from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import ConsentQuestion, Patient, User
from accounts.tests.factories import PatientFactory, UserFactory
from booking import services
from booking.models import Appointment
from booking.states import Status
from booking.tests.factories import AppointmentFactory, bookable_doctor, next_slot_start
from booking.tests.steps import book, decide
from booking.tests.views.pages import body_of, confirm_path, key_on, text_of
from common import clock
from common.errors import Conflict
from doctors.models import Doctor
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorPageFactory, LocationFactory, photo_shown_before

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | Patient | Doctor], Client]


@pytest.fixture
def client(as_user: SignIn, patient: Patient) -> Client:
    return as_user(patient)


def detail_path(appointment: Appointment) -> str:
    return reverse("booking:appointment_detail", args=[appointment.public_id])


def test_a_visitor_keeps_the_chosen_time_through_sign_in_and_profile(doctor: Doctor) -> None:
    visitor = Client()
    path = confirm_path(doctor)
    sign_in = visitor.get(path)["Location"]
    assert parse_qs(urlsplit(sign_in).query)["next"] == [path]
    visitor.force_login(UserFactory.create())
    profile = visitor.get(path)["Location"]
    assert profile.startswith("/account/profile/?")
    assert parse_qs(urlsplit(profile).query)["next"] == [path]


def test_the_page_repeats_the_choice_and_the_terms(client: Client, patient: Patient) -> None:
    doctor = bookable_doctor(price_minor=4500)
    page = text_of(client.get(confirm_path(doctor)))
    for words in (doctor.name, "10:00am", "until 10:30am", "1 Harbour Street", "£45 , paid at the clinic"):
        assert words.replace(" ,", ",") in page.replace(" ,", ","), words
    assert patient.name in page
    assert "You can cancel" in page
    assert "Call 999 in an emergency" in page


def test_confirming_books_and_shows_the_appointment(client: Client, doctor: Doctor, patient: Patient) -> None:
    page = client.get(confirm_path(doctor))
    answer = client.post(confirm_path(doctor), {"idempotency_key": key_on(page), "reason": "A cough"})
    appointment = Appointment.objects.get()
    assert answer["Location"] == detail_path(appointment)
    assert (appointment.patient, appointment.start, appointment.status) == (patient, next_slot_start(), Status.BOOKED)
    assert appointment.reason == "A cough"
    assert "Your appointment is booked" in text_of(client.get(detail_path(appointment)))


def test_pressing_twice_books_once_and_answers_alike(client: Client, doctor: Doctor) -> None:
    data = {"idempotency_key": key_on(client.get(confirm_path(doctor))), "reason": "A cough"}
    answers = [client.post(confirm_path(doctor), data) for _ in range(3)]
    assert {answer["Location"] for answer in answers} == {detail_path(Appointment.objects.get())}


def test_pressing_twice_answers_alike_also_where_the_first_press_settled_what_was_asked(
    client: Client, doctor: Doctor
) -> None:
    ConsentQuestion.objects.create(code="terms", statement="I agree.", is_required=True)
    key = key_on(client.get(confirm_path(doctor)))
    data = {"idempotency_key": key, "reason": "A cough", "consent_terms": "1"}
    answers = [client.post(confirm_path(doctor), data) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {detail_path(Appointment.objects.get())}


def test_a_consent_leads_to_what_one_says_one_has_read(client: Client, doctor: Doctor) -> None:
    ConsentQuestion.objects.create(
        code="terms", statement="I have read it.", is_required=False, more="A & B", read_at="/privacy/"
    )
    page = client.get(confirm_path(doctor)).content.decode()
    assert "I have read it. (optional)</label>" in page
    assert 'A &amp; B <a class="link" href="/privacy/" target="_blank" rel="noopener">Read it first' in page


def test_a_form_without_a_key_works(client: Client, doctor: Doctor) -> None:
    assert client.post(confirm_path(doctor), {"reason": ""}).status_code == 302
    assert Appointment.objects.count() == 1


def test_coming_back_to_the_page_shows_what_is_booked(client: Client, doctor: Doctor, patient: Patient) -> None:
    appointment = book(doctor, patient=patient)
    for answer in (client.get(confirm_path(doctor)), client.post(confirm_path(doctor), {"reason": "Changed words"})):
        assert answer.status_code == 409
        assert "You have booked this time already" in text_of(answer)
        assert f'href="{detail_path(appointment)}"' in answer.content.decode()
        assert "Changed words" not in text_of(answer)
    assert Appointment.objects.count() == 1


def test_the_same_form_for_other_words_leads_to_what_it_booked(client: Client, doctor: Doctor) -> None:
    key = key_on(client.get(confirm_path(doctor)))
    client.post(confirm_path(doctor), {"idempotency_key": key, "reason": "A cough"})
    answer = client.post(confirm_path(doctor), {"idempotency_key": key, "reason": "A worse cough"})
    assert "You have booked this time already" in text_of(answer)
    assert Appointment.objects.count() == 1


def test_the_same_form_for_another_time_asks_again_with_a_new_key(client: Client, doctor: Doctor) -> None:
    key = key_on(client.get(confirm_path(doctor)))
    client.post(confirm_path(doctor), {"idempotency_key": key, "reason": "A cough"})
    later = confirm_path(doctor, next_slot_start(at=time(12)))
    answer = client.post(later, {"idempotency_key": key, "reason": "A cough"})
    assert answer.status_code == 422
    assert "This form was sent before" in text_of(answer)
    assert key_on(answer) != key
    assert ">\nA cough</textarea>" in answer.content.decode()
    assert client.post(later, {"idempotency_key": key_on(answer), "reason": "A cough"}).status_code == 302
    assert Appointment.objects.count() == 2


def alternatives_on(answer: Any) -> list[str]:
    return [path.replace("&amp;", "&") for path in re.findall(r'form="booking" formaction="([^"]+)"', body_of(answer))]


def test_a_time_just_taken_keeps_the_form_and_offers_the_three_nearest(client: Client, doctor: Doctor) -> None:
    key = key_on(client.get(confirm_path(doctor)))
    book(doctor)
    answer = client.post(confirm_path(doctor), {"idempotency_key": key, "reason": "My words"})
    assert answer.status_code == 409
    assert "That time has just been taken" in text_of(answer)
    assert ">\nMy words</textarea>" in answer.content.decode()
    assert "Confirm booking" not in text_of(answer)
    times = [next_slot_start(at=at) for at in (time(9), time(9, 30), time(10, 30))]
    assert alternatives_on(answer) == [confirm_path(doctor, time) for time in times]
    booked = client.post(alternatives_on(answer)[1], {"idempotency_key": key, "reason": "My words"})
    appointment = Appointment.objects.get(start=times[1])
    assert booked["Location"] == detail_path(appointment)
    assert appointment.reason == "My words"


def test_a_taken_time_says_so_before_anything_is_typed(client: Client, doctor: Doctor) -> None:
    book(doctor)
    answer = client.get(confirm_path(doctor))
    assert answer.status_code == 409
    assert "That time is no longer free" in text_of(answer)
    assert "<textarea" not in answer.content.decode()
    for at in (time(9), time(9, 30), time(10, 30)):
        assert f'href="{confirm_path(doctor, next_slot_start(at=at))}"' in body_of(answer).replace("&amp;", "&")


def test_no_time_left_leads_to_all_of_them(client: Client, doctor: Doctor) -> None:
    taken = book(doctor)
    doctor.availability_rules.all().delete()
    answer = client.post(confirm_path(doctor, taken.start), {"reason": ""})
    assert answer.status_code == 422
    assert alternatives_on(answer) == []
    assert "There is no other free time near it" in text_of(answer)
    assert f"/book/{doctor.slug}/times/" in answer.content.decode()


@pytest.mark.parametrize("minutes", [-60 * 24, 7])
def test_a_time_that_was_never_offered_is_refused_with_others(client: Client, doctor: Doctor, minutes: int) -> None:
    path = confirm_path(doctor, next_slot_start() + timedelta(minutes=minutes) - timedelta(days=minutes < 0))
    assert client.get(path).status_code == 409
    answer = client.post(path, {"reason": "My words"})
    assert answer.status_code == 422
    assert "That time can no longer be booked" in text_of(answer)
    assert ">\nMy words</textarea>" in answer.content.decode()
    assert len(alternatives_on(answer)) == 3
    assert not Appointment.objects.exists()


def test_a_place_where_the_doctor_does_not_work_is_refused(client: Client, doctor: Doctor) -> None:
    elsewhere = LocationFactory.create()
    path = confirm_path(doctor).replace(doctor.locations.get().slug, elsewhere.slug)
    assert client.post(path, {"reason": ""}).status_code == 422
    assert not Appointment.objects.exists()


def test_a_patient_who_is_busy_then_sees_with_whom(client: Client, doctor: Doctor, patient: Patient) -> None:
    other = book(bookable_doctor(), patient=patient)
    for answer in (client.get(confirm_path(doctor)), client.post(confirm_path(doctor), {"reason": ""})):
        assert answer.status_code == 409
        assert "You already have an appointment at that time" in text_of(answer)
        assert other.doctor.name in text_of(answer)
        assert f'href="{detail_path(other)}"' in answer.content.decode()


def test_one_request_too_many_leads_to_the_list(client: Client, patient: Patient) -> None:
    decide(open_holds=1)
    book(bookable_doctor(needs_approval=True), patient=patient)
    second = bookable_doctor(needs_approval=True)
    answer = client.post(confirm_path(second, next_slot_start(at=time(12))), {"reason": "My words"})
    assert answer.status_code == 409
    assert "You have 1 bookings" in text_of(answer) or "You have too many open bookings" in text_of(answer)
    assert 'href="/appointments/"' in answer.content.decode()
    assert ">\nMy words</textarea>" in answer.content.decode()


def test_a_visit_with_approval_is_asked_for(client: Client, patient: Patient) -> None:
    doctor = bookable_doctor(needs_approval=True)
    assert "Ask for this appointment" in text_of(client.get(confirm_path(doctor)))
    answer = client.post(confirm_path(doctor), {"reason": ""})
    assert Appointment.objects.get().status == Status.PENDING
    assert "Waiting for the doctor’s answer" in text_of(client.get(answer["Location"]))


def test_a_visit_to_be_paid_online_is_not_begun_where_nobody_can_pay(client: Client, settings: Any) -> None:
    settings.PAYMENT_PROVIDER = ""
    decide(pay_at_clinic=False)
    doctor = bookable_doctor(price_minor=4500)
    answer = client.get(confirm_path(doctor))
    assert answer.status_code == 409
    assert "Please call" in text_of(answer)
    assert "0117 496 0000" in text_of(answer)
    assert "Confirm booking" not in text_of(answer)
    assert "paid at the clinic" not in text_of(answer)


@pytest.mark.parametrize(
    ("error", "can_try_again"),
    [
        (Conflict("doctor_not_bookable", "This visit cannot be booked at the moment."), False),
        (Conflict("busy", "We are very busy at the moment."), True),
    ],
)
def test_what_only_the_service_can_know_is_said_plainly(
    client: Client,
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
    error: Conflict,
    can_try_again: bool,  # noqa: FBT001
) -> None:
    def refuse(**_: Any) -> Appointment:
        raise error

    monkeypatch.setattr(services, "appointment_book", refuse)
    answer = client.post(confirm_path(doctor), {"reason": "My words"})
    assert answer.status_code == 409
    assert error.message in text_of(answer)
    assert ">\nMy words</textarea>" in answer.content.decode()
    assert ("Confirm booking" in text_of(answer)) is can_try_again


def test_a_doctor_who_was_suspended_meanwhile_is_not_found(client: Client, doctor: Doctor) -> None:
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=VerificationStatus.SUSPENDED)
    assert client.post(confirm_path(doctor), {"reason": ""}).status_code == 404
    assert not Appointment.objects.exists()


def test_words_that_are_too_many_are_kept_and_refused_beside_the_field(client: Client, doctor: Doctor) -> None:
    answer = client.post(confirm_path(doctor), {"reason": "x" * 1001, "idempotency_key": "k"})
    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer)
    assert 'href="#id_reason"' in answer.content.decode()
    assert "x" * 1001 in answer.content.decode()
    assert not Appointment.objects.exists()


def test_nothing_but_the_reason_is_taken_from_the_form(client: Client, doctor: Doctor, patient: Patient) -> None:
    other = PatientFactory.create()
    extra = {"status": "fulfilled", "price_minor": "1", "patient_id": str(other.public_id), "start": "2020-01-01"}
    client.post(confirm_path(doctor), {"reason": "", **extra})
    appointment = Appointment.objects.get()
    assert (appointment.patient, appointment.status, appointment.start) == (patient, Status.BOOKED, next_slot_start())


def test_a_lapsed_request_of_ones_own_is_not_in_the_way(client: Client, doctor: Doctor, patient: Patient) -> None:
    AppointmentFactory.create(
        visit_type=doctor.visit_types.get(),
        patient=patient,
        requested=True,
        expires_at=clock.now() - timedelta(minutes=1),
    )
    assert client.get(confirm_path(doctor)).status_code == 200
    assert client.post(confirm_path(doctor), {"reason": ""}).status_code == 302


def test_the_page_is_not_kept_by_anybody(client: Client, doctor: Doctor) -> None:
    assert "no-store" in client.get(confirm_path(doctor))["Cache-Control"]


def test_the_page_takes_few_statements(
    client: Client, doctor: Doctor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    DoctorPageFactory.create(doctor=doctor, photo=photo_shown_before("fill-240x280|format-webp"))
    client.get(confirm_path(doctor))
    with django_assert_max_num_queries(19):
        assert client.get(confirm_path(doctor)).status_code == 200


def test_very_many_bookings_in_an_hour_wait_with_the_form_kept_by_form_and_api_alike(
    client: Client, doctor: Doctor, settings: Any
) -> None:
    settings.BOOKINGS_AN_HOUR = 1
    assert client.post(confirm_path(doctor), {"reason": ""}).status_code == 302
    later = confirm_path(doctor, next_slot_start(2))
    answer = client.post(later, {"reason": "My words"})
    assert answer.status_code == 429
    assert ">\nMy words</textarea>" in answer.content.decode()
    assert "Confirm booking" in text_of(answer)
    asked = {
        "visit_type": str(doctor.visit_types.get().public_id),
        "location": doctor.locations.get().slug,
        "start": next_slot_start(2).isoformat(),
    }
    refused = client.post("/api/v1/appointments/", asked, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_bookings")
    assert Appointment.objects.count() == 1


def test_as_many_visits_ahead_as_one_may_have_leads_to_the_list(
    client: Client, doctor: Doctor, patient: Patient
) -> None:
    decide(visits_ahead=1)
    book(doctor, patient=patient)
    answer = client.post(confirm_path(doctor, next_slot_start(2)), {"reason": "My words"})
    assert answer.status_code == 409
    assert "1 visits lie ahead" in text_of(answer) or "You have too many open bookings" in text_of(answer)
    assert ">\nMy words</textarea>" in answer.content.decode()
