"""What the clinic asks people to agree to: asked once a wording, recorded with the booking, never ticked for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Agreement, ConsentQuestion, ConsentRecord, Patient
from accounts.roles import Role
from accounts.services import consent_question_keep
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_book
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import book, user_of
from booking.tests.views.pages import confirm_path, key_on, text_of
from common.errors import Invalid
from doctors.models import Doctor

pytestmark = pytest.mark.django_db


def ask(code: str, *, required: bool = True, **more: Any) -> ConsentQuestion:
    made: ConsentQuestion = ConsentQuestion.objects.create(
        code=code, statement=f"I agree to {code}.", is_required=required, **more
    )
    return made


@pytest.fixture
def terms() -> ConsentQuestion:
    return ask("terms")


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


@pytest.fixture
def patient() -> Patient:
    made: Patient = PatientFactory.create()
    return made


@pytest.fixture
def client(client: Client, patient: Patient) -> Client:
    client.force_login(user_of(patient))
    return client


def reword(question: ConsentQuestion, statement: str) -> None:
    question.statement = statement
    consent_question_keep(actor=UserFactory.create(roles=[Role.ADMINISTRATOR]), question=question)


def refusal(doctor: Doctor, patient: Patient, **more: Any) -> Invalid:
    with pytest.raises(Invalid) as refused, transaction.atomic():
        book(doctor, patient=patient, **more)
    assert not Appointment.objects.filter(patient=patient).exists()
    return refused.value


def test_what_was_agreed_to_is_recorded_with_its_words_once(
    doctor: Doctor, patient: Patient, terms: ConsentQuestion
) -> None:
    optional, gone = ask("research", required=False), ask("old", is_active=False)
    appointment = book(doctor, patient=patient, agreed=[terms.agreement, gone.agreement, Agreement("unheard-of", 1)])
    record = ConsentRecord.objects.get()
    assert (record.patient, record.given_by, record.question) == (patient, user_of(patient), terms)
    assert (record.version, record.statement, record.status) == (1, "I agree to terms.", "active")
    assert (record.source, record.given_at) == (appointment.public_id, appointment.created_at)
    assert Event.objects.get(action="consent.given").data == {"code": "terms"}
    book(doctor, patient=patient, start=next_slot_start(2), agreed=[terms.agreement, optional.agreement])
    assert ConsentRecord.objects.count() == 2


def test_without_what_is_required_nothing_is_booked(doctor: Doctor, patient: Patient, terms: ConsentQuestion) -> None:
    ask("research", required=False)
    error = refusal(doctor, patient)
    assert (error.code, error.fields) == ("consent_needed", {"consent_terms": ["To go on, tick “I agree to terms.”"]})
    assert not ConsentRecord.objects.exists()


def test_other_words_are_asked_anew_and_an_agreement_to_the_old_ones_does_not_count(
    doctor: Doctor, patient: Patient, terms: ConsentQuestion
) -> None:
    old = terms.agreement
    book(doctor, patient=patient, agreed=[old])
    reword(terms, "I agree to terms and more.")
    other = PatientFactory.create()
    assert (
        "changed these words"
        in refusal(doctor, other, start=next_slot_start(3), agreed=[old]).fields["consent_terms"][0]
    )
    book(doctor, patient=patient, start=next_slot_start(2), agreed=[terms.agreement])
    assert list(ConsentRecord.objects.order_by("pk").values_list("version", flat=True)) == [1, 2]
    assert Event.objects.get(action="consent_question.changed").data == {"code": "terms", "version": 2}


def test_what_is_not_about_the_words_is_no_new_version(terms: ConsentQuestion) -> None:
    terms.position = 3
    reword(terms, terms.statement)
    assert ConsentQuestion.objects.get().version == 1


def test_a_carer_agrees_for_whom_they_book(doctor: Doctor, patient: Patient, terms: ConsentQuestion) -> None:
    carer = CarerFactory.create(patient=patient).user
    appointment_book(
        actor=carer,
        patient_id=patient.public_id,
        visit_type_id=doctor.visit_types.get().public_id,
        location_id=doctor.locations.get().pk,
        start=next_slot_start(),
        agreed=[terms.agreement],
    )
    record = ConsentRecord.objects.get()
    assert (record.patient, record.given_by) == (patient, carer)
    assert Event.objects.get(action="consent.given").on_behalf_of_id == patient.public_id


def test_the_database_keeps_one_agreement_a_wording(doctor: Doctor, patient: Patient, terms: ConsentQuestion) -> None:
    book(doctor, patient=patient, agreed=[terms.agreement])
    record = ConsentRecord.objects.get()
    record.pk, record.public_id = None, Appointment().public_id
    with pytest.raises(IntegrityError, match="consent_once_a_version"), transaction.atomic():
        record.save(force_insert=True)


def test_whoever_has_agreed_pays_no_statement_for_it(doctor: Doctor, patient: Patient, terms: ConsentQuestion) -> None:
    book(doctor, patient=patient, agreed=[terms.agreement])
    with CaptureQueriesContext(connection) as asked:
        book(doctor, patient=patient, start=next_slot_start(20))
    ConsentQuestion.objects.update(is_active=False)
    with CaptureQueriesContext(connection) as unasked:
        book(doctor, patient=patient, start=next_slot_start(21))
    assert len(asked) == len(unasked)


def test_the_form_asks_unticked_refuses_beside_the_box_and_keeps_what_was_typed(
    client: Client, doctor: Doctor, terms: ConsentQuestion
) -> None:
    page = client.get(confirm_path(doctor))
    assert "I agree to terms." in text_of(page)
    assert 'name="consent_terms" value="1"' in page.content.decode()
    assert "checked" not in page.content.decode()
    data = {"idempotency_key": key_on(page), "reason": "My words"}
    refused = client.post(confirm_path(doctor), data)
    assert refused.status_code == 422
    assert 'href="#id_consent_terms"' in refused.content.decode()
    assert ">\nMy words</textarea>" in refused.content.decode()
    assert client.post(confirm_path(doctor), data | {"consent_terms": "1"}).status_code == 302
    assert "I agree to terms." not in text_of(client.get(confirm_path(doctor, next_slot_start(2))))


def test_words_that_changed_while_somebody_read_are_shown_anew_and_unticked(
    client: Client, doctor: Doctor, terms: ConsentQuestion
) -> None:
    data = {"idempotency_key": key_on(client.get(confirm_path(doctor))), "reason": "My words", "consent_terms": "1"}
    reword(terms, "I agree to terms and more.")
    refused = client.post(confirm_path(doctor), data)
    assert refused.status_code == 422
    assert "The clinic has changed these words" in text_of(refused)
    assert "I agree to terms and more." in text_of(refused)
    assert "checked" not in refused.content.decode()
    assert client.post(confirm_path(doctor), data | {"consent_terms": "2"}).status_code == 302


def test_the_api_asks_and_records_alike(client: Client, doctor: Doctor, terms: ConsentQuestion) -> None:
    asked = client.get("/api/v1/consents/").json()
    assert [(one["code"], one["version"], one["is_required"]) for one in asked] == [("terms", 1, True)]
    body: dict[str, Any] = {
        "visit_type": str(doctor.visit_types.get().public_id),
        "location": doctor.locations.get().slug,
        "start": next_slot_start().isoformat(),
    }
    refused = client.post("/api/v1/appointments/", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "consent_needed")
    assert refused.json()["fields"] == {"agreed": ["To go on, tick “I agree to terms.”"]}
    body["agreed"] = [{"code": "terms", "version": 1}]
    assert client.post("/api/v1/appointments/", body, content_type="application/json").status_code == 201
    assert client.get("/api/v1/consents/").json() == []
