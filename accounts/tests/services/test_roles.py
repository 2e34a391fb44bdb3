from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.services import role_grant, role_revoke
from accounts.tests.factories import UserFactory
from audit.models import Event
from common.errors import Conflict, Forbidden, NotFound

pytestmark = pytest.mark.django_db


def _fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_the_migrations_made_a_group_for_each_role() -> None:
    for role in Role:
        user = UserFactory()
        role_grant(actor=None, user_id=user.public_id, role=role)
        assert has_role(_fresh(user), role)


def test_an_administrator_grants_and_revokes_and_both_are_audited() -> None:
    administrator, user = UserFactory(roles=[Role.ADMINISTRATOR]), UserFactory()

    role_grant(actor=administrator, user_id=user.public_id, role=Role.AUDITOR)
    assert has_role(_fresh(user), Role.AUDITOR)
    role_revoke(actor=administrator, user_id=user.public_id, role=Role.AUDITOR)
    assert not has_role(_fresh(user), Role.AUDITOR)

    events = Event.objects.filter(object_id=str(user.public_id)).order_by("id")
    assert [(event.action, event.actor_id, event.data) for event in events] == [
        ("role.granted", administrator.public_id, {"role": "auditor"}),
        ("role.revoked", administrator.public_id, {"role": "auditor"}),
    ]


def test_granting_twice_and_revoking_what_is_not_there_change_and_record_nothing() -> None:
    user = UserFactory(roles=[Role.DOCTOR])
    role_grant(actor=None, user_id=user.public_id, role=Role.DOCTOR)
    role_revoke(actor=None, user_id=user.public_id, role=Role.AUDITOR)
    assert not Event.objects.filter(object_id=str(user.public_id)).exists()


@pytest.mark.parametrize("service", [role_grant, role_revoke])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_changes_roles(service: Callable[..., None], role: Role) -> None:
    actor, user = UserFactory(roles=[role]), UserFactory(roles=[Role.AUDITOR])
    with pytest.raises(Forbidden):
        service(actor=actor, user_id=user.public_id, role=Role.AUDITOR)
    assert has_role(_fresh(user), Role.AUDITOR)


def test_an_unknown_person_is_not_found() -> None:
    with pytest.raises(NotFound):
        role_grant(actor=None, user_id=uuid4(), role=Role.DOCTOR)


def test_the_last_administrator_stays() -> None:
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    UserFactory(roles=[Role.ADMINISTRATOR], is_active=False)
    with pytest.raises(Conflict) as refused:
        role_revoke(actor=administrator, user_id=administrator.public_id, role=Role.ADMINISTRATOR)
    assert refused.value.code == "last_administrator"
    assert has_role(_fresh(administrator), Role.ADMINISTRATOR)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_each_other_out_leave_one(
    together: Callable[[Sequence[Callable[[], Any]]], list[Any]],
) -> None:
    first, second = UserFactory(roles=[Role.ADMINISTRATOR]), UserFactory(roles=[Role.ADMINISTRATOR])
    together(
        [
            lambda: role_revoke(actor=first, user_id=second.public_id, role=Role.ADMINISTRATOR),
            lambda: role_revoke(actor=second, user_id=first.public_id, role=Role.ADMINISTRATOR),
        ]
    )
    assert User.objects.filter(groups__name=Role.ADMINISTRATOR).count() == 1
