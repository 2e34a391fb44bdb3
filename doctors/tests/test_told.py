"""What a doctor is asked of how they are told."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from doctors.tests.factories import DoctorFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_patient_too", [False, True])
def test_whom_no_text_concerns_is_not_asked_for_a_number(
    client: Client, settings: Settings, *, is_patient_too: bool
) -> None:
    settings.SMS_PROVIDER = "development"
    user = UserFactory.create(roles=[Role.DOCTOR])
    DoctorFactory.create(user=user)
    if is_patient_too:
        PatientFactory.create(user=user)
    client.force_login(user)
    shown = client.get(reverse("accounts:preferences")).content.decode()
    assert "A patient has booked with you" in shown
    assert ("Texts to your phone" in shown) == is_patient_too
