from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Patient
from accounts.tests.factories import PatientFactory, UserFactory

pytestmark = pytest.mark.django_db

PROFILE = "/account/profile/"
DETAILS = {
    "given_name": "Maya",
    "family_name": "Okafor",
    "birth_date_day": "27",
    "birth_date_month": "3",
    "birth_date_year": "1986",
    "phone": "07700 900123",
    "gender": "female",
}


def test_a_visitor_signs_in_first(client: Client) -> None:
    assert client.get(PROFILE)["Location"] == "/account/login/?next=/account/profile/"


def test_the_step_leads_on_to_where_the_person_was_going(client: Client) -> None:
    client.force_login(UserFactory())
    assert (
        'value="/book/dr-x/confirm/?a=1"' in client.get(PROFILE, {"next": "/book/dr-x/confirm/?a=1"}).content.decode()
    )
    response = client.post(PROFILE, {**DETAILS, "next": "/book/dr-x/confirm/?a=1"})
    assert response["Location"] == "/book/dr-x/confirm/?a=1"
    assert Patient.objects.get().name == "Maya Okafor"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_another_host_is_not_followed(client: Client, target: str) -> None:
    client.force_login(UserFactory())
    response = client.post(PROFILE, {**DETAILS, "next": target})
    assert response["Location"] == PROFILE


def test_later_it_shows_what_is_known_and_changes_it(client: Client) -> None:
    patient = PatientFactory()
    client.force_login(patient.user)
    page = client.get(PROFILE).content.decode()
    for known in ('value="27"', 'value="3"', 'value="1986"', 'value="07700 900123"', 'value="Okafor"'):
        assert known in page
    client.post(PROFILE, {**DETAILS, "family_name": "Reid"})
    patient.refresh_from_db()
    assert patient.family_name == "Reid"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phone": "123"}, "Enter a phone number"),
        ({"birth_date_year": "2999"}, "Enter a date of birth in the past"),
        ({"birth_date_day": "x"}, "Enter a real date of birth"),
        ({"birth_date_day": ""}, "Enter a real date of birth"),
        ({"given_name": ""}, "Enter your first name"),
        ({"gender": "dragon"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    client: Client, changes: dict[str, str], message: str
) -> None:
    client.force_login(UserFactory())
    response = client.post(PROFILE, {**DETAILS, **changes})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(message) == 2, "in the summary and beside the field"
    for name, typed in {**DETAILS, **changes}.items():
        if typed and name != "gender":
            assert f'value="{typed}"' in page
    assert not Patient.objects.exists()


def test_nobody_can_give_themselves_more_than_the_form_asks(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    client.post(PROFILE, {**DETAILS, "is_superuser": "on", "groups": "1", "user": "1", "public_id": "x"})
    user.refresh_from_db()
    assert not user.is_superuser
    assert user.role_names == {"Patients"}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    client.force_login(UserFactory())
    assert getattr(client, method)(PROFILE).status_code == 405
