from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Patient, User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from doctors.models import Doctor


@pytest.fixture
def doctor() -> Doctor:
    """A doctor with an account, who works every day from nine to five; one free visit type, one place."""
    made = bookable_doctor()
    user_of(made).groups.add(Group.objects.get(name=Role.DOCTOR))
    return made


@pytest.fixture
def patient() -> Patient:
    made: Patient = PatientFactory.create()
    return made


@pytest.fixture
def as_user() -> Callable[[User | Patient | Doctor], Client]:
    """A browser in which that person is signed in."""

    def signed_in(person: User | Patient | Doctor) -> Client:
        client = Client()
        client.force_login(person if isinstance(person, User) else user_of(person))
        return client

    return signed_in
