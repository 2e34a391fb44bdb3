from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import NhsNumberStatus, Patient, User
from accounts.roles import Role
from accounts.services import profile_complete
from accounts.tests.factories import PatientFactory, UserFactory
from accounts.validators import NHS_NUMBER_REFUSED, nhs_number_for_people, normalise_nhs_number, validate_nhs_number
from audit.models import Event
from common import clock
from notifications.models import Message

pytestmark = pytest.mark.django_db

# The example of the NHS Data Dictionary, and one of the range that the NHS keeps for tests.
NUMBER, OF_TESTS = "9434765919", "9990000026"
TYPED = {
    "given_name": "Ada",
    "family_name": "Reid",
    "birth_date_day": "27",
    "birth_date_month": "3",
    "birth_date_year": "1986",
    "phone": "07700 900123",
    "gender": "",
}


def state(user: User, number: str | None) -> Patient:
    return profile_complete(
        actor=user,
        given_name="Ada",
        family_name="Reid",
        birth_date=date(1986, 3, 27),
        phone="07700 900123",
        nhs_number=number,
    )


@pytest.mark.parametrize(
    ("text", "stored"),
    [("943 476 5919", NUMBER), ("943-476-5919", NUMBER), (" 9434765919 ", NUMBER), (OF_TESTS, OF_TESTS)],
)
def test_ten_digits_with_the_right_check_digit_pass_and_are_kept_bare(text: str, stored: str) -> None:
    validate_nhs_number(text)
    assert state(UserFactory.create(), text).nhs_number == stored


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


def test_anothers_number_is_taken_as_any_other_and_flagged_for_administrators_alone(client: Client) -> None:
    first, second = UserFactory.create(), UserFactory.create()
    state(first, NUMBER)
    assert not Event.objects.filter(action="nhs_number.shared").exists()
    twin = state(second, NUMBER)
    assert (twin.nhs_number, twin.nhs_number_status) == (NUMBER, NhsNumberStatus.STATED)
    flag = Event.objects.get(action="nhs_number.shared")
    assert (flag.object_id, flag.patient_id, flag.actor_id, flag.data) == (str(twin.public_id), None, None, {})

    client.force_login(second)
    assert "another account" not in client.get("/account/record-access/?show=all").content.decode()
    client.force_login(UserFactory.create(roles=[Role.ADMINISTRATOR]))
    words = "Another account has given the same NHS number"
    for user in (first, second):
        assert words in client.get(f"/admin/users/{user.pk}/access/").content.decode()
    state(second, OF_TESTS)
    assert words not in client.get(f"/admin/users/{first.pk}/access/").content.decode()


def test_the_form_answers_a_registered_number_as_any_other(client: Client) -> None:
    state(UserFactory.create(), NUMBER)
    answers = []
    for number in (NUMBER, OF_TESTS):
        client.force_login(PatientFactory.create().user)
        answer = client.post("/account/profile/", {**TYPED, "nhs_number": number})
        answers.append((answer.status_code, answer["Location"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == 302


@pytest.mark.parametrize("status", [NhsNumberStatus.TRACED, NhsNumberStatus.VERIFIED])
def test_the_database_keeps_a_confirmed_number_to_one_account(status: str) -> None:
    given = {"nhs_number": NUMBER, "nhs_number_status": status, "nhs_number_status_at": clock.now()}
    PatientFactory.create(**given)
    PatientFactory.create(user=None, **given)
    PatientFactory.create(**given | {"nhs_number_status": "stated"})
    for wrong in (given, {"nhs_number": OF_TESTS}, {"nhs_number_status": "stated"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PatientFactory.create(**wrong)


def test_the_form_keeps_what_was_typed_and_the_pages_show_it(client: Client) -> None:
    patient = PatientFactory.create()
    client.force_login(patient.user)
    refused = client.post("/account/profile/", {**TYPED, "nhs_number": "943 476 5918"})
    assert refused.status_code == 422
    assert 'value="943 476 5918"' in refused.content.decode()
    assert client.post("/account/profile/", {**TYPED, "nhs_number": "9434765919"}).status_code == 302
    assert "943 476 5919" in client.get("/account/profile/").content.decode()
    assert client.get("/api/v1/me/").json()["patient"]["nhs_number"] == NUMBER
    assert client.get("/api/v1/me/").json()["patient"]["nhs_number_status"] == "stated"


def test_it_is_in_no_log_no_message_no_event_and_no_history(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    user = UserFactory.create()
    state(user, NUMBER)
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
