from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import NhsNumberStatus, Patient, User
from accounts.services import profile_complete
from accounts.tests.factories import PatientFactory, UserFactory
from accounts.validators import NHS_NUMBER_REFUSED, nhs_number_for_people, normalise_nhs_number, validate_nhs_number
from audit.models import Event
from common import clock
from common.errors import Invalid
from notifications.models import Message

pytestmark = pytest.mark.django_db

# The example of the NHS Data Dictionary, and one of the range that the NHS keeps for tests.
NUMBER, OF_TESTS = "9434765919", "9990000026"


def state(user: User, number: str | None) -> Patient:
    return profile_complete(
        actor=user,
        given_name="Ada",
        family_name="Reid",
        birth_date=date(1986, 3, 27),
        phone="07700 900123",
        nhs_number=number,
    )


@pytest.mark.parametrize("text", ["943 476 5919", "943-476-5919", " 9434765919 ", OF_TESTS])
def test_ten_digits_with_the_right_check_digit_pass(text: str) -> None:
    validate_nhs_number(text)


@pytest.mark.parametrize("text", ["9434765918", "943476591", "94347659190", "943476591X", "1234567890", "٩434765919"])
def test_everything_else_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_nhs_number(text)
    assert refused.value.messages == [NHS_NUMBER_REFUSED]


def test_numbers_for_tests_are_nobodys_in_production(settings: Any) -> None:
    settings.NHS_TEST_NUMBERS = False
    with pytest.raises(ValidationError):
        validate_nhs_number(OF_TESTS)
    validate_nhs_number(NUMBER)


def test_it_is_shown_in_threes_and_a_four() -> None:
    assert nhs_number_for_people(normalise_nhs_number("943-476 5919")) == "943 476 5919"
    assert nhs_number_for_people("") == ""


def test_another_number_is_stated_whatever_was_known_of_the_one_before() -> None:
    user = UserFactory.create()
    patient = state(user, "943 476 5919")
    assert (patient.nhs_number, patient.nhs_number_status) == (NUMBER, NhsNumberStatus.STATED)
    Patient.objects.update(nhs_number_status=NhsNumberStatus.VERIFIED)
    assert state(user, NUMBER).nhs_number_status == NhsNumberStatus.VERIFIED
    assert state(user, None).nhs_number == NUMBER
    assert state(user, OF_TESTS).nhs_number_status == NhsNumberStatus.STATED
    emptied = state(user, "")
    assert (emptied.nhs_number, emptied.nhs_number_status, emptied.nhs_number_status_at) == ("", "", None)
    written = Event.objects.filter(action__startswith="nhs_number.").order_by("pk")
    assert [event.action.split(".")[1] for event in written] == ["stated", "changed", "removed"]


def test_anothers_number_is_refused_in_the_words_of_a_wrong_one() -> None:
    state(UserFactory.create(), NUMBER)
    for number in (NUMBER, "9434765918"):
        with pytest.raises(Invalid) as refused:
            state(UserFactory.create(), number)
        assert refused.value.fields["nhs_number"] == [NHS_NUMBER_REFUSED]
    assert Patient.objects.count() == 1


def test_the_database_keeps_a_number_to_one_account() -> None:
    given = {"nhs_number": NUMBER, "nhs_number_status": "stated", "nhs_number_status_at": clock.now()}
    PatientFactory.create(**given)
    PatientFactory.create(user=None, **given)
    for wrong in (given, {"nhs_number": OF_TESTS}, {"nhs_number_status": "stated"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PatientFactory.create(**wrong)


def test_the_form_keeps_what_was_typed_and_the_pages_show_it(client: Client) -> None:
    patient = PatientFactory.create()
    client.force_login(patient.user)
    typed = {
        "given_name": "Ada",
        "family_name": "Reid",
        "birth_date_day": "27",
        "birth_date_month": "3",
        "birth_date_year": "1986",
        "phone": "07700 900123",
        "gender": "",
    }
    refused = client.post("/account/profile/", {**typed, "nhs_number": "943 476 5918"})
    assert refused.status_code == 422
    assert 'value="943 476 5918"' in refused.content.decode()
    assert client.post("/account/profile/", {**typed, "nhs_number": "9434765919"}).status_code == 302
    assert "943 476 5919" in client.get("/account/profile/").content.decode()
    assert client.get("/api/me/").json()["patient"]["nhs_number"] == NUMBER
    assert client.get("/api/me/").json()["patient"]["nhs_number_status"] == "stated"


def test_it_is_in_no_log_no_message_no_event_and_no_history(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    user = UserFactory.create()
    state(user, NUMBER)
    with pytest.raises(Invalid):
        state(UserFactory.create(), NUMBER)
    kept = [
        caplog.text,
        *(str(row) for row in Event.objects.values()),
        *(str(row) for row in Message.objects.values()),
        *(str(row) for row in Patient.history.values()),
    ]
    for text in kept:
        assert NUMBER not in text
        assert "943 476 5919" not in text
