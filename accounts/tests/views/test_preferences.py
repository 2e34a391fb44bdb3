from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.notices.choices import topics_for
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from notifications.models import Contact, Preference

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:preferences")


@pytest.fixture
def person(client: Client) -> User:
    user: User = PatientFactory.create().user
    client.force_login(user)
    return user


@pytest.fixture
def texts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    settings.SMS_PROVIDER = "development"
    monkeypatch.setattr("integrations.sms.send", lambda text: sent.append(text.body))
    return sent


def test_a_patient_chooses_by_checkboxes_and_finds_them_so_again(client: Client, person: User) -> None:
    page = client.get(PAGE).content.decode()
    assert 'name="record_new.email" value="on" checked' in page
    assert "Always emailed" in page
    assert "Verification" not in page
    client.post(PAGE, {"appointment_reminder.email": "on", "appointment_cancelled.email": ""})
    off = set(Preference.objects.values_list("kind", flat=True))
    assert "record_new" in off
    assert not off & {"appointment_reminder", "appointment_cancelled", "doctor_appointment_booked"}
    assert 'name="record_new.email" value="on" checked' not in client.get(PAGE).content.decode()


def test_a_number_is_confirmed_on_the_page_and_opens_the_choice_of_texts(
    client: Client, person: User, texts: list[str]
) -> None:
    assert 'value="07700 900123"' in client.get(PAGE).content.decode()
    client.post(reverse("accounts:text_number"), {"mobile": "07700 900123"})
    wrong = client.post(reverse("accounts:text_confirm"), {"code": "nothing"})
    assert (wrong.status_code, "That code is not right" in wrong.content.decode()) == (422, True)
    page = client.get(PAGE).content.decode()
    assert "appointment_booked.sms" not in page
    assert reverse("development_mails") in page, "who tries the demo finds what nobody was texted"
    assert "Forget 07700 900123" in page
    client.post(reverse("accounts:text_confirm"), {"code": texts[0].split("code is ")[1][:6]})
    assert "appointment_booked.sms" in client.get(PAGE).content.decode()
    client.post(PAGE, {"texts": "on", "appointment_booked.sms": "on"})
    assert Preference.objects.get(channel="sms").kind == "appointment_booked"
    client.post(reverse("accounts:text_remove"))
    assert not Contact.objects.exists()


@pytest.mark.parametrize("number", ["020 7946 0000", "no number", ""])
def test_what_is_no_mobile_number_is_refused_beside_the_field(
    client: Client, person: User, texts: list[str], number: str
) -> None:
    answer = client.post(reverse("accounts:text_number"), {"mobile": number})
    assert answer.status_code == 422
    assert f'value="{number}"' in answer.content.decode() or not number
    assert not texts


def test_where_no_texts_are_sent_the_page_says_nothing_of_them(client: Client, person: User) -> None:
    page = client.get(PAGE).content.decode()
    assert "Texts to your phone" not in page
    assert client.post(reverse("accounts:text_number"), {"mobile": "07700 900123"}).status_code == 422


def test_a_doctor_who_helps_a_patient_chooses_what_patients_are_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor = UserFactory.create()
    # Who is a doctor stands above this room.
    monkeypatch.setattr(User, "doctor", True, raising=False)
    names = lambda: {row.label for topic in topics_for(doctor, with_texts=False) for row in topic.rows}  # noqa: E731
    told = "Your appointment is coming up"
    assert told not in names()
    CarerFactory.create(user=doctor)
    assert told in names()


def test_somebody_without_a_profile_has_the_page_too(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert client.get(PAGE).status_code == 200
