"""Whoever has to sign in again while they book comes back to everything that they had typed; nobody else does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import ConsentQuestion, Patient
from accounts.tests.factories import PatientFactory
from booking.models import Appointment
from booking.tests.factories import next_slot_start
from booking.tests.steps import user_of
from booking.tests.views.pages import confirm_path, text_of
from common import typed
from common.models import IdempotencyRecord
from doctors.models import Doctor

pytestmark = pytest.mark.django_db

WORDS = "canary-of-a-draft"


def hidden(page: Any, name: str) -> str:
    return str(page.content.decode().split(f'name="{name}" value="')[1].split('"')[0])


@pytest.fixture
def path(doctor: Doctor) -> str:
    return confirm_path(doctor)


@pytest.fixture
def visitor(patient: Patient, path: str) -> Client:
    """Somebody's, whose session ends when they have read the page."""
    made = Client()
    made.force_login(user_of(patient))
    return made


def send(visitor: Client, path: str, **typed: str) -> Any:
    page = visitor.get(path)
    marks = {name: hidden(page, name) for name in ("idempotency_key", "made_for", "needs_asked")}
    visitor.logout()
    return visitor.post(path, {**marks, "reason": WORDS, "interpreter": "Polish", "step_free": "on", **typed})


def test_the_form_comes_back_with_everything_after_signing_in(visitor: Client, path: str, patient: Patient) -> None:
    ConsentQuestion.objects.create(code="terms", statement="I agree.")
    answer = send(visitor, path, consent_terms="1")
    assert answer["Location"].startswith("/account/login/?next=/book/")
    assert not Appointment.objects.exists()
    visitor.force_login(user_of(patient))
    page = visitor.get(path)
    assert f">\n{WORDS}</textarea>" in page.content.decode()
    assert 'value="Polish"' in page.content.decode()
    assert page.content.decode().count(" checked") == 2
    assert "What you have typed is still here" in text_of(page)
    # Once: the next look at the page is a new form.
    assert WORDS not in visitor.get(path).content.decode()


def test_what_is_kept_is_encrypted_and_the_key_stays(visitor: Client, path: str, patient: Patient) -> None:
    send(visitor, path)
    assert WORDS not in repr(dict(visitor.session.items()))
    visitor.force_login(user_of(patient))
    page = visitor.get(path)
    visitor.post(path, {"idempotency_key": hidden(page, "idempotency_key"), "reason": WORDS})
    assert IdempotencyRecord.objects.count() == Appointment.objects.count() == 1


def test_on_a_shared_computer_the_next_person_sees_nothing_of_it(visitor: Client, path: str) -> None:
    send(visitor, path)
    visitor.force_login(user_of(PatientFactory.create()))
    assert WORDS not in visitor.get(path).content.decode()


def test_a_form_for_which_nobody_signed_is_not_kept(visitor: Client, path: str, patient: Patient) -> None:
    send(visitor, path, made_for="")
    visitor.force_login(user_of(patient))
    assert WORDS not in visitor.get(path).content.decode()
    send(visitor, path, made_for=f"{user_of(patient).public_id}:forged")
    assert "typed" not in visitor.session


def test_it_is_kept_for_an_hour_and_for_this_doctor(
    visitor: Client, path: str, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(visitor, path)
    monkeypatch.setattr(typed, "_LASTS", -1)
    visitor.force_login(user_of(patient))
    assert WORDS not in visitor.get(path).content.decode()


def test_very_much_is_not_kept(visitor: Client, path: str) -> None:
    send(visitor, path, reason="x" * 3000)
    assert "typed" not in visitor.session


def test_another_time_of_the_doctors_gets_it_too(visitor: Client, path: str, doctor: Doctor, patient: Patient) -> None:
    """One of the three nearest, which is another query of the same page."""
    send(visitor, path)
    visitor.force_login(user_of(patient))
    assert WORDS in visitor.get(confirm_path(doctor, next_slot_start(2))).content.decode()
