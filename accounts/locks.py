from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from common.errors import NotFound


def _be_patient() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")


def lock_user(user_id: UUID) -> User:
    """The account of this public id, locked until the transaction ends. Raises `NotFound`."""
    _be_patient()
    user = User.objects.select_for_update(of=("self",), no_key=True).filter(public_id=user_id).first()
    if user is None:
        raise NotFound
    return user


def lock_role(role: Role) -> Group:
    """The role's group, so that two people cannot take the last member out at the same time."""
    _be_patient()
    return Group.objects.select_for_update(of=("self",), no_key=True).get(name=role.value)
