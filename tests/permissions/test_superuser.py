"""Being a superuser opens no guarded object (architecture.md, "Permissions")."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from accounts.tests.factories import UserFactory
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory
from common.permissions import grant

pytestmark = pytest.mark.django_db
VIEW = "booking.view_appointment"


@pytest.fixture
def superuser() -> User:
    return UserFactory(is_superuser=True, is_staff=True)


@pytest.fixture
def appointment() -> Appointment:
    return AppointmentFactory()


def test_a_superuser_may_do_what_is_not_guarded(superuser: User) -> None:
    assert superuser.has_perm("accounts.change_user")


def test_to_be_a_superuser_opens_no_appointment_and_no_screen_of_them(
    superuser: User, appointment: Appointment
) -> None:
    assert not superuser.has_perm(VIEW, appointment)
    assert not superuser.has_perm(VIEW)


def test_a_superuser_opens_what_a_grant_opens(superuser: User, appointment: Appointment) -> None:
    grant(superuser, "view_appointment", appointment)
    assert superuser.has_perm(VIEW, appointment)
    assert not superuser.has_perm(VIEW, AppointmentFactory())


def test_a_permission_that_was_given_opens_the_screen_and_still_no_appointment(
    superuser: User, appointment: Appointment
) -> None:
    superuser.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    assert superuser.has_perm(VIEW)
    assert not superuser.has_perm(VIEW, appointment)
    superuser.is_active = False
    assert not superuser.has_perm(VIEW)
