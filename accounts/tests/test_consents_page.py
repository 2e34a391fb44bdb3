"""What a patient agreed to, on a page of theirs, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ConsentQuestion, ConsentRecord, Patient, User
from accounts.selectors import consents_open
from accounts.services import consent_take_back
from accounts.tests.factories import CarerFactory, ConsentFactory, PatientFactory, UserFactory
from audit.models import Event
from common import clock
from common.errors import NotFound

pytestmark = pytest.mark.django_db

PAGE = reverse("accounts:consents")


@pytest.fixture
def question() -> ConsentQuestion:
    made: ConsentQuestion = ConsentQuestion.objects.create(
        code="own-doctor", statement="The doctor may write to my GP.", is_required=True
    )
    return made


@pytest.fixture
def patient() -> Patient:
    made: Patient = PatientFactory.create()
    return made


def agreed(question: ConsentQuestion, patient: Patient, by: User | None = None) -> ConsentRecord:
    """An hour ago, to today's words."""
    an_hour_ago = clock.now() - timedelta(hours=1)
    made: ConsentRecord = ConsentFactory.create(
        question=question, patient=patient, given_by=by or account(patient), given_at=an_hour_ago
    )
    return made


def account(patient: Patient) -> User:
    assert patient.user is not None
    return patient.user


def test_what_is_taken_back_ends_is_kept_and_is_asked_again(question: ConsentQuestion, patient: Patient) -> None:
    record, now = agreed(question, patient), clock.now()
    assert consents_open([patient]) == []
    taken = consent_take_back(actor=account(patient), consent_id=record.public_id, now=now)
    record.refresh_from_db()
    assert (record.status, record.ended_at) == (taken.status, now) == ("inactive", now)
    assert record.statement == question.statement
    assert consents_open([patient]) == [question]
    event = Event.objects.get(action="consent.taken_back")
    assert event.object_id == str(record.public_id)
    assert event.data == {"code": "own-doctor", "before": "active", "after": "inactive"}


def test_taking_back_twice_changes_nothing(question: ConsentQuestion, patient: Patient) -> None:
    record, now = agreed(question, patient), clock.now()
    for later in (0, 5):
        consent_take_back(actor=account(patient), consent_id=record.public_id, now=now + timedelta(minutes=later))
    record.refresh_from_db()
    assert record.ended_at == now
    assert Event.objects.filter(action="consent.taken_back").count() == 1


def test_nobody_else_takes_it_back_not_even_the_carer_who_gave_it(question: ConsentQuestion, patient: Patient) -> None:
    carer = CarerFactory.create(patient=patient).user
    record = agreed(question, patient, by=carer)
    for other in (carer, account(PatientFactory.create()), UserFactory.create()):
        with pytest.raises(NotFound):
            consent_take_back(actor=other, consent_id=record.public_id)
    record.refresh_from_db()
    assert record.status == ConsentRecord.Status.ACTIVE


def test_the_page_tells_the_words_of_then_and_who_said_them(
    client: Client, question: ConsentQuestion, patient: Patient
) -> None:
    carer = CarerFactory.create(patient=patient, user__first_name="Priya", user__last_name="Nair").user
    record = agreed(question, patient, by=carer)
    ConsentQuestion.objects.filter(pk=question.pk).update(statement="Other words.", version=2)
    client.force_login(account(patient))
    page = client.get(PAGE).content.decode()
    for words in ("The doctor may write to my GP.", "Priya Nair", "the clinic has changed it since"):
        assert words in page
    assert "Other words." not in page
    answer = client.post(reverse("accounts:consent_take_back", args=[record.public_id]), follow=True)
    assert answer.redirect_chain[-1][0] == PAGE
    assert [one.pk for one in answer.context["ended"]] == [record.pk]
    assert answer.context["active"] == []
