"""Who looks at the pages, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Patient, User
from booking.tests.steps import user_of
from doctors.models import Doctor
from records.models import Prescription
from records.tests.views.prescription_pages import SignIn


@pytest.fixture
def sign_in() -> SignIn:
    """Several people in one test, each in a browser of their own."""

    def signed_in(person: User | Patient | Doctor) -> Client:
        client = Client()
        account = person if isinstance(person, User) else user_of(person)
        client.force_login(account, backend="accounts.backends.AccountBackend")
        return client

    return signed_in


@pytest.fixture
def at_work(sign_in: SignIn) -> Callable[[Prescription], Client]:
    return lambda prescription: sign_in(prescription.doctor)
