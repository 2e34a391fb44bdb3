"""Common and breached passwords are refused offline, by lists that packages ship."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User

BREACHED = [
    "letmein12345",
    "password123456",
    "qwertyuiop12",
    "passwordpassword",
    "iloveyou1234",
    "1q2w3e4r5t6y",
    "manchesterunited",
    "liverpool2024!",
    "Password1234!",
    "welcome12345",
    "administrator1",
    "trustno1trustno1",
    "correcthorsebatterystaple",
    "abcd1234abcd1234",
    "footballfootball",
]
ABOUT_US = ["medconsult2026", "MedConsult123!", "doctordoctor1", "appointment26"]
GOOD = ["orchard lantern seagull", "violet harbour teapot", "calm-surgery-morning-27"]


@pytest.mark.parametrize("password", [*BREACHED, *ABOUT_US])
def test_what_many_have_chosen_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", GOOD)
def test_three_words_are_good(password: str) -> None:
    assert validate_password(password) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("password", ["leila.haddad1986", "LeilaHaddad9!", "haddadleila86", "haddadhaddad1"])
def test_what_is_known_of_the_person_is_refused(password: str) -> None:
    person = User(email="leila.haddad@example.org", first_name="Leila", last_name="Haddad")
    with pytest.raises(ValidationError):
        validate_password(password, person)
    assert validate_password(GOOD[0], person) is None  # type: ignore[func-returns-value]


@pytest.mark.django_db
@pytest.mark.parametrize("password", BREACHED[:3])
def test_the_form_says_so_beside_the_field(client: Client, password: str) -> None:
    response = client.post("/account/signup/", {"email": "new@example.org", "password1": password})
    assert "This password is easy to guess" in response.content.decode()
    assert not User.objects.exists()
