from __future__ import annotations

import pytest

from accounts.models import Carer
from accounts.roles import Role
from accounts.selectors import cared_for
from accounts.states import Scope
from doctors.models import LocationMembership
from medconsult.demo import clinic, content, people
from medconsult.demo.accounts import ACCOUNTS

pytestmark = pytest.mark.django_db


def test_one_patient_helps_another_and_reception_sees_the_doctors_place_however_often_it_is_seeded() -> None:
    clinic.places()
    for _ in range(2):
        cast = people.cast()
        people.reception()
        people.carers(cast)
    helper, helped = cast.patients[:2]
    assert helper.user
    assert list(cared_for(helper.user, Scope.BOOK)) == [helped]
    assert Carer.objects.count() == 1
    membership = LocationMembership.objects.get()
    assert membership.user.role_names == {Role.CLINIC_STAFF.value}
    assert membership.location.slug in content.DOCTORS[0].locations
    assert membership.user.email in [email for email, *_ in ACCOUNTS]


def test_sample_nhs_numbers_are_nobodys() -> None:
    numbers = [patient.nhs_number for patient in people.cast().patients]
    assert any(numbers)
    assert all(number.startswith("999") for number in numbers if number)
