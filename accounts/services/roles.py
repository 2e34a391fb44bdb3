from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.locks import lock_role, lock_user
from accounts.models import User
from accounts.policies import may_change_roles
from accounts.roles import Role
from accounts.services.tokens import tokens_revoke
from audit.services import event_record
from common.errors import Conflict, Forbidden


@transaction.atomic
def role_grant(*, actor: User | None, user_id: UUID, role: Role, is_own_step: bool = False) -> None:
    """Give a person a role; actor None is the system. A role that they have stays as it is.

    Either way of changing roles ends the person's API tokens: a client of theirs is to begin anew with what they may.
    But not where it comes with what they state about themselves (`is_own_step`): the program that has just done that
    for them would be out by its own request.

    Raises `Forbidden` where the actor is no administrator.
    """
    user = lock_user(user_id)
    _assert_may_change_roles(actor)
    if user.groups.filter(name=role.value).exists():
        return
    user.groups.add(Group.objects.get(name=role.value))
    event_record("role.granted", user, actor=actor, role=role.name.lower())
    if not is_own_step:
        tokens_revoke(user=user, actor=actor)


@transaction.atomic
def role_revoke(*, actor: User | None, user_id: UUID, role: Role) -> None:
    """Take a role away; actor None is the system. A role that they do not have is no error.

    Raises `Forbidden` where the actor is no administrator, `Conflict("last_administrator")` rather than leave none.
    """
    user = lock_user(user_id)
    group = lock_role(role)
    _assert_may_change_roles(actor)
    if not user.groups.filter(pk=group.pk).exists():
        return
    if (
        role is Role.ADMINISTRATOR
        and not User.objects.filter(groups=group, is_active=True).exclude(pk=user.pk).exists()
    ):
        raise Conflict("last_administrator", "Somebody must stay an administrator.")
    user.groups.remove(group)
    event_record("role.revoked", user, actor=actor, role=role.name.lower())
    tokens_revoke(user=user, actor=actor)


def _assert_may_change_roles(actor: User | None) -> None:
    if not may_change_roles(actor):
        raise Forbidden("administrators_only", "Only an administrator can change what people may do.")
