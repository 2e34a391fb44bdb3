from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import Role
from common.locks import locked


def lock_user(user_id: UUID) -> User:
    """The account of this public id, locked until the transaction ends. Raises `NotFound` and `Busy`."""
    return locked(User.objects.all(), public_id=user_id)


def lock_role(role: Role) -> Group:
    """The role's group, so that two people cannot take the last member out at the same time. Raises `Busy`."""
    return locked(Group.objects.all(), name=role.value)
