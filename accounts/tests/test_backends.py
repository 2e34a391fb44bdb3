"""The account of a request, with everything that every request asks of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.backends import AccountBackend, _statement
from accounts.models import AccountSession, User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
STARTED = datetime(2026, 7, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def user() -> User:
    """With a role, a second step and a session."""
    made = UserFactory.create(roles=[Role.AUDITOR])
    Authenticator.objects.create(user=made, type=Authenticator.Type.TOTP, data={})
    AccountSession.objects.create(user=made, started_at=STARTED, last_used_at=STARTED, second_step=True)
    return made


def test_one_statement_loads_roles_second_step_and_sessions(user: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = AccountBackend().get_user(user.pk)
        assert found == user
        assert found.role_names == {str(Role.AUDITOR)}
        assert found.has_two_step
        assert not found.works_here
        entry = found.open_sessions[0]  # type: ignore[attr-defined]
    row = AccountSession.objects.get()
    moment = STARTED.timestamp()
    assert entry == {"id": str(row.public_id), "started": moment, "used": moment, "second_step": True}


def test_whoever_is_a_patient_or_helps_one_is_known_with_the_account() -> None:
    patient, carer = PatientFactory.create(), CarerFactory.create()
    invited = CarerFactory.create(invited=True)
    backend = AccountBackend()

    def known(user: Any) -> tuple[bool, bool]:
        found = backend.get_user(user.pk)
        assert found
        return found.may_be_patient, found.may_be_carer

    assert known(patient.user) == (True, False)
    assert known(carer.user) == (False, True)
    assert known(UserFactory.create(email=invited.email)) == (False, False)


def test_the_statement_that_is_kept_asks_for_each_account_anew(user: User) -> None:
    other = UserFactory.create()
    backend = AccountBackend()
    assert [backend.get_user(one.pk) for one in (user, other, user)] == [user, other, user]
    assert not backend.get_user(other.pk).has_two_step  # type: ignore[union-attr]


def test_the_zone_of_the_first_request_is_nobodys_clock(user: User) -> None:
    _statement.cache_clear()
    with timezone.override("Asia/Kolkata"):
        found = AccountBackend().get_user(user.pk)
    _statement.cache_clear()
    assert found
    assert found.open_sessions[0]["started"] == STARTED.timestamp()  # type: ignore[attr-defined]


@pytest.mark.parametrize("is_active", [True, False])
def test_who_is_not_there_or_not_active_is_nobody(user: User, *, is_active: bool) -> None:
    User.objects.filter(pk=user.pk).update(is_active=is_active)
    backend = AccountBackend()
    assert (backend.get_user(user.pk) == user) is is_active
    assert backend.get_user(user.pk + 1) is None
