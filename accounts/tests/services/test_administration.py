from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountSession, ApiToken, User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.services import account_close, account_reopen, role_grant, role_revoke, token_issue
from accounts.states import CloseReason
from accounts.tests.factories import UserFactory
from audit.models import Event
from common import clock
from common.errors import Conflict, Forbidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    made: User = UserFactory.create(roles=[Role.ADMINISTRATOR])
    return made


def close(actor: User | None, user: User) -> User:
    return account_close(actor=actor, user_id=user.public_id, reason=CloseReason.LEFT)


def take_office(actor: User, user: User) -> None:
    role_revoke(actor=actor, user_id=user.public_id, role=Role.ADMINISTRATOR)


def test_closing_ends_sessions_and_tokens_and_reopening_gives_back_the_roles(admin: User) -> None:
    user = UserFactory.create(roles=[Role.AUDITOR])
    AccountSession.objects.create(user=user, started_at=clock.now(), last_used_at=clock.now(), device="Firefox")
    token_issue(user=user)
    for _ in range(2):
        close(admin, user)
    assert not User.objects.get(pk=user.pk).is_active
    assert not AccountSession.objects.filter(user=user).exists()
    assert not ApiToken.objects.filter(user=user).exists()
    for _ in range(2):
        account_reopen(actor=admin, user_id=user.public_id)
    assert has_role(User.objects.get(pk=user.pk), Role.AUDITOR)
    written = Event.objects.filter(action__startswith="account.").order_by("pk")
    assert [(event.action, event.actor_id) for event in written] == [
        ("account.closed", admin.public_id),
        ("account.reopened", admin.public_id),
    ]
    assert written[0].data["reason"] == "left"


@pytest.mark.parametrize("change", [close, take_office])
def test_the_account_is_locked_before_the_role_so_that_no_two_changes_wait_for_each_other(
    admin: User, change: Callable[[User, User], object]
) -> None:
    user = UserFactory.create(roles=[Role.ADMINISTRATOR])
    with CaptureQueriesContext(connection) as caught:
        change(admin, user)
    locked = [query["sql"] for query in caught if "FOR NO KEY UPDATE" in query["sql"]]
    tables = [next(table for table in ("accounts_user", "auth_group") if f'FROM "{table}"' in sql) for sql in locked]
    assert tables[:2] == ["accounts_user", "auth_group"]
    assert tables.count("auth_group") == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_closes_accounts_or_changes_roles(role: Role) -> None:
    user, actor = UserFactory.create(), UserFactory.create(roles=[role])
    for refused in (
        lambda: close(actor, user),
        lambda: account_reopen(actor=actor, user_id=user.public_id),
        lambda: role_grant(actor=actor, user_id=actor.public_id, role=Role.ADMINISTRATOR),
        lambda: role_revoke(actor=actor, user_id=user.public_id, role=Role.AUDITOR),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert User.objects.get(pk=user.pk).is_active


def test_neither_ones_own_nor_the_last_administrators_nor_a_superusers(admin: User) -> None:
    with pytest.raises(Conflict) as refused:
        close(admin, admin)
    assert refused.value.code == "own_account"
    superuser = UserFactory.create(is_superuser=True)
    with pytest.raises(Forbidden):
        close(admin, superuser)
    with pytest.raises(Conflict) as refused:
        close(superuser, admin)
    assert refused.value.code == "last_administrator"
    UserFactory.create(roles=[Role.ADMINISTRATOR])
    assert not close(superuser, admin).is_active
    assert not close(UserFactory.create(is_superuser=True), superuser).is_active


@pytest.mark.parametrize("role", list(Role))
def test_each_role_holds_from_the_next_request_and_ends_the_tokens_of_before(role: Role, admin: User) -> None:
    user = UserFactory.create()
    token_issue(user=user)
    role_grant(actor=admin, user_id=user.public_id, role=role)
    assert has_role(User.objects.get(pk=user.pk), role)
    assert not ApiToken.objects.exists()
    token_issue(user=user)
    role_grant(actor=admin, user_id=user.public_id, role=role)
    assert ApiToken.objects.exists()
    role_revoke(actor=admin, user_id=user.public_id, role=role)
    assert not has_role(User.objects.get(pk=user.pk), role)
    assert not ApiToken.objects.exists()
