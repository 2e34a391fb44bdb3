from __future__ import annotations

import re
from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import BasePasswordHasher, get_hasher
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.models import Patient, User
from accounts.tests.factories import PASSWORD, UserFactory
from audit.models import Event

pytestmark = pytest.mark.django_db

SIGN_UP = "/account/signup/"
CONFIRM = "/account/confirm-email/"
BOOKING = "/book/dr-amara-osei/confirm/?start=2027-03-03T10:20:00Z"
NEW = {"email": "Maya@Example.org", "password1": PASSWORD}
ABOUT = {
    "given_name": "Maya",
    "family_name": "Okafor",
    "birth_date_day": "27",
    "birth_date_month": "3",
    "birth_date_year": "1986",
    "phone": "07700 900123",
    "gender": "",
}


def code_in(mail: EmailMultiAlternatives) -> str:
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", str(mail.body), re.MULTILINE)
    assert found, mail.body
    return found.group()


@pytest.fixture
def _booking_needs_a_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.forms.path_needs_patient", lambda path: path == BOOKING)


def test_a_code_proves_the_address_and_leads_on(client: Client, mailoutbox: list[EmailMultiAlternatives]) -> None:
    response = client.post(SIGN_UP, {**NEW, "next": "/account/profile/"})
    assert response["Location"].startswith(CONFIRM)
    assert not EmailAddress.objects.get(email="maya@example.org").verified

    [mail] = mailoutbox
    assert mail.to == ["maya@example.org"]
    assert mail.alternatives[0][1] == "text/html"
    code = code_in(mail)
    assert code in str(mail.alternatives[0][0])

    response = client.post(CONFIRM, {"code": code.lower()})
    assert response["Location"] == "/account/profile/"
    assert EmailAddress.objects.get(email="maya@example.org").verified
    assert client.get("/account/profile/").status_code == 200


def test_the_new_account_is_in_the_log(client: Client) -> None:
    client.post(SIGN_UP, NEW)
    made = User.objects.get(email="maya@example.org")
    assert Event.objects.get(action="account.created").object_id == str(made.public_id)


def test_before_the_code_nobody_is_signed_in(client: Client) -> None:
    client.post(SIGN_UP, NEW)
    response = client.get("/account/profile/")
    assert response["Location"].startswith("/account/login/")


def test_a_wrong_code_is_said_beside_the_field_and_three_end_it(
    client: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    client.post(SIGN_UP, NEW)
    response = client.post(CONFIRM, {"code": "XXXX-XXXX"})
    assert "This is not the code that we sent" in response.content.decode()
    client.post(CONFIRM, {"code": "XXXX-XXXX"})
    client.post(CONFIRM, {"code": "XXXX-XXXX"})
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    assert not EmailAddress.objects.get(email="maya@example.org").verified


def test_an_address_that_has_an_account_is_answered_as_a_new_one(
    client: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    user = UserFactory(email="maya@example.org")
    fresh = client.post(SIGN_UP, {**NEW, "email": "new@example.org"})
    taken = Client().post(SIGN_UP, NEW)

    assert (taken.status_code, taken["Location"]) == (fresh.status_code, fresh["Location"])
    assert User.objects.filter(email="maya@example.org").count() == 1
    assert user.check_password(PASSWORD)
    assert mailoutbox[1].subject == "You have an account already"
    assert not re.search(r"[A-Z]{4}-[A-Z]{4}", str(mailoutbox[1].body))


def test_a_taken_address_costs_as_many_hashes_as_a_new_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory(email="maya@example.org")
    hashed: list[str] = []
    hasher = type(get_hasher())
    encode = hasher.encode

    def counted(self: BasePasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hasher, "encode", counted)
    client.post(SIGN_UP, {**NEW, "email": "new@example.org"})
    for_new = len(hashed)
    Client().post(SIGN_UP, NEW)
    assert for_new == len(hashed) - for_new == 1


@pytest.mark.parametrize("password", ["short", "letmein12345", "maya@example.org"])
def test_a_weak_password_is_refused_beside_its_field_and_the_address_stays(client: Client, password: str) -> None:
    response = client.post(SIGN_UP, {**NEW, "password1": password})
    page = response.content.decode()
    assert 'href="#id_password1"' in page
    assert "Maya@Example.org" in page
    assert "attacker" not in page
    assert not User.objects.exists()


@pytest.mark.usefixtures("_booking_needs_a_patient")
def test_on_the_way_to_a_booking_one_form_asks_for_everything(
    client: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    page = client.get(SIGN_UP, {"next": BOOKING}).content.decode()
    assert 'name="birth_date_year"' in page

    client.post(SIGN_UP, {**NEW, **ABOUT, "next": BOOKING})
    response = client.post(CONFIRM, {"code": code_in(mailoutbox[0])})

    assert response["Location"] == BOOKING
    patient = Patient.objects.get(user__email="maya@example.org")
    assert (patient.name, patient.birth_date, patient.phone) == ("Maya Okafor", date(1986, 3, 27), "+447700900123")


@pytest.mark.usefixtures("_booking_needs_a_patient")
def test_a_bad_date_keeps_all_that_was_typed_and_makes_no_account(client: Client) -> None:
    response = client.post(SIGN_UP, {**NEW, **ABOUT, "birth_date_day": "31", "birth_date_month": "2", "next": BOOKING})
    page = response.content.decode()
    assert "Enter a real date of birth" in page
    for typed in ('value="31"', 'value="2"', 'value="1986"', 'value="07700 900123"', 'value="Okafor"'):
        assert typed in page
    assert not User.objects.exists()


@pytest.mark.usefixtures("_booking_needs_a_patient")
def test_a_taken_address_changes_nothing_of_the_person_who_has_it(client: Client) -> None:
    UserFactory(email="maya@example.org")
    client.post(SIGN_UP, {**NEW, **ABOUT, "next": BOOKING})
    assert not Patient.objects.exists()


def test_elsewhere_the_form_asks_for_two_things(client: Client) -> None:
    assert "birth_date" not in client.get(SIGN_UP, {"next": "/"}).content.decode()


def test_a_next_on_another_host_is_not_followed(client: Client, mailoutbox: list[EmailMultiAlternatives]) -> None:
    client.post(SIGN_UP, {**NEW, "next": "https://evil.example/"})
    response = client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    assert "evil" not in response["Location"]


def test_a_mail_server_that_is_away_is_said_and_costs_no_account(
    client: Client, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("integrations.mail.send", refuse)
        response = client.post(SIGN_UP, NEW, follow=True)
    assert "We could not send the email just now" in response.content.decode()
    assert "Send a new code" in response.content.decode()

    # A new code may be asked for every ten seconds.
    cache.clear()
    client.post(CONFIRM, {"action": "resend"})
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    assert EmailAddress.objects.get(email="maya@example.org").verified
