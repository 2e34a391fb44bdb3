"""Whoever is a doctor or works at a place needs a second step, also while their role is taken."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.policies import two_step_demanded
from accounts.roles import Role
from accounts.services import role_revoke
from accounts.tests.factories import UserFactory
from doctors.services import staff_join
from doctors.tests.factories import DoctorFactory, LocationFactory

pytestmark = pytest.mark.django_db


def without_role(kind: str) -> User:
    user = UserFactory.create(roles=[Role.DOCTOR] if kind == "doctor" else [])
    if kind == "doctor":
        DoctorFactory.create(user=user)
    else:
        staff_join(actor=None, location_id=LocationFactory.create().pk, user_id=user.public_id)
    role_revoke(actor=None, user_id=user.public_id, role=Role.DOCTOR if kind == "doctor" else Role.CLINIC_STAFF)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("kind", ["doctor", "staff"])
def test_it_is_demanded_of_whoever_works_here_whatever_their_roles(client: Client, settings: Any, kind: str) -> None:
    settings.TWO_STEP_REQUIRED = True
    user = without_role(kind)
    assert not user.role_names
    assert two_step_demanded(user)
    client.force_login(user)
    assert client.get("/home/")["Location"] == "/account/security/two-step/?next=/home/"


def test_the_question_comes_with_the_account(
    client: Client, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.TWO_STEP_REQUIRED = True
    client.force_login(without_role("doctor"))
    with django_assert_num_queries(1):
        client.get("/account/security/sessions/end-others/")
